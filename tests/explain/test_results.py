"""What a result gives, and what is refused before there is one."""

from __future__ import annotations

import pickle

import numpy as np
import pytest

from hassenet import explain
from hassenet import testing as ht
from hassenet.errors import (
    DataError,
    FeatureError,
    NotFiniteError,
    ParameterError,
    ShapeError,
    UnknownElementError,
)
from hassenet.hierarchy import Hierarchy
from hassenet.network import Network


@pytest.fixture
def net():
    return Network(Hierarchy.complete(3, 4, 2), hidden="tanh", dtype="float64", seed=1)


X = ht.random_array(6, 3, seed=0)


def test_a_result_gives_rows_columns_and_the_greatest(net):
    found = explain.deeplift(net, X, "y1")
    assert len(found) == 7
    assert [*found] == [found[e] for e in found.elements]
    assert [score.rank for score in found] == [0, 0, 0, 1, 1, 1, 1]
    top = found.top(3)
    assert [s.absolute for s in top] == sorted(found.absolute, reverse=True)[:3]
    assert found.top(2, rank=1)[0].absolute == found.absolute[3:].max()
    assert found.top(100) == found.top(7)
    assert found.table(0)["element"] == ["x0", "x1", "x2"]
    np.testing.assert_array_equal(found.table()["score"], found.score)
    assert "deeplift" not in repr(found)
    assert "DeepLIFT of 'y1': 7 elements, 6 examples" in repr(found)
    assert found._repr_html_().count("<tr>") == 8


def test_a_result_is_a_data_frame_when_asked(net):
    pytest.importorskip("pandas")
    frame = explain.deeplift(net, X, 0).to_pandas(rank=1)
    assert list(frame.columns) == ["element", "rank", "score", "absolute", "spread"]
    assert len(frame) == 4


def test_a_result_is_frozen_and_can_be_pickled(net):
    found = explain.gradient_times_feature(net, X, 0)
    with pytest.raises(ValueError, match="read-only"):
        found.score[0] = 1
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(found)).score, found.score)


def test_markup_in_a_name_does_not_reach_a_notebook():
    H = Hierarchy.from_covers([("<b>", "y")])
    assert "<b>" not in explain.deeplift(Network(H), [[1.0]])._repr_html_()


def test_asking_for_what_has_no_score_is_refused(net):
    found = explain.deeplift(net, X, 0)
    with pytest.raises(UnknownElementError, match="no score of 'y0'; there are scores of 7 elements"):
        found["y0"]
    with pytest.raises(UnknownElementError, match=r"no score of \['x0'\]"):
        found[["x0"]]
    with pytest.raises(ParameterError, match=r"stand at the ranks \[0, 1\]; got 2"):
        found.table(rank=2)
    with pytest.raises(ParameterError, match="got -1"):
        found.top(3, rank=-1)


def test_of_several_outputs_one_is_chosen(net):
    with pytest.raises(ParameterError, match="one output is explained at a time; there are 2: 'y0', 'y1'"):
        explain.deeplift(net, X)
    with pytest.raises(UnknownElementError, match="no output 'z'; the outputs are 'y0', 'y1'"):
        explain.deeplift(net, X, "z")
    with pytest.raises(UnknownElementError, match="no output 2"):
        explain.deeplift(net, X, 2)
    with pytest.raises(ShapeError, match="one weight for each of the 2 outputs; 'odd' has 3"):
        explain.deeplift(net, X, explain.Explained("odd", (1.0, 0.0, 0.0)))
    np.testing.assert_array_equal(explain.deeplift(net, X, 1).score, explain.deeplift(net, X, "y1").score)


@pytest.mark.parametrize("weights", [(0.0, 0.0), (np.nan, 1.0), (1.0, np.inf), ()])
def test_weights_that_explain_nothing_are_refused(weights):
    with pytest.raises(ParameterError, match="finite weights, not all of them 0; 'odd' has"):
        explain.Explained("odd", weights)


@pytest.mark.parametrize("outputs", [1, 2])
def test_a_softmax_of_one_output_is_constant_and_not_explained(outputs):
    net = Network(Hierarchy.complete(3, outputs), output=f"softmax/{outputs}")
    with pytest.raises(
        ParameterError, match="softmax of one output is 1 whatever the features are; 'y0' is such"
    ):
        explain.deeplift(net, X, "y0")


def test_a_class_is_one_of_the_classes(net):
    with pytest.raises(ParameterError, match="a class is one of 'a', 'b'; got 'c'"):
        explain.of_class(net, ["a", "b"], "c")
    with pytest.raises(ParameterError, match="3 classes need as many outputs"):
        explain.of_class(net, ["a", "b", "c"], "c")
    assert explain.of_class(net, ["a", "b"], "b") == explain.Explained("b", (0.0, 1.0))


def test_outputs_can_be_set_against_each_other(net):
    against = explain.Explained("y1 against y0", (-1.0, 1.0))
    one, two = (explain.gradient_times_feature(net, X[:1], k) for k in (0, 1))
    found = explain.gradient_times_feature(net, X[:1], against)
    np.testing.assert_allclose(found.score, two.score - one.score, rtol=1e-12)


def test_data_that_do_not_fit_are_refused(net):
    with pytest.raises(DataError, match="an explanation needs an example; X has no rows"):
        explain.deeplift(net, np.zeros((0, 3)), 0)
    with pytest.raises(DataError, match="X has no rows"):
        explain.ablation(net, X, 0, background=np.zeros((0, 3)))
    with pytest.raises(ShapeError, match="a column for each of the 3 elements"):
        explain.deeplift(net, np.zeros((2, 4)), 0)
    with pytest.raises(NotFiniteError, match="X is finite"):
        explain.deeplift(net, [[np.nan, 0.0, 0.0]], 0)
    pandas = pytest.importorskip("pandas")
    with pytest.raises(FeatureError, match="lacks 2 of the hierarchy's 3 features"):
        explain.deeplift(net, pandas.DataFrame(X, columns=["x0", "b", "c"]), 0)
    with pytest.raises(
        FeatureError, match="a feature is one column; there are several 'x1'; keep one of each"
    ):
        explain.deeplift(net, pandas.DataFrame(X[:, [0, 1, 1, 2]], columns=["x0", "x1", "x1", "x2"]), 0)


BASED = [explain.deeplift, explain.integrated_gradients, explain.relevance_flow]


@pytest.mark.parametrize("method", BASED)
def test_a_baseline_is_one_example(method, net):
    with pytest.raises(ShapeError, match=r"a number for each of the 3 features; its shape is \(2, 3\)"):
        method(net, X, 0, X[:2])
    with pytest.raises(ShapeError, match=r"a number for each of the 3 features; its shape is \(\)"):
        method(net, X, 0, 0.0)
    for odd in (np.inf, np.nan):
        with pytest.raises(NotFiniteError, match="a baseline is finite; it holds 1 NaN or infinite"):
            method(net, X, 0, [0.0, odd, 0.0])
    with pytest.raises(NotFiniteError, match=r"a baseline holds 1e\+300 in 'x1', beyond float32"):
        method(Network(Hierarchy.complete(3, 1)), X, 0, [0.0, 1e300, 0.0])
    with pytest.raises(DataError, match="masked"):
        method(net, X, 0, np.ma.masked_equal([0.0, 1.0, 2.0], 1.0))


def _numbers(found):
    return found.of_links if isinstance(found, explain.Flow) else found.score


def _in_another_order(library, row):
    """The same example under its names, the last feature first."""
    names = ["x2", "x0", "x1"]
    if library == "pandas series":
        return pytest.importorskip("pandas").Series(dict(zip(names, row[[2, 0, 1]], strict=True)))
    frames = pytest.importorskip(library)
    return frames.DataFrame({name: [value] for name, value in zip(names, row[[2, 0, 1]], strict=True)})


@pytest.mark.parametrize("library", ["pandas series", "pandas", "polars"])
@pytest.mark.parametrize("method", BASED)
def test_a_baseline_with_names_is_taken_by_name(method, library, net):
    row = np.array([0.5, -1.0, 2.0])
    expected = _numbers(method(net, X, 0, row))
    np.testing.assert_array_equal(_numbers(method(net, X, 0, _in_another_order(library, row))), expected)


@pytest.mark.parametrize("library", ["pandas series", "pandas", "polars"])
def test_an_example_with_names_is_taken_by_name(library, net):
    piecewise, row = net.with_activations(hidden="relu"), np.array([0.5, -1.0, 2.0])
    named = _in_another_order(library, row)
    np.testing.assert_array_equal(piecewise.affine(at=named).b, piecewise.affine(at=row).b)
    found = explain.local_affine(piecewise, named, 0)
    np.testing.assert_array_equal(found.score, explain.local_affine(piecewise, row, 0).score)


@pytest.mark.parametrize("method", BASED)
def test_a_baseline_of_other_names_or_of_several_rows_is_refused(method, net):
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame(X, columns=["x0", "x1", "x2"])
    with pytest.raises(FeatureError, match="lacks 1 of the hierarchy's 3 features: 'x2'"):
        method(net, X, 0, pandas.Series({"x0": 1.0, "x1": 2.0, "z": 0.0}))
    with pytest.raises(ShapeError, match="a baseline is one example; the table has 6 rows; give one of them"):
        method(net, X, 0, frame)
    with pytest.raises(ShapeError, match="at is one example; the table has 6 rows"):
        net.with_activations(hidden="relu").affine(at=frame)
    np.testing.assert_array_equal(
        _numbers(method(net, X, 0, frame.mean())), _numbers(method(net, X, 0, X.mean(axis=0)))
    )


def test_options_outside_their_domain_are_refused(net):
    with pytest.raises(ParameterError, match="steps is a whole number ≥ 1; got 0"):
        explain.integrated_gradients(net, X, 0, steps=0)
    for epsilon in (0, -1.0, np.inf, np.nan, "a", None, True):
        with pytest.raises(ParameterError, match="epsilon is a finite number above 0"):
            explain.layerwise_relevance(net, X, 0, epsilon=epsilon)
    single = Network(Hierarchy.complete(3, 1))
    for epsilon in (1e-46, 1e-40, 1e39):
        with pytest.raises(
            ParameterError, match=r"a normal number of float32, 1.2e-38 to 3.4e\+38; got .*float64"
        ):
            explain.layerwise_relevance(single, X, epsilon=epsilon)
    with pytest.raises(ParameterError, match="come from gradient_times_feature, integrated_gradients"):
        explain.per_example(explain.ablation, net, X, 0, 0)
    for rank in (2, -1, True, 0.5):
        with pytest.raises(ParameterError, match=f"scores stand at the ranks 0 to 1; got {rank}; give one"):
            explain.per_example(explain.deeplift, net, X, rank, 0)
    with pytest.raises(
        ParameterError, match="integrated gradients has the options 'baseline', 'steps'; got 'foo'"
    ):
        explain.per_example(explain.integrated_gradients, net, X, 0, 0, foo=3)
    with pytest.raises(ParameterError, match="gradient × feature has no option; got 'steps'; leave it out"):
        explain.per_example(explain.gradient_times_feature, net, X, 0, 0, steps=3)
    with pytest.raises(ParameterError, match=r"elements are several; got the text 'x0'; give \['x0'\]"):
        explain.ablation(net, X, 0, elements="x0")


@pytest.mark.parametrize("method", [explain.layerwise_relevance, explain.deeplift, explain.ablation])
def test_a_method_without_a_rule_for_a_hidden_softmax_says_so(method):
    net = Network(Hierarchy.complete(3, 4, 3, 1), hidden=["tanh", "softmax"])
    with pytest.raises(ParameterError, match="no rule for an activation that joins.*rank 2 has softmax"):
        method(net, X)


def test_a_curved_network_has_no_local_affine_map(net):
    with pytest.raises(ParameterError, match=r"identity, relu or leaky_relu; a rank has tanh; take deeplift"):
        explain.local_affine(net, X[0], 0)


def test_scores_that_overflow_are_refused():
    H = Hierarchy.complete(1, 1, 1)
    net = Network(H, hidden="identity", theta=[1e30, 0, 1e30, 0])
    with pytest.raises(NotFiniteError, match="overflows at 'x0'"):
        explain.gradient_times_feature(net, [[1.0]])
    with pytest.raises(NotFiniteError, match="scores of rank 0 overflow"):
        explain.per_example(explain.gradient_times_feature, net, [[1.0]])


def test_shares_of_a_signal_of_nothing_that_overflow_name_the_remedy():
    net = Network(Hierarchy.complete(1, 1, 1), hidden="sigmoid", theta=[0, 0, 1e30, 0])
    with pytest.raises(NotFiniteError, match="layer-wise relevance overflows at 'x0'.*or a greater epsilon"):
        explain.layerwise_relevance(net, [[1.0]], epsilon=1e-37)


def test_a_flow_that_overflows_is_refused():
    net = Network(Hierarchy.complete(1, 1, 1), hidden="identity", theta=[1e38, 0, 1, 0])
    with pytest.raises(NotFiniteError, match="what 'y0' get overflows; scale X"):
        explain.relevance_flow(net, [[10.0]])


def test_a_result_says_what_it_leaves_over(net):
    kinked, baseline = net.with_activations("relu"), np.array([0.5, -1.0, 2.0])
    found = explain.integrated_gradients(kinked, X, 0, baseline, steps=3)
    assert repr(found).endswith(f", remainder up to {abs(found.remainder).max():.2g})")
    assert abs(found.remainder).max() > 1e-6
    assert "remainder" not in repr(explain.ablation(net, X, 0))


def test_the_difference_of_groups_is_that_of_their_means(net):
    y = np.array([0, 0, 1, 1, 1, 1])
    one, other = (explain.deeplift(net, X[y == c], 0) for c in (1, 0))
    found = explain.difference(one, other)
    np.testing.assert_array_equal(found["difference"], one.score - other.score)
    each = explain.per_example(explain.deeplift, net, X, 0, 0)
    error = np.sqrt(each[y == 1].var(axis=0, ddof=1) / 4 + each[y == 0].var(axis=0, ddof=1) / 2)
    np.testing.assert_allclose(found["error"][:3], error, rtol=1e-10)
    with pytest.raises(ParameterError, match="the same method, output and elements"):
        explain.difference(one, explain.deeplift(net, X, 1))


def test_groups_that_are_compared_with_different_things_have_no_difference(net):
    for method in (explain.deeplift, explain.integrated_gradients):
        one, other = method(net, X[:3], 0, [0.0, 0.0, 1.0]), method(net, X[3:], 0, [0.0, 0.0, 2.0])
        with pytest.raises(ParameterError, match="one baseline .* differ; give baseline= .* to both"):
            explain.difference(one, other)
        same = method(net, X[3:], 0, [0.0, 0.0, 1.0])
        np.testing.assert_array_equal(explain.difference(one, same)["difference"], one.score - same.score)
    one, other = (explain.ablation(net, part, 0) for part in (X[:3], X[3:]))
    with pytest.raises(ParameterError, match="of an ablation one background; the two of ablation differ"):
        explain.difference(one, other)
    one, other = (explain.ablation(net, part, 0, background=X) for part in (X[:3], X[3:]))
    np.testing.assert_array_equal(explain.difference(one, other)["difference"], one.score - other.score)


def test_a_result_keeps_what_the_examples_are_compared_with(net):
    baseline = np.array([0.5, -1.0, 2.0])
    np.testing.assert_array_equal(explain.deeplift(net, X, 0, baseline).against, baseline)
    np.testing.assert_array_equal(explain.integrated_gradients(net, X, 0).against, np.zeros(3))
    np.testing.assert_allclose(explain.ablation(net, X, 0).against[:3], X.mean(axis=0))
    assert explain.gradient_times_feature(net, X, 0).against is None
    assert not explain.deeplift(net, X, 0, baseline).against.flags.writeable
