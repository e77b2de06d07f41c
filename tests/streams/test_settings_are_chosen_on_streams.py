"""Estimators that choose settings find in a stream what they find in the table; of more rows they learn from all."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from pyarrow import Table as ArrowTable
from scipy.sparse import csr_array, save_npz
from sklearn.base import clone

import hassenet as hn
from hassenet.data.in_memory import in_memory
from hassenet.errors import DataError, DivergedError, FeatureError, HassenetWarning, ParameterError
from hassenet.estimators import (
    HierarchyClassifier,
    HierarchyOrdinalClassifier,
    HierarchyOutcomes,
    HierarchyRegressor,
    HierarchySurvival,
)
from hassenet.outcomes import Amount, Classes, Count, OffsetColumn, Outcomes
from hassenet.selection import Setting, all_rows, some_rows
from hassenet.tables import read_anndata, read_plink

DATA = Path(__file__).parents[1] / "data"
M = 120
RNG = np.random.default_rng(0)
X = ["a", "b", "c", "town"]
FRAME = pd.DataFrame(RNG.normal(size=(M, 3)), columns=X[:3]).assign(
    town=np.array(["Bonn", "Rome", None], object)[RNG.integers(0, 3, M)],
    b=lambda f: f["b"].where(np.arange(M) % 7 > 0),
    w=RNG.integers(0, 3, M).astype(float),
    ill=lambda f: np.array(["ill", "well", "worse"])[(f["a"] > 0).astype(int) + (f["c"] > 0)],
    dose=lambda f: 10 + 3 * f["a"],
    gaps=lambda f: np.where(np.arange(M) % 5, 5 + f["c"], np.nan),
    time=lambda f: RNG.exponential(np.exp(-f["a"])),
    event=RNG.random(M) < 0.7,
    grade=lambda f: np.digitize(f["a"], [-0.5, 0.5]),
    visits=lambda f: RNG.poisson(np.exp(0.3 * f["a"])),
    years=RNG.uniform(1, 2, M),
)
DEEP = Setting(0.05, neurons=2, input_dropout=0.3, activation="tanh")
SMALL = {"members": 2, "folds": 2, "settings": [DEEP], "steps": 4, "random_state": 0, "n_jobs": 1}
BOTH = [Setting(0.1), DEEP]
H = hn.Hierarchy.from_covers([("a", "p"), ("b", "p"), ("c", "q"), ("town", "q")])
KINDS = {
    "classes": (HierarchyClassifier(H, covariates=["town"], **SMALL), ["ill"], "w"),
    "numbers": (HierarchyRegressor(monotonic_cst={"a": 1}, **SMALL), ["dose"], "w"),
    "several numbers with gaps": (HierarchyRegressor(H, **SMALL), ["dose", "gaps"], None),
    "quantiles": (HierarchyRegressor(H, quantiles=[0.1, 0.9], **SMALL), ["dose"], "w"),
    "hazards": (HierarchySurvival(H, **SMALL), ["time", "event"], "w"),
    "hazards in intervals": (
        HierarchySurvival(H, loss="discrete_time", intervals=3, **SMALL),
        ["time", "event"],
        None,
    ),
    "classes in order": (HierarchyOrdinalClassifier(H, **SMALL), ["grade"], "w"),
    "several outcomes": (
        HierarchyOutcomes(H, outcomes=[Classes("ill", ("ill", "well", "worse")), Amount("gaps")], **SMALL),
        ["ill", "gaps"],
        "w",
    ),
    "an outcome with an exposure": (
        HierarchyOutcomes(
            H,
            outcomes=Outcomes((Count("visits", "poisson"),), OffsetColumn("years", is_exposure=True)),
            **SMALL,
        ),
        ["visits", "years"],
        None,
    ),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    place = tmp_path_factory.mktemp("streams")
    pq.write_table(ArrowTable.from_pandas(FRAME), place / "t.parquet", row_group_size=31)
    FRAME.to_csv(place / "t.csv", index=False)
    return place


@pytest.fixture
def few(monkeypatch):
    for most in ("_FEWEST_ROWS", "_MOST_ROWS"):
        monkeypatch.setattr(some_rows, most, 60)


def opened(folder, target, weight=None, name="t.parquet", **options):
    return hn.data.open(
        folder / name, target=target, weight=weight, block=31, window=0.004, **{"features": X} | options
    )


def in_columns(answer):
    found = answer if isinstance(answer, dict) else {"": answer}
    return pd.DataFrame(
        {f"{name} {k}": c for name, a in found.items() for k, c in enumerate(np.atleast_2d(a.T))}
    )


def assert_same_networks(one, other):
    np.testing.assert_array_equal(one.ensemble_.weights, other.ensemble_.weights)
    for net, same in zip(one.ensemble_, other.ensemble_, strict=True):
        np.testing.assert_array_equal(net.theta, same.theta)


def two_settings(kind):
    estimator, target, weight = KINDS[kind]
    return clone(estimator).set_params(settings=BOTH, steps=8), target, weight


@pytest.mark.filterwarnings("ignore:.*were lost before:hassenet.errors.HassenetWarning")
@pytest.mark.parametrize("kind", KINDS)
def test_settings_and_networks_of_a_stream_are_those_of_the_table_in_memory(folder, kind):
    estimator, target, weight = KINDS[kind]
    name = "t.csv" if kind in ("classes", "several outcomes") else "t.parquet"
    stream = opened(folder, target, weight, name)
    y = FRAME[target] if len(target) > 1 else FRAME[target[0]]
    weights = None if weight is None else FRAME[weight]
    table = FRAME[[*X, "years"]] if "exposure" in kind else FRAME[X]
    streamed, in_memory = clone(estimator).fit(stream), clone(estimator).fit(FRAME[X], y, weights)
    assert streamed.encoding_ == in_memory.encoding_
    assert streamed.hierarchy_ == in_memory.hierarchy_
    assert streamed.model_.targets == in_memory.model_.targets
    assert_same_networks(streamed, in_memory)
    pd.testing.assert_frame_equal(in_columns(streamed.out_of_fold_), in_columns(in_memory.out_of_fold_))
    pd.testing.assert_frame_equal(
        in_columns(streamed.predict(stream)), in_columns(in_memory.predict(table)), rtol=1e-5, atol=1e-6
    )
    assert streamed.score(stream) == pytest.approx(in_memory.score(FRAME[X], y, weights), rel=1e-5)


def dense(kind):
    whole = 3 * FRAME[X[:3]].fillna(0.0).to_numpy()
    return np.where(np.arange(3 * M).reshape(M, 3) % 4 > 0, whole, 1).astype(kind)


def of_numpy(folder, kind):
    np.save(folder / "X.npy", dense(kind))
    return folder / "X.npy", None, dense(kind), HierarchyClassifier


def of_scipy(folder):
    sparse = csr_array(np.where(RNG.random((M, 5)) < 0.3, 1.5, 0.0))
    save_npz(folder / "X.npz", sparse, compressed=False)
    return folder / "X.npz", None, sparse, HierarchyClassifier


def of_cells(folder):
    path = DATA / "pbmc68k.h5ad"
    table = read_anndata(path)
    names = ["phase", *table.variables[:9]]
    return path, names, table.select(names), lambda **o: HierarchyClassifier(covariates=["phase"], **o)


def of_genotypes(folder):
    path = DATA / "plink" / "some_missing.bed"
    names = ["sex", *read_plink(path).variables[:9]]
    return (
        path,
        names,
        read_plink(path).select(names),
        lambda **o: HierarchyClassifier(covariates=["sex"], **o),
    )


FILES = {
    "float32": lambda folder: of_numpy(folder, "float32"),
    "int8": lambda folder: of_numpy(folder, "int8"),
    "sparse": of_scipy,
    "cells beside covariates": of_cells,
    "genotypes beside covariates": of_genotypes,
}


@pytest.mark.filterwarnings("ignore:.*genotypes:hassenet.errors.HassenetWarning")
@pytest.mark.parametrize("kind", FILES)
def test_settings_of_a_file_of_any_kind_are_those_of_what_it_holds(tmp_path, kind, few):
    path, names, held, estimator = FILES[kind](tmp_path)
    y = np.arange(held.shape[0] if names is None else len(held)) % 2
    stream = hn.data.open(path, target=y, features=names, block=9, window=1e-4)
    some = some_rows.rows_to_choose_on(y, 3, 2, 0)
    of_few = stream[some] if len(y) > 60 else stream
    streamed = estimator(**SMALL).fit(of_few)
    of_table = estimator(**SMALL).fit(in_memory(of_few.alone), of_few.Y)
    assert_same_networks(streamed, of_table)
    np.testing.assert_allclose(
        streamed.predict_proba(stream), of_table.predict_proba(held), rtol=1e-5, atol=1e-6
    )
    of_all = estimator(**SMALL).fit(stream)
    assert of_all.model_.settings["settings chosen on rows"] == 60
    model = of_all.as_model()
    hn.save(model, tmp_path / "model")
    loaded = hn.load(tmp_path / "model")
    np.testing.assert_array_equal(loaded.predict_proba(stream), of_all.predict_proba(stream))
    np.testing.assert_allclose(loaded.predict_proba(held), of_all.predict_proba(held), rtol=1e-5)


@pytest.mark.parametrize("kind", ["classes", "hazards"])
def test_of_more_rows_networks_of_the_settings_that_some_chose_learn_from_all(folder, few, monkeypatch, kind):
    estimator, target, weight = two_settings(kind)
    stream, learned, genuine = opened(folder, target, weight), [], all_rows.fit_with
    present = M if weight is None else int((FRAME[weight] > 0).sum())

    def watched(options, network, rows, Y, **others):
        learned.append((len(rows), len(Y), options.penalty.of_features.strength, network))
        return genuine(options, network, rows, Y, **others)

    monkeypatch.setattr(all_rows, "fit_with", watched)
    found = clone(estimator).fit(stream)
    selection = found.selection_
    chosen = selection.fold >= 0
    assert chosen.sum() == 60
    assert [row[:2] for row in learned] == [(present, present)] * len(found.ensemble_)
    np.testing.assert_allclose(
        [row[2] for row in learned], [c.setting.penalty * np.sqrt(60 / present) for c in found.chosen_[:2]]
    )
    assert selection.settings == tuple(c.setting for c in found.chosen_[:2])
    out_of_fold = in_columns(found.out_of_fold_)
    assert (out_of_fold.notna().all(axis=1).sum(), len(out_of_fold)) == (60, M)
    assert np.isfinite(found.score(stream))
    for net, (*_, first) in zip(found.ensemble_, learned, strict=True):
        assert net.hierarchy == first.hierarchy
        assert not np.array_equal(net.theta, first.theta)
    again = clone(estimator).set_params(n_jobs=2).fit(stream)
    assert_same_networks(again, found)


def test_settings_of_some_rows_are_those_of_a_table_of_these_rows(folder, few):
    estimator = KINDS["classes"][0]
    table = FRAME.assign(town="Bonn", b=FRAME["b"].fillna(0.0))
    plain = clone(estimator).set_params(hierarchy=None, covariates=None)
    stream = hn.data.open(table, target="ill", features=X[:3], block=9)
    of_all = clone(plain).fit(stream)
    rows = np.flatnonzero(of_all.selection_.fold >= 0)
    of_some = clone(plain).fit(table[X[:3]].iloc[rows], table["ill"].iloc[rows])
    assert of_all.candidates_ == of_some.candidates_
    np.testing.assert_array_equal(of_all.out_of_fold_[rows], of_some.out_of_fold_)
    assert of_all.model_.temperature == of_some.model_.temperature


def test_a_class_of_few_rows_is_among_those_that_settings_are_chosen_on(few):
    y = np.where(np.arange(M) < 3, "rare", np.where(np.arange(M) % 2, "ill", "well"))
    stream = hn.data.open(FRAME[X[:3]].fillna(0.0), target=y, block=9)
    found = HierarchyClassifier(**SMALL).set_params(folds=3).fit(stream)
    assert 60 <= (found.selection_.fold >= 0).sum() <= 63
    assert (found.selection_.fold[:3] >= 0).all()


class Killed(BaseException):
    """Ends a fit where it is, as a process that is killed."""


def test_a_fit_of_a_stream_that_is_killed_goes_on_to_the_same_bits(folder, few, tmp_path, monkeypatch):
    estimator, target, weight = two_settings("an outcome with an exposure")
    stream = opened(folder, target, weight)
    whole = clone(estimator).fit(stream)
    assert len(whole.ensemble_) == 2
    kept = clone(estimator).set_params(checkpoint=tmp_path / "kept", every=0.0)
    genuine, begun = all_rows.fit_with, []

    def killed(*arguments, **options):
        begun.append(1)
        if len(begun) == 2:
            raise Killed
        return genuine(*arguments, **options)

    monkeypatch.setattr(all_rows, "fit_with", killed)
    with pytest.raises(Killed):
        kept.fit(stream)
    monkeypatch.setattr(all_rows, "fit_with", genuine)
    monkeypatch.setattr(
        "hassenet.selection.trainings.fit_with", killed
    )  # what was chosen is not chosen again
    assert_same_networks(kept.fit(stream), whole)


def diverged(*_, **__):
    raise DivergedError(
        "the cost stays finite; at step 1 it is not; lower the rate", epoch=1, step=1, layer=0, network=None
    )


def test_a_network_that_does_not_stay_finite_on_all_rows_is_left_out(folder, few, monkeypatch):
    estimator, target, weight = two_settings("an outcome with an exposure")
    genuine, begun = all_rows.fit_with, []

    def first_diverges(*arguments, **options):
        begun.append(1)
        return (diverged if len(begun) == 1 else genuine)(*arguments, **options)

    monkeypatch.setattr(all_rows, "fit_with", first_diverges)
    with pytest.warns(HassenetWarning, match="linear, λ = 0.1 is left out: its network"):
        found = clone(estimator).fit(opened(folder, target, weight))
    assert found.selection_.settings == (DEEP,)
    monkeypatch.setattr(all_rows, "fit_with", diverged)
    with (
        pytest.warns(HassenetWarning, match="is left out"),
        pytest.raises(DataError, match="a setting is kept whose network stays finite on all rows"),
    ):
        clone(estimator).fit(opened(folder, target, weight))


def test_after_ctrl_c_networks_that_have_begun_to_learn_from_all_rows_are_kept(folder, few, monkeypatch):
    estimator, target, weight = two_settings("an outcome with an exposure")
    genuine = all_rows.fit_with

    def ended(*arguments, **options):
        return replace(genuine(*arguments, **options), stopped="interrupted")

    monkeypatch.setattr(all_rows, "fit_with", ended)
    with pytest.warns(HassenetWarning, match="interrupted: 2 of 2 candidates.*those of 1 network"):
        found = clone(estimator).fit(opened(folder, target, weight))
    assert len(found.ensemble_) == 1


BAD = {
    "an offset beside the target": (
        lambda folder: opened(folder, "visits", offset="years"),
        HierarchyRegressor(H, **SMALL),
        ParameterError,
        "an offset is one of the targets",
    ),
    "a target among the features": (
        lambda folder: opened(folder, ["time", "event"], features=[*X, "time"]),
        HierarchySurvival(**SMALL),
        FeatureError,
        "a target cannot be a feature",
    ),
    "gaps among labels": (
        lambda folder: opened(folder, "town", features=X[:3]),
        HierarchyClassifier(**SMALL),
        DataError,
        r"leave them out: stream\[pandas.notna\(stream.Y\)\]",
    ),
    "no target": (
        lambda folder: opened(folder, None),
        HierarchyClassifier(H, **SMALL),
        DataError,
        "has a target; name its column",
    ),
    "kinds of columns without names": (
        lambda folder: hn.data.open(np.zeros((M, 2)), target=np.arange(M) % 2),
        HierarchyClassifier(column_kinds={"a": "category"}, **SMALL),
        ParameterError,
        "kinds are those of a table's columns",
    ),
}


@pytest.mark.parametrize("kind", BAD)
def test_what_settings_cannot_be_chosen_for_is_refused_of_a_stream_before_any_training(
    folder, kind, monkeypatch
):
    stream, estimator, error, message = BAD[kind]
    monkeypatch.setattr("hassenet.selection.trainings.fit_with", None)
    with pytest.raises(error, match=message):
        estimator.fit(stream(folder))
    assert not hasattr(estimator, "model_")


def test_explanations_of_a_stream_are_those_of_the_table_in_memory(folder):
    estimator, target, _ = KINDS["numbers"]
    stream = opened(folder, target)
    found = clone(estimator).fit(stream)
    parts, whole = (found.model_.prepare(X) for X in (stream, FRAME[X]))
    one, other = (hn.explain.integrated_gradients(found.ensemble_, Z) for Z in (parts, whole))
    np.testing.assert_allclose(one.table()["score"], other.table()["score"], rtol=1e-4, atol=1e-6)
