"""Offsets and exposures in studies: they go with their targets, into trainings, draws and judgements."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest

from hassenet import Hierarchy, Network, shaping
from hassenet.errors import CheckpointError, DataError, ParameterError, ShapeError
from hassenet.explain import deeplift
from hassenet.hierarchy import Covariate
from hassenet.likelihoods import (
    CoxLoss,
    Joint,
    LearnedDispersionLoss,
    OrdinalLoss,
    PoissonLoss,
    SquaredError,
    ZeroInflatedLoss,
)
from hassenet.stability import (
    LogLikelihood,
    Recipe,
    element_power,
    null_scores,
    permuted_labels,
    r_squared,
    stability,
    standardise,
    twins,
)
from hassenet.stability.covariates import Known
from hassenet.stability.heads import Part
from hassenet.stability.nuisance import Constants
from hassenet.stability.one_signal import OneSignal
from hassenet.stability.response import Response

M = 60
RNG = np.random.default_rng(0)
BARE = Hierarchy.from_covers([(f"x{k}", f"g{k // 2}") for k in range(6)])
H = BARE.crown(["y"])
X = RNG.standard_normal((M, 6))
ETA = X[:, 2] + X[:, 3]
YEARS = np.exp(RNG.normal(0, 1, M))
VISITS = RNG.poisson(YEARS * np.exp(ETA / 2))
NUMBERED = np.arange(M)  # each row has a count of its own
OF_ROW = np.log(YEARS)
POISSON = Recipe("tanh", "exp", options={"loss": "poisson", "epochs": 2})


class Spy:
    """A training that keeps what it was given."""

    def __init__(self):
        self.seen = []

    def __call__(self, H, X, Y, seed, offset=None):
        self.seen.append((np.asarray(Y), offset))
        return Network(H, output="exp", seed=0)


STUDIES = {
    "runs": partial(stability, runs=2),
    "draws": partial(null_scores, draws=2),
    "twins": partial(twins, runs=1),
    "draws of one's own": partial(null_scores, null=lambda H, Y, seed: permuted_labels(H, Y, seed), draws=2),
}


@pytest.mark.parametrize("study", STUDIES.values(), ids=STUDIES)
@pytest.mark.parametrize("given", [{"exposure": YEARS}, {"offset": OF_ROW[:, None]}])
def test_an_exposure_goes_with_its_target_through_resamples_and_permutations(study, given):
    spy = Spy()
    study(spy, H, X, NUMBERED, **given)
    assert len(spy.seen) == 3 if "draws" in str(study) else 2
    for Y, offset in spy.seen:
        np.testing.assert_allclose(offset, OF_ROW[Y.astype(int), None])


def test_given_covariates_a_count_keeps_its_exposure():
    spy, G = Spy(), shaping.covariates(H, ["age"]).hierarchy
    assert G.ranks[0][-1] == Covariate("age")
    null_scores(spy, G, np.column_stack([X, ETA]), NUMBERED, exposure=YEARS, draws=1)
    (Y, offset), _ = spy.seen
    assert not np.array_equal(Y, NUMBERED)
    np.testing.assert_allclose(offset, OF_ROW[Y.astype(int), None])


@pytest.mark.parametrize("engine", ["native", "reference"])
def test_a_training_of_a_study_is_the_fit_with_that_offset(engine):
    recipe = Recipe("tanh", "exp", "float64", {"loss": "poisson", "epochs": 2, "engine": engine})
    judged = []

    def judge(net, X, Y, offset):
        judged.append(net(X, offset=offset))
        return LogLikelihood(PoissonLoss())(net, X, Y, offset)

    found = stability(recipe, H, X, VISITS, exposure=YEARS, runs=2, judge=judge)
    usual = stability(recipe, H, X, VISITS, offset=OF_ROW, runs=2)
    np.testing.assert_array_equal(found.scores, usual.scores)
    np.testing.assert_allclose(found.held_out, usual.held_out)
    none = stability(recipe, H, X, VISITS, runs=2)
    assert (none.scores != found.scores).any()
    assert all(len(one) for one in judged)


def test_a_judge_looks_at_outputs_with_what_is_added():
    net = Network(H, output="exp", dtype="float64", seed=1)
    expected = PoissonLoss().likelihood.log_prob(YEARS[:, None] * net(X), VISITS[:, None]).mean()
    assert LogLikelihood(PoissonLoss())(net, X, VISITS, OF_ROW[:, None]) == pytest.approx(expected)
    flat = Network(H, dtype="float64", seed=1)
    assert r_squared(flat, X, ETA + OF_ROW, OF_ROW[:, None]) == pytest.approx(
        1 - ((ETA - flat(X)[:, 0]) ** 2).sum() / np.var(ETA + OF_ROW) / M
    )


@pytest.mark.parametrize(
    ("loss", "columns"),
    [
        (LearnedDispersionLoss(), [1, 0]),
        (ZeroInflatedLoss(LearnedDispersionLoss()), [1, 0, 0]),
        (Joint((SquaredError(), LearnedDispersionLoss()), sizes=(1, 2)), [0, 1, 0]),
    ],
)
def test_of_several_outputs_an_exposure_is_that_of_the_means_of_counts(loss, columns):
    seen, k = [], len(columns)
    recipe = Recipe(output=loss.canonical, options={"loss": loss, "epochs": 1})
    G = BARE.crown([f"y{j}" for j in range(k)])
    Y = np.column_stack([ETA, VISITS, VISITS]) if isinstance(loss, Joint) else VISITS[:, None]

    def judge(net, X, Y, offset):
        seen.append(offset)
        return 0.0

    stability(recipe, G, X, Y, exposure=YEARS, runs=2, judge=judge, explain=partial(deeplift, output="y0"))
    for offset in seen:
        assert offset.shape[1] == k
        assert (offset[:, np.array(columns) == 0] == 0).all()
        assert np.isin(offset[:, np.array(columns) == 1], OF_ROW).all()


def test_offsets_of_numbers_are_what_is_left_of_them():
    o = 10 * YEARS
    np.testing.assert_allclose(Response.of(ETA + o, M).beside(o).Y[:, 0], ETA)
    np.testing.assert_allclose(gains(ETA + o, None, o), gains(ETA, None), atol=1e-6)


def logistic(eta):
    return (np.random.default_rng(1).random(M) < 1 / (1 + np.exp(-eta))).astype(int)


OF_KIND = {
    "counts": (VISITS, PoissonLoss()),
    "dispersed": (VISITS, LearnedDispersionLoss()),
    "zeros": (np.where(np.arange(M) % 4, VISITS, 0), ZeroInflatedLoss()),
    "classes": (logistic(3 * ETA), None),
    "times": (np.column_stack([RNG.exponential(np.exp(-ETA)), RNG.random(M) < 0.8]), CoxLoss()),
    "order": (np.digitize(ETA + RNG.logistic(size=M) / 3, [-1, 1]), OrdinalLoss(3)),
}


def gains(y, loss, offset=None):
    """What each feature alone gains, on rows held out."""
    response = Response.of(y, M) if loss is None else Response.of_loss(loss, y, M)
    part = Part.of(Known.of(None, M), response.beside(offset), np.arange(M) % 3 > 0)
    return (part.of_features(part.features(X))[0] - part.nothing[0])[:, ~part.learned].mean(axis=1)


@pytest.mark.parametrize("kind", OF_KIND)
def test_an_offset_that_is_the_same_in_all_rows_says_nothing_and_one_that_says_all_leaves_no_power(kind):
    y, loss = OF_KIND[kind]
    plain = gains(y, loss)
    np.testing.assert_allclose(gains(y, loss, np.full(M, 0.7)), plain, atol=2e-3)
    known = {"classes": 3 * ETA, "times": ETA, "order": 3 * ETA}.get(kind, ETA / 2 + OF_ROW)
    assert plain[2:4].sum() > 0.04
    assert gains(y, loss, known)[2:4].sum() < plain[2:4].sum() / 3


def test_power_beyond_an_exposure_is_dealt_out_with_it():
    found = element_power(BARE, X, VISITS, loss="poisson", exposure=YEARS, folds=3, draws=1)
    assert found.elements[found.order[0]] == "g1"
    assert found.null.max() < found.power.max() / 2


def test_what_prepares_targets_finds_offsets_behind_them():
    def scaled(X, Y):
        mean, scale = Y[:, 0].mean(), Y[:, 0].std()
        return lambda X, Y: (X, np.column_stack([(Y[:, 0] - mean) / scale, Y[:, 1] / scale]))

    recipe = Recipe(options={"epochs": 1})
    found = stability(recipe, H, X, ETA + YEARS, offset=YEARS, runs=2, prepare=scaled)
    assert np.isfinite(found.held_out).all()
    usual = stability(recipe, H, X, ETA + YEARS, offset=YEARS, runs=2, prepare=standardise)
    assert usual.held_out.shape == (2,)
    with pytest.raises(ShapeError, match="they are the last 1 columns of Y"):
        stability(recipe, H, X, ETA, offset=YEARS, runs=2, prepare=lambda X, Y: lambda X, Y: (X, Y[:, 0]))


def trained_without(H, X, Y, seed):
    raise AssertionError


REFUSED = [
    (POISSON, {"exposure": YEARS, "offset": OF_ROW}, ParameterError, "got both; give one"),
    (POISSON, {"exposure": -YEARS}, DataError, "an exposure is above 0"),
    (POISSON, {"exposure": YEARS[:9]}, ShapeError, "one offset an example"),
    (Recipe(), {"exposure": YEARS}, ParameterError, "an exposure is of counts"),
    (
        Recipe(output="softplus", options={"loss": "poisson"}),
        {"exposure": YEARS},
        ParameterError,
        "give output='exp'",
    ),
    (trained_without, {"exposure": YEARS}, ParameterError, r"as train\(…, offset=…\)"),
    (Recipe(options={"loss": "cox"}), {"exposure": YEARS}, ParameterError, "an exposure is of counts"),
]


@pytest.mark.parametrize(("train", "given", "error", "part"), REFUSED)
def test_exposures_that_do_not_fit_are_refused_before_any_training(train, given, error, part, monkeypatch):
    monkeypatch.setattr(Recipe, "__call__", trained_without)
    Y = np.column_stack([YEARS, np.ones(M)]) if train == REFUSED[-1][0] else VISITS
    for study in (stability, null_scores, twins):
        with pytest.raises(error, match=part):
            study(train, H, X, Y, **given)


def test_a_judge_of_ones_own_hears_of_what_is_added():
    with pytest.raises(ParameterError, match=r"as judge\(…, offset=…\)"):
        stability(POISSON, H, X, VISITS, exposure=YEARS, judge=lambda net, X, Y: 0.0)


@pytest.mark.parametrize(
    ("y", "options", "part"),
    [
        (VISITS, {"exposure": YEARS}, "an exposure is of counts; the target is one of classes or numbers"),
        (ETA, {"exposure": YEARS, "loss": "squared_error"}, r"an exposure is of counts; .* SquaredError"),
        (np.arange(M) % 3, {"offset": YEARS}, "an offset is added to one signal; the target has 3 classes"),
    ],
)
def test_power_has_an_exposure_of_counts_and_an_offset_of_one_signal(y, options, part):
    with pytest.raises(ParameterError, match=part):
        element_power(BARE, X, y, **options)


def test_a_study_with_an_exposure_goes_on_to_the_same_bits_and_knows_another(tmp_path):
    def runs(n, exposure=YEARS, **more):
        return stability(POISSON, H, X, VISITS, exposure=exposure, runs=n, **more)

    runs(2, checkpoint=tmp_path / "kept")
    found = runs(3, checkpoint=tmp_path / "kept")
    assert found.scores.tobytes() == runs(3).scores.tobytes()
    for other in (2 * YEARS, None):
        with pytest.raises(CheckpointError, match="data"):
            runs(3, other, checkpoint=tmp_path / "kept")


def test_beside_an_exposure_the_level_of_counts_is_their_rate():
    settled = Constants(PoissonLoss()).settled(VISITS[:, None], np.ones((M, 1)), slice(None), OF_ROW)
    np.testing.assert_allclose(np.exp(settled.added - OF_ROW), VISITS.sum() / YEARS.sum(), rtol=1e-4)


def test_of_further_zeros_the_curvature_of_the_one_signal_is_never_below_that_of_the_loss():
    for count, constants in ((PoissonLoss(), (-0.5,)), (LearnedDispersionLoss(), (0.3, -0.5))):
        one = OneSignal(ZeroInflatedLoss(count), constants)
        s, y = np.linspace(-3, 5, 41)[None], np.tile([0.0, 2.0], 21)[None, :41]
        exact = (one.delta(s + 1e-5, y) - one.delta(s - 1e-5, y)) / 2e-5
        found = one.curvature(s, y, np.ones_like(s))
        assert (found >= exact - 1e-6).all()
        assert (found >= 0).all()
        np.testing.assert_allclose(found[y > 0], exact[y > 0], rtol=1e-6)


@pytest.mark.parametrize("unit", [1e-3, 1e6])
def test_the_unit_of_an_exposure_does_not_matter_to_a_training(unit):
    one, other = (POISSON(H, X, VISITS, 0, offset=np.log(e)[:, None]) for e in (YEARS, unit * YEARS))
    found = other(X, offset=np.log(unit * YEARS))
    np.testing.assert_allclose(found, one(X, offset=np.log(YEARS)), rtol=1e-3)
