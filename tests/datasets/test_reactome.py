from __future__ import annotations

from importlib.resources import files

import numpy as np
import pytest

from hassenet.datasets import load_reactome, simulate_pathway
from hassenet.errors import ParameterError, UnknownElementError
from hassenet.hierarchy import Hierarchy

H = Hierarchy.from_covers(
    [*((f"g{k}", f"p{k // 10}") for k in range(40)), ("p0", "top"), ("p1", "top"), ("g0", "p1")]
)


def test_reactome_is_read_without_a_fault() -> None:
    reading = load_reactome()
    assert reading.strict().hierarchy.shape[0] == 11_375
    assert "CC0" in files("hassenet.datasets").joinpath("reactome-LICENSE.txt").read_text("utf-8")
    assert "reactome.org" in files("hassenet.datasets").joinpath("reactome-ORIGIN.txt").read_text("utf-8")


def test_features_of_a_pathway_go_together_and_have_variance_one() -> None:
    X = simulate_pathway(H, "p2", m=40_000, correlation=0.4).X
    C = np.cov(X.T)
    assert np.allclose(np.diag(C), 1, atol=0.05)
    inside, across = C[20:30, 20:30], C[20:30, 30:40]
    assert np.allclose(inside[~np.eye(10, dtype=bool)], 0.4, atol=0.05)
    assert np.allclose(across, 0, atol=0.05)
    assert np.allclose(C[0, 1:10], 0.4 / np.sqrt(2), atol=0.05)  # g0 is in two pathways


@pytest.mark.parametrize(
    ("pathway", "members"), [("p2", range(20, 30)), ("top", range(20)), ("p1", [0, *range(10, 20)])]
)
def test_the_classes_follow_the_logistic_model_of_the_activity(pathway: str, members: object) -> None:
    data = simulate_pathway(H, pathway, m=40_000, sharpness=2.0)
    activity = np.tanh(data.X[:, list(members)]).mean(axis=1)  # type: ignore[call-overload]
    z = (activity - activity.mean()) / activity.std()
    ill = data.y == "ill"
    for low in (-2.0, -1.0, 0.0, 1.0):
        near = (z > low) & (z < low + 1)
        assert ill[near].mean() == pytest.approx((1 / (1 + np.exp(-2 * z[near]))).mean(), abs=0.03)


def test_relays_and_outputs_change_nothing() -> None:
    plain, crowned = (simulate_pathway(G, "p2", m=50) for G in (H, H.graded()))
    assert np.array_equal(plain.X, crowned.X)
    assert np.array_equal(plain.y, crowned.y)


def test_a_seed_gives_the_same_people_and_another_gives_others() -> None:
    one, again, other = (simulate_pathway(H, "p0", m=20, seed=seed) for seed in (1, 1, 2))
    assert np.array_equal(one.X, again.X)
    assert not np.array_equal(one.X, other.X)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"pathway": "g0"}, "'g0' is a feature; choose another"),
        ({"m": 1}, "is a whole number ≥ 2; got 1"),
        ({"correlation": 1.0}, r"correlation of features lies in \[0, 1\); got 1.0"),
        ({"sharpness": -1.0}, "finite number ≥ 0; got -1.0"),
        ({"seed": -1}, "seed"),
    ],
)
def test_a_simulation_without_people_is_refused(options: dict[str, object], message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        simulate_pathway(H, **{"pathway": "p0", **options})  # type: ignore[arg-type]


def test_an_unknown_pathway_is_named() -> None:
    with pytest.raises(UnknownElementError, match="p9"):
        simulate_pathway(H, "p9")
