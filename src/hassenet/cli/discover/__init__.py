"""``hassenet discover``: which elements carry the target."""
