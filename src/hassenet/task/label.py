"""What a class can be called."""

from __future__ import annotations

Label = str | int | float | bool
"""The label of a class, as a table holds it and a model folder keeps it."""
