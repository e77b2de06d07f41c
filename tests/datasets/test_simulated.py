"""What cannot be simulated is refused."""

from __future__ import annotations

import pytest

from hassenet.datasets import simulate_pathway
from hassenet.errors import DuplicateElementError, ParameterError, UnknownElementError
from hassenet.hierarchy import Hierarchy, Relay

H = Hierarchy.from_covers([("a", "b"), ("b", "c"), ("x", "c")]).graded()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"pathway": Relay("x", 1)},
            "computes; Relay.* is a relay; choose another element, perhaps its source",
        ),
        ({"pathway": "a"}, "'a' is a feature"),
        ({"m": "x"}, "m, is a whole number ≥ 2; got 'x'"),
        ({"correlation": "x"}, r"correlation of features lies in \[0, 1\); got 'x'"),
        ({"correlation": True}, r"in \[0, 1\); got True"),
        ({"correlation": float("nan")}, r"in \[0, 1\); got nan"),
        ({"sharpness": None}, "sharpness is a finite number ≥ 0; got None"),
    ],
)
def test_an_option_outside_its_domain_is_refused(options, message):
    with pytest.raises(ParameterError, match=message):
        simulate_pathway(H, **{"pathway": "c", **options})


@pytest.mark.parametrize("wrong", [["c"], "nobody"])
def test_a_pathway_that_is_not_an_element_is_refused(wrong):
    with pytest.raises(UnknownElementError, match="no element .* in this hierarchy"):
        simulate_pathway(H, wrong)


def test_features_with_one_name_as_text_are_refused():
    same = Hierarchy.from_covers([(1, "p"), ("1", "p"), ("b", "p")])
    with pytest.raises(
        DuplicateElementError, match=r"name of its feature as text: '1' would head several; rename\(\)"
    ):
        simulate_pathway(same, "p")
