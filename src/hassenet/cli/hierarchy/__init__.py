"""``hassenet hierarchy``: files with a hierarchy, read, shaped and written."""
