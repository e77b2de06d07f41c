"""Imported before all that draws: where matplotlib is missing, it says what to install."""

from __future__ import annotations

from hassenet.files.optional import matplotlib

matplotlib()
