"""Whole numbers of one byte beside other columns are the features that they stand for, and stay bytes."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

import hassenet as hn
from hassenet.checkpoints import digest
from hassenet.data.fill import Fill
from hassenet.data.logarithm import Logarithm
from hassenet.data.packed import Packed, is_bytes
from hassenet.data.scaling import Scaling
from hassenet.data.soft_clip import SoftClip
from hassenet.engines import native
from hassenet.errors import NotFiniteError, ShapeError
from hassenet.tables import Table
from hassenet.tables.block import Block
from hassenet.tables.cells import Cells

RNG = np.random.default_rng(0)
PLACES = [0, 7, 42]


def packed(n=40, kind="int8", low=0):
    F = (RNG.integers(0, 3, (30, n)) + low).astype(kind)
    return Packed.of(F, RNG.normal(2, 5, (30, 3)), [0, 7, n + 2])


@pytest.fixture(scope="module")
def X():
    return packed()


def steps(X):
    """The same features after a preparation of each kind."""
    scaling = Scaling.of(np.asarray(X))
    yield X
    yield scaling(X)
    yield SoftClip(3.0)(scaling(X)).astype(np.float32)


def expected(X):
    A = np.asarray(X)
    scaling = Scaling.of(A)
    yield A
    yield scaling(A)
    yield SoftClip(3.0)(scaling(A)).astype(np.float32)


@pytest.mark.parametrize(("kind", "low"), [("int8", 0), ("int8", -100), ("uint8", 200), ("int8", 125)])
def test_steps_change_bytes_as_they_change_numbers(kind, low):
    X = packed(kind=kind, low=low)
    for found, numbers in zip(steps(X), expected(X), strict=True):
        assert isinstance(found, Packed)
        assert found.block.F is X.block.F
        assert found.dtype == numbers.dtype
        np.testing.assert_array_equal(np.asarray(found), numbers)


@pytest.mark.parametrize(
    "key",
    [
        slice(3, 20, 2),
        np.array([5, 1, 1]),
        np.arange(30) % 3 == 0,
        (slice(None), [42, 3, 0, 9]),
        (slice(4), slice(5, 9)),
    ],
    ids=["slice", "numbers", "mask", "columns", "both"],
)
def test_parts_of_bytes_are_those_of_the_numbers(X, key):
    for found, numbers in zip(steps(X), expected(X), strict=True):
        np.testing.assert_array_equal(np.asarray(found[key]), numbers[key])
        np.testing.assert_array_equal(np.asarray(found[key][1:]), numbers[key][1:])


def test_rows_are_views_of_one_block(X):
    some = X[np.array([4, 2])][1:]
    assert some.block is X.block
    assert some.rows.tolist() == [2]


def test_what_is_learned_of_bytes_is_what_is_learned_of_the_numbers(X):
    some = X[np.arange(30) % 4 > 0]
    A = np.asarray(some)
    np.testing.assert_array_equal(Fill.of(some).values, Fill.of(A).values)
    np.testing.assert_allclose(Scaling.of(some).mean, Scaling.of(A).mean, rtol=1e-14)
    np.testing.assert_allclose(Scaling.of(some).scale, Scaling.of(A).scale, rtol=1e-14)
    np.testing.assert_array_equal(X.bounds, [np.asarray(X).min(axis=0), np.asarray(X).max(axis=0)])


def test_other_rows_have_another_digest(X):
    F = X.block.F.copy()
    F[7, 5] += 1
    others = (X[1:], X[::-1], X.with_others(X.others + 1), Packed.of(F, X.others, X.places), Scaling.of(X)(X))
    assert len({digest(one) for one in (X, *others)}) == 6
    assert digest(X) == digest(Packed.of(X.block.F.copy(), X.others, X.places))


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("engine", ["reference", "native"])
@pytest.mark.parametrize("n", [40, 150])
def test_a_network_learns_the_same_bits_from_bytes_beside_others_as_from_numbers(engine, dtype, n):
    X, y = packed(n), RNG.normal(size=30)
    sparse = hn.Hierarchy.from_covers([(f"x{k}", f"G{k // 5}") for k in range(n + 3)]).crown(["y"])
    options = {"batch_size": 8, "epochs": 2, "optimizer": hn.SGD(1e-3)}
    options |= {"input_dropout": 0.2, "validation_fraction": 0.2}
    for H in (sparse, hn.Hierarchy.complete(n + 3, 3, 1)):
        net = hn.Network(H, dtype=dtype)
        for one, other in zip(steps(X), expected(X), strict=True):
            rows = np.arange(30) % 5 > 0
            fits = [hn.fit(net, A[rows], y[rows], engine=engine, **options) for A in (one, other)]
            np.testing.assert_array_equal(fits[0].network.theta, fits[1].network.theta)
            assert [e.validation_cost for e in fits[0].history] == [
                e.validation_cost for e in fits[1].history
            ]
            np.testing.assert_array_equal(net(one[rows]), net(other[rows]))


def test_minimisers_and_explanations_take_bytes(X):
    y = RNG.normal(size=30)
    net = hn.Network(hn.Hierarchy.complete(43, 3, 1), dtype="float64")
    one, other = (hn.fit(net, A, y, optimizer=hn.LBFGS(5)).network for A in (X, np.asarray(X)))
    np.testing.assert_array_equal(one.theta, other.theta)
    found = [hn.explain.deeplift(net, A).score for A in (X, np.asarray(X))]
    np.testing.assert_array_equal(*found)


def test_columns_of_a_table_are_packed_in_the_order_of_the_hierarchy():
    F = RNG.integers(0, 3, (6, 4)).astype("int8")
    beside = Cells.typed({"age": pa.array(np.arange(6.0))})
    table = Table(Block(F, ("a", "b", "c", "d"), beside))
    H = hn.Hierarchy.complete(4, 1, names=[["c", "age", "a", "d"], ["y"]])
    net = hn.Network(H)
    held = table.held(["c", "age", "a", "d"])
    assert isinstance(held, Packed)
    np.testing.assert_array_equal(
        np.asarray(held), np.column_stack([F[:, 2], np.arange(6), F[:, 0], F[:, 3]])
    )
    np.testing.assert_array_equal(net(table.select(["a", "c", "d", "age"])), net(np.asarray(held)))


def test_numbers_beside_bytes_that_are_missing_or_too_many_are_refused(X):
    net = hn.Network(hn.Hierarchy.complete(43, 1))
    gaps = X.with_others(np.where(np.arange(90).reshape(30, 3) == 4, np.nan, X.others))
    with pytest.raises(NotFiniteError, match="X holds finite numbers within float32; others are in 'x7'"):
        net(gaps)
    with pytest.raises(
        ShapeError, match="a column for each of the 43 elements of rank 0; its shape is .30, 42."
    ):
        net(X[:, 1:])


def test_a_logarithm_of_bytes_beside_gaps_leaves_these():
    X = Packed.of(np.array([[0, 2], [1, 1]], "int8"), np.array([[np.nan], [9.0]]), [1], ["a", "age", "b"])
    for step in (Logarithm(1.0), Logarithm(1.0, (0, 1))):
        found, expected = step.beside_gaps(X), step.beside_gaps(np.asarray(X))
        assert is_bytes(found.block.F)
        np.testing.assert_array_equal(np.asarray(found), expected)
    with pytest.raises(NotFiniteError, match=r"not so in 'a' \(1 row, the first row 1: 0\); choose"):
        Logarithm(0.0, (0, 2))(X)
    np.testing.assert_array_equal(np.asarray(Logarithm(0.0, (2,))(X))[:, 2], np.log10([2.0, 1.0]))


PARTS = (
    np.zeros((5, 3), "int8"),
    np.array([0, 1, 3]),
    np.zeros((3, 4)),
    0,
    np.array([4, 0]),
    np.zeros((2, 1)),
    np.array([2]),
)
BAD = {
    "a block of longer numbers": {0: np.zeros((5, 3))},
    "a feature beyond the last": {1: np.array([0, 1, 4])},
    "a feature below the first": {1: np.array([0, -1, 3])},
    "too few features": {1: np.array([0, 1])},
    "features of another type": {1: np.array([0, 1, 3], "int32")},
    "a table of three values a column": {2: np.zeros((3, 3))},
    "a table without values": {2: np.zeros((3, 0))},
    "a table of fewer columns": {2: np.zeros((2, 4))},
    "a table of another type": {2: np.zeros((3, 4), "float32")},
    "a row beyond the last": {4: np.array([5, 0])},
    "a row below the first": {4: np.array([-1, 0])},
    "rows for others than the examples": {4: np.array([4, 0, 1])},
    "others of too few rows": {5: np.zeros((1, 1))},
    "a place beyond the last": {6: np.array([4])},
    "no places": {6: None},
    "more columns than features": {5: np.zeros((2, 2)), 6: np.array([2, 3])},
}


@pytest.mark.parametrize("case", BAD)
def test_parts_that_point_outside_of_each_other_are_refused_by_the_compiled_engine(case):
    net = hn.Network(hn.Hierarchy.complete(4, 1), dtype="float64")
    layout, out = native._laid_out(net.plan), np.empty((2, 1))

    def forward(parts):
        native._native.forward(layout.core, net.theta, parts, 1, layout.places[1], out)

    forward(PARTS)
    with pytest.raises((TypeError, ValueError, RuntimeError)):
        forward(tuple(BAD[case].get(k, part) for k, part in enumerate(PARTS)))


@pytest.mark.parametrize("value", [-128, -1, 3, 127])
def test_a_number_that_no_table_has_is_looked_up_within_it(value):
    net = hn.Network(hn.Hierarchy.complete(4, 1), dtype="float64")
    layout, out = native._laid_out(net.plan), np.empty((2, 1))
    parts = (np.full((5, 3), value, "int8"), PARTS[1], np.full((3, 4), 7.0), *PARTS[3:])
    native._native.forward(layout.core, net.theta, parts, 1, layout.places[1], out)
    np.testing.assert_allclose(out, net([[7.0, 7.0, 0.0, 7.0]] * 2))
