"""A network with what it needs to predict from raw tables."""

from hassenet.model.model import Label, Model

__all__ = ["Label", "Model"]
