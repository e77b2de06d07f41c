"""The first address of :mod:`hassenet.network.initialisation`, which stays importable."""

from __future__ import annotations

from hassenet.network.initialisation import initial_theta

__all__ = ["initial_theta"]
