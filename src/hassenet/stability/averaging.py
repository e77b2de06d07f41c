"""The average of several predictive distributions, weighted by how well each predicts other rows."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import logsumexp

Floats = NDArray[np.float64]


def averaged(log_p: Floats, fold: NDArray[np.int64]) -> Floats:
    """Return log Σ_c w_c p_c(y) of each example, with w_c proportional to the likelihood of c on all other folds.

    A model that does not predict has soon no weight: the average loses next to nothing by it.

    Parameters
    ----------
    log_p : (C, E, m) array
        The log-likelihood of each held-out example under each of C models, of each of E elements.
    fold : (m,) array of int
        Where each example was held out.

    Notes
    -----
    The pseudo Bayesian model average of Y. Yao, A. Vehtari, D. Simpson and A. Gelman, "Using stacking to average
    Bayesian predictive distributions", Bayesian Analysis 13 (2018), 917–1007, with folds in place of single examples.

    Examples
    --------
    >>> good, bad = np.log([0.9, 0.9, 0.9, 0.9]), np.log([0.1, 0.1, 0.1, 0.1])
    >>> np.exp(averaged(np.stack([good, bad])[:, None], np.array([0, 0, 1, 1]))).round(2)
    array([[0.89, 0.89, 0.89, 0.89]])
    """
    found = np.empty(log_p.shape[1:], log_p.dtype)
    for k in np.unique(fold):
        held_out = fold == k
        evidence = log_p[:, :, ~held_out].sum(axis=2, dtype=float)
        weight = evidence - logsumexp(evidence, axis=0)
        found[:, held_out] = logsumexp(weight[..., None].astype(log_p.dtype) + log_p[:, :, held_out], axis=0)
    return found
