"""The address that :mod:`hassenet.training.refit` had before 0.2."""

from __future__ import annotations

from hassenet.training.refit import refit_output

__all__ = ["refit_output"]
