"""scikit-learn's MLP: one epoch of ``partial_fit``; complete networks only."""

from __future__ import annotations

import warnings

import numpy as np
from workloads import RATE, Run, Workload


def mlp(work: Workload) -> Run:
    """Return epochs of plain SGD."""
    from sklearn.neural_network import MLPClassifier, MLPRegressor

    X, Y = work.data()
    is_regression = work.loss == "squared_error"
    kind = MLPRegressor if is_regression else MLPClassifier
    y = Y.ravel() if is_regression else Y.argmax(axis=1)
    hidden = work.hierarchy.shape[1:-1]
    net = kind(
        hidden_layer_sizes=hidden,
        solver="sgd",
        momentum=0.0,
        alpha=0.0,
        batch_size=work.batch,
        learning_rate_init=RATE,
    )
    classes = {} if is_regression else {"classes": np.arange(Y.shape[1])}

    def run(order: np.ndarray) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            net.partial_fit(X[order], y[order], **classes)

    return run
