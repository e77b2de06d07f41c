"""Engines: forward, gradient and train on a plan. The reference engine is the specification of the others."""

from hassenet.engines.choice import available, get_engine
from hassenet.engines.engine import Engine

__all__ = ["Engine", "available", "get_engine"]
