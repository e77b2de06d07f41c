"""The first address of :mod:`hassenet.training.refit`, which stays importable."""

from __future__ import annotations

from hassenet.training.refit import refit_output

__all__ = ["refit_output"]
