"""A network with what it needs to predict from raw tables."""

from __future__ import annotations

from hassenet.model.model import Model
from hassenet.task.label import Label

__all__ = ["Label", "Model"]
