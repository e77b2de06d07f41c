"""A network with what it needs to predict from raw tables."""

from hassenet.model.model import Model
from hassenet.task.label import Label

__all__ = ["Label", "Model"]
