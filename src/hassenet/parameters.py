"""The address that :mod:`hassenet.network.parameters` had before 0.2."""

from __future__ import annotations

from hassenet.network.parameters import Parameters

__all__ = ["Parameters"]
