"""Engines: what computes on a plan. The reference engine is the specification of the others."""

from hassenet.engines.engine import Engine, Request
from hassenet.engines.fallback import WithFallback
from hassenet.engines.objective import Objective
from hassenet.engines.registry import available, get_engine, register

__all__ = ["Engine", "Objective", "Request", "WithFallback", "available", "get_engine", "register"]
