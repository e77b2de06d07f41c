"""A network with what it needs to predict from raw tables."""

from __future__ import annotations

from hassenet.model.model import Label, Model

__all__ = ["Label", "Model"]
