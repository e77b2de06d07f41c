"""The calls of an engine on data as they come, each with its own layout and data."""

from __future__ import annotations

from typing import NamedTuple

from hassenet.engines import Objective, get_engine
from hassenet.engines.plan import Plan
from hassenet.engines.steps import Steps


class Goal(NamedTuple):
    plan: Plan
    objective: Objective


def goal(net, loss, penalty=None):
    """A network's plan and what its parameters are trained for."""
    return Goal(net.plan, Objective.of(net.plan, loss, penalty))


def engine_of(engine):
    return get_engine(engine) if isinstance(engine, str) else engine


def value(engine, net, X, rank=None):
    one = engine_of(engine)
    return one.forward(one.lay_out(net.plan), net.theta, one.put(X), rank)


def cost(engine, goal, theta, X, Y, weight=None):
    one = engine_of(engine)
    return one.cost(one.lay_out(goal.plan), goal.objective, theta, one.put(X, Y, weight))


def gradient(engine, goal, theta, X, Y, weight=None, masks=None):
    one = engine_of(engine)
    return one.gradient(one.lay_out(goal.plan), goal.objective, theta, one.put(X, Y, weight), masks)


def train(engine, goal, theta, state, X, Y, weight, order, *, dropout=None, stop=None, **options):
    one, steps = engine_of(engine), Steps(order=order, dropout=dropout, stop=stop, **options)
    data = one.put(X, Y, weight)
    return one.train(one.lay_out(goal.plan), goal.objective, theta, state, data, steps)
