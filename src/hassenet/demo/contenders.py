"""The models of the demonstration.

No setting is chosen by a run. Those of the network were taken from an earlier trial on the same people (other folds),
so they may suit these people a little better than others.

The network and the dense network of scikit-learn share activation, optimiser, rate, batch size, epochs and penalty;
they differ in the covers alone. Logistic regression has scikit-learn's defaults, and so has the forest but for the
number of trees.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

from hassenet.demo.settings import Settings
from hassenet.estimators import NetworkClassifier
from hassenet.hierarchy import Hierarchy

NETWORK = "hassenet, taxonomy"
LOGISTIC = "logistic regression"
FOREST = "random forest"
DENSE = "scikit-learn MLP"

BATCH = 32
PENALTY = 0.03  # λ of (λ/2)‖W‖²
RATE = 0.003


def contenders(H: Hierarchy, settings: Settings, seed: int) -> Mapping[str, Pipeline]:
    """Return the models by name, the network first; each standardises the features on what it is trained on."""
    training = _training(seed, settings.epochs)
    models = {
        NETWORK: NetworkClassifier(hierarchy=H, heads="all", **training),
        LOGISTIC: LogisticRegression(max_iter=1000),
        FOREST: RandomForestClassifier(n_estimators=settings.trees, random_state=seed),
        DENSE: MLPClassifier(hidden_layer_sizes=(100,), **training),
    }
    return {name: make_pipeline(StandardScaler(), model) for name, model in models.items()}


def _training(seed: int, epochs: int) -> dict[str, Any]:
    """Return how both networks are trained; they run through all epochs."""
    return {
        "activation": "tanh",
        "solver": "adam",
        "learning_rate_init": RATE,
        "batch_size": BATCH,
        # scikit-learn divides alpha by the number of examples in a batch.
        "alpha": PENALTY * BATCH,
        "max_iter": epochs,
        "n_iter_no_change": epochs,
        "random_state": seed,
    }
