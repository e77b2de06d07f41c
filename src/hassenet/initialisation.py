"""The address that :mod:`hassenet.network.initialisation` had before 0.2."""

from __future__ import annotations

from hassenet.network.initialisation import initial_theta

__all__ = ["initial_theta"]
