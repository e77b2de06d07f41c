from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from hassenet.data.scaling import Scaling
from hassenet.hierarchy import Hierarchy
from hassenet.model import Model
from hassenet.network import Network
from hassenet.training.history import Epoch

NAN = float("nan")
HISTORY = (Epoch(0, 1 / 3, NAN, NAN, 0.1, 0.5), Epoch(1, 0.25, 0.3, 0.9, 1e-300, NAN))


def models() -> dict[str, Model]:
    H = Hierarchy.from_lineages(["A|a", "A|b", "B|c"]).crown(["ill"])
    net = Network(H, hidden="tanh", output="sigmoid")
    features = tuple(map(str, H.ranks[0]))
    scaling = Scaling(np.array([0.1, -2.0, 1e9]), np.array([1.0, 1e-7, 3.0]))
    two = Model(
        net, features, "classification", ("health",), ("ill", "well"), scaling, 1e-4, {"a": {"b": 0.5}}
    )
    softmax = Network(Hierarchy.complete(3, 3), output="softmax")
    amount = Network(Hierarchy.complete(3, 2, 2), dtype="float64")
    return {
        "two classes": two,
        "mixed classes": replace(
            two, network=softmax, classes=(1, 2.5, "three"), scaling=None, stopped="interrupted"
        ),
        "truth values": replace(two, classes=(False, True), log10=None),
        "regression": Model(amount, features, "regression", ("height", "größe"), history=HISTORY),
    }


@pytest.fixture(params=models())
def model(request: pytest.FixtureRequest) -> Model:
    return models()[request.param]


@pytest.fixture
def two_classes() -> Model:
    return models()["two classes"]


@pytest.fixture
def regression() -> Model:
    return models()["regression"]
