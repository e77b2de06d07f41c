"""The first address of :mod:`hassenet.network.parameters`, which stays importable."""

from __future__ import annotations

from hassenet.network.parameters import Parameters

__all__ = ["Parameters"]
