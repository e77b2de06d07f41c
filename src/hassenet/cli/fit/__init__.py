"""``hassenet fit``: a table to a model."""
