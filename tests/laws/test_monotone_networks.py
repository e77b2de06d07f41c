"""A network whose covers have the signs of a direction never falls, or never rises, with that feature."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import calls
import hassenet as hn
from hassenet import testing as ht
from hassenet.activations import ACTIVATIONS
from hassenet.errors import ParameterError, UnknownElementError
from hassenet.network import directions, monotone
from hassenet.network.directions import RISING

OUTPUT = ("identity", "sigmoid", "softplus")
HIDDEN = tuple(name for name in RISING if name != "exp")


def never_falls(engine, net, feature, direction, seed, rounding):
    """Whether outputs never fall in that direction, at points drawn at random and along a grid."""
    n = net.plan.n_inputs
    X = np.repeat(2 * ht.random_array(6, n, seed=seed), 40, axis=0)
    X[:, net.hierarchy.position(feature)] = np.tile(direction * np.linspace(-4, 4, 40), 6)
    steps = np.diff(calls.value(engine, net, X).astype(float).reshape(6, 40, -1), axis=1)
    size = abs(calls.value(engine, net, X)).max() + 1
    return bool((steps >= -rounding * size).all())


def wished(data, H):
    features = data.draw(st.lists(st.sampled_from(H.ranks[0]), min_size=1, unique=True))
    return {e: data.draw(st.sampled_from([1, -1, 0])) for e in features}


@settings(max_examples=8)
@given(ht.networks(hidden=HIDDEN, output=OUTPUT), st.data(), ht.seeds())
def test_outputs_never_fall_in_the_direction_of_a_feature(engine, net, data, seed):
    asked = wished(data, net.hierarchy)
    made = monotone(net, asked)
    found = directions(made)
    assert all(found.get(e, s) == s for e, s in asked.items() if s)
    for e, s in asked.items():
        assert s == 0 or never_falls(engine, made, e, s, seed, 1e-13)


@settings(max_examples=8)
@given(ht.networks(ht.signed_hierarchies(), hidden=HIDDEN, output=OUTPUT), ht.seeds())
def test_what_signs_say_of_a_feature_the_network_does(engine, net, seed):
    for e, s in directions(net).items():
        assert never_falls(engine, net, e, s, seed, 1e-13)


@settings(max_examples=8)
@given(ht.signed_hierarchies(), st.data())
def test_signs_that_the_hierarchy_has_stay_or_forbid_the_direction(H, data):
    net, asked = hn.Network(H, "tanh"), wished(data, H)
    try:
        made = monotone(net, asked)
    except ParameterError:
        with pytest.raises(ParameterError, match="contradicts the others"):
            monotone(net, asked)
        return
    assert H.signs.items() <= made.hierarchy.signs.items()
    assert ht.relative_error(made.theta, hn.Network(made.hierarchy, "tanh").theta) < 1e-6


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_training_keeps_the_direction_against_the_data(engine, dtype):
    X = ht.random_array(80, 3, seed=0)
    y = -2 * X[:, 0] + np.sin(2 * X[:, 1]) + X[:, 2]
    H = hn.Hierarchy.complete(3, 6, 4, 1)
    net = monotone(hn.Network(H, "tanh", dtype=dtype, seed=1), {"x0": 1, "x2": "increasing"})
    trained = hn.fit(net, X, y, optimizer=hn.Adam(0.06), epochs=25, dropout=0.1, engine=engine).network
    rounding = 1e-13 if dtype == "float64" else 1e-6
    assert all(never_falls(engine, trained, e, 1, 0, rounding) for e in ("x0", "x2"))
    assert not never_falls(engine, trained, "x1", 1, 0, rounding)
    assert hn.cost(trained, X, y) < 0.7 * hn.cost(net, X, y)


def test_rising_activations_never_fall_and_the_others_do():
    s = np.linspace(-8, 8, 4001)[None]
    for name, G in ACTIVATIONS.items():
        if G.pointwise:
            assert G.rising == bool((np.diff(G.value(s)) >= 0).all()), name


PAIRS = [("dose", "p"), ("dose", "q"), ("age", "q"), ("p", "y"), ("q", "y")]


def test_an_activation_that_falls_is_refused_by_name_where_the_feature_reaches_it():
    H = hn.Hierarchy.from_covers(PAIRS)
    net = hn.Network(H, {"p": "gelu"})
    with pytest.raises(ParameterError, match="p has gelu; take one of identity, relu"):
        monotone(net, {"dose": 1})
    assert directions(monotone(net, {"age": -1})) == {"age": -1}
    with pytest.raises(ParameterError, match="y0 has softmax"):
        monotone(hn.Network(hn.Hierarchy.complete(2, 2), output="softmax"), {"x0": 1})


def test_signs_with_two_products_are_refused_by_the_cover_that_contradicts():
    H = hn.Hierarchy.from_covers(
        PAIRS, signs={("dose", "p"): 1, ("dose", "q"): -1, ("p", "y"): 1, ("q", "y"): 1}
    )
    with pytest.raises(ParameterError, match="that q activates y contradicts the others"):
        monotone(hn.Network(H), {"dose": 1})
    turned = H.with_signs({("q", "y"): "inhibits"})
    assert directions(monotone(hn.Network(turned), {"dose": 1})) == {"dose": 1}


@pytest.mark.parametrize(
    ("asked", "error", "words"),
    [
        ({"height": 1}, UnknownElementError, "'height' is not among them"),
        ({"age": "up and down"}, ParameterError, "a direction is 1 or 'increasing'"),
        ([1, 0], ParameterError, "directions are a mapping"),
    ],
)
def test_invalid_directions_are_refused(asked, error, words):
    with pytest.raises(error, match=words):
        monotone(hn.Network(hn.Hierarchy.from_covers(PAIRS)), asked)
