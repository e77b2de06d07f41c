"""The average of several predictive distributions, weighted by how well each fits what it has learned from."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import logsumexp

Floats = NDArray[Any]


def averaged(log_p: Floats, evidence: Floats) -> Floats:
    """Return log Σ_c w_c p_c(y) of each example, with w_c proportional to exp(evidence of c).

    Parameters
    ----------
    log_p : (C, E, m) array
        The log-likelihood of each held-out example under each of C models, of each of E elements.
    evidence : (C, E) array
        How well each model fits the examples that it was learned from, as :func:`evidence` says.

    Examples
    --------
    >>> good, bad = np.log([[0.9, 0.9]]), np.log([[0.1, 0.1]])
    >>> np.exp(averaged(np.stack([good, bad]), np.array([[0.0], [-4.4]]))).round(2)
    array([[0.89, 0.89]])
    """
    weight = evidence - logsumexp(evidence, axis=0)
    found: Floats = logsumexp(weight[..., None].astype(log_p.dtype) + log_p, axis=0)
    return found


def evidence(log_p: Floats, parameters: int) -> Floats:
    """Return log p(rows learned from) − (parameters/2) log m, an approximation to the logarithm of their evidence.

    Where a model says nothing of the target, each of its parameters costs what chance would have gained by it, and
    more, so that it has little say. Nothing of the rows held out is in it.

    Parameters
    ----------
    log_p : (…, m) array
        The log-likelihood of each of the m examples learned from.
    parameters : int
        Fitted beyond those that all models have.

    Notes
    -----
    G. Schwarz, "Estimating the dimension of a model", Annals of Statistics 6 (1978), 461–464.

    Examples
    --------
    >>> evidence(np.log([[0.5, 0.5, 0.5, 0.5]]), parameters=2).round(3)
    array([-4.159])
    """
    found: Floats = log_p.sum(axis=-1, dtype=float) - parameters / 2 * np.log(log_p.shape[-1])
    return found
