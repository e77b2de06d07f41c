"""What the covariates of a column contribute together is the sum of what each does, example by example."""

from __future__ import annotations

import numpy as np
import pytest
from tests.explain.methods import METHODS

from hassenet.errors import UnknownElementError
from hassenet.explain import deeplift, with_covariate_columns
from hassenet.hierarchy import Covariate, Hierarchy
from hassenet.network import Ensemble, Network
from hassenet.shaping import covariates, widen

COLUMNS = {"sex": ("sex=f", "sex=m"), "site": ("site=A",)}


@pytest.fixture(scope="module", params=["network", "ensemble"])
def net(request):
    H = Hierarchy.from_covers([("a", "p"), ("b", "p"), ("p", "q")]).crown(["ill", "well"])
    H = covariates(H, ["age", "sex=f", "sex=m", "site=A"]).hierarchy
    nets = [Network(G, "tanh", dtype="float64", seed=k) for k, G in enumerate((H, widen(H, 2).hierarchy))]
    return nets[1] if request.param == "network" else Ensemble(nets, [0.3, 0.7])


@pytest.fixture(scope="module")
def X():
    return np.random.default_rng(0).normal(size=(7, 6))


@pytest.mark.parametrize("method", METHODS.values(), ids=METHODS)
def test_a_column_of_covariates_has_the_sum_of_their_scores_in_every_method(net, X, method):
    found = method(net, X, "ill")
    whole = with_covariate_columns(found, net, X, COLUMNS, "ill")
    assert whole.elements == (*found.elements, Covariate("sex"), Covariate("site"))
    for name, parts in COLUMNS.items():
        together, own = whole[Covariate(name)], [whole[Covariate(part)] for part in parts]
        assert together.score == pytest.approx(sum(s.score for s in own))
    of_epsilon = 0.02 if method is METHODS["layerwise"] else 1e-9
    one = whole[Covariate("site=A")]
    assert whole[Covariate("site")][2:] == pytest.approx(one[2:], abs=of_epsilon)
    rows = [whole.elements.index(Covariate(name)) for name in ("site", "site=A")]
    if isinstance(net, Ensemble):
        assert whole.member_spread[rows[0]] == pytest.approx(whole.member_spread[rows[1]], abs=1e-3)
        assert all(len(member) == len(whole) for member in whole.members)


def test_a_column_of_what_is_not_a_covariate_is_refused(net, X):
    with pytest.raises(UnknownElementError, match="'a' is not among them"):
        with_covariate_columns(deeplift(net, X, "ill"), net, X, {"both": ["a"]}, "ill")
