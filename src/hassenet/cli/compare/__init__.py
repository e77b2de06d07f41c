"""``hassenet compare``: whether a hierarchy helps."""
