"""How good predictions are on rows held out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hassenet.errors import DataError
from hassenet.protocol.kinds import Compared
from hassenet.survival import concordance, concordance_ipcw

__all__ = ["measured"]

Floats = NDArray[np.float64]
Pair = tuple[float, float]
_LEAST = 1e-12  # of a mean of counts


def measured(
    kind: Compared,
    model: Any,
    X: Floats,
    y: NDArray[Any],
    shares: Sequence[float] = (),
    exposure: Floats | None = None,
) -> Pair:
    """Return both measures of a fitted estimator on some rows.

    ROC AUC is that of the second of two classes; of several it is the mean over classes, each against the rest. The
    concordance of ordered classes is the share of pairs of different classes that expected classes put in order. D² is
    the share of the deviance that is explained, of counts Poisson's, of quantiles the mean over them of twice the check
    loss; the share off is how far from a quantile the share of rows below is. The correlation r with predictions that
    do not vary is 0; Uno's C is NaN where its weights are not known. Of counts with an exposure D² is the share beyond
    what the exposure alone says, and r that of rates, weighted by their exposures.

    Examples
    --------
    >>> from sklearn.linear_model import Ridge
    >>> X = np.arange(6.0)[:, None]
    >>> [round(value, 6) for value in measured("regression", Ridge(0).fit(X, 2 * X[:, 0]), X, 2 * X[:, 0])]
    [1.0, 1.0]
    """
    if kind == "quantiles":
        return _of_quantiles(np.asarray(model.predict(X), float).reshape(len(y), -1), y, shares)
    if exposure is not None:
        return _of_rates(np.maximum(_values(model, X), _LEAST), y, exposure)
    return _OF[kind](model, X, y)


def _of_classes(model: Any, X: Floats, y: NDArray[Any]) -> Pair:
    from sklearn.metrics import log_loss, roc_auc_score

    p = _probabilities(model, X)
    labels = np.arange(p.shape[1])
    shown = p[:, 1] if len(labels) == 2 else p
    auc = roc_auc_score(y, shown, multi_class="ovr", average="macro", labels=labels)
    return float(auc), float(log_loss(y, p, labels=labels))


def _of_order(model: Any, X: Floats, y: NDArray[Any]) -> Pair:
    from sklearn.metrics import log_loss

    p = _probabilities(model, X)
    labels = np.arange(p.shape[1])
    in_order = concordance(np.column_stack([y, np.ones(len(y))]), -(p @ labels))
    return in_order, float(log_loss(y, p, labels=labels))


def _probabilities(model: Any, X: Floats) -> Floats:
    p = np.asarray(model.predict_proba(X), float)
    return np.asarray(p / p.sum(axis=1, keepdims=True))


def _of_amounts(model: Any, X: Floats, y: NDArray[Any]) -> Pair:
    from sklearn.metrics import r2_score

    value = _values(model, X)
    return float(r2_score(y, value)), _correlation(value, y)


def _of_counts(model: Any, X: Floats, y: NDArray[Any]) -> Pair:
    from sklearn.metrics import d2_tweedie_score

    mean = np.maximum(_values(model, X), _LEAST)
    return float(d2_tweedie_score(y, mean, power=1)), _correlation(mean, y)


def _of_rates(mean: Floats, y: NDArray[Any], exposure: Floats) -> Pair:
    from sklearn.metrics import mean_poisson_deviance

    nothing = exposure * max(y.sum() / exposure.sum(), _LEAST)
    explained = 1 - mean_poisson_deviance(y, mean) / mean_poisson_deviance(y, nothing)
    return float(explained), _weighted_correlation(mean / exposure, y / exposure, exposure)


def _weighted_correlation(value: Floats, other: Floats, weight: Floats) -> float:
    if not (value != value[0]).any() or not (other != other[0]).any():
        return 0.0
    of_both = np.cov(value, other, aweights=weight)
    return float(of_both[0, 1] / np.sqrt(of_both[0, 0] * of_both[1, 1]))


def _of_times(model: Any, X: Floats, y: NDArray[Any]) -> Pair:
    risk = _values(model, X)
    try:
        of_uno = float(concordance_ipcw(y, risk, tau=float(np.quantile(y[y[:, 1] == 1, 0], 0.9)) + _LEAST))
    except DataError:
        of_uno = np.nan
    return concordance(y, risk), of_uno


def _of_quantiles(found: Floats, y: NDArray[Any], shares: Sequence[float]) -> Pair:
    from sklearn.metrics import d2_pinball_score

    each = list(zip(shares, found.T, strict=True))
    explained = [d2_pinball_score(y, own, alpha=share) for share, own in each]
    off = [abs(float((y <= own).mean()) - share) for share, own in each]
    return float(np.mean(explained)), float(np.mean(off))


def _values(model: Any, X: Floats) -> Floats:
    return np.ravel(np.asarray(model.predict(X), float))


def _correlation(value: Floats, y: NDArray[Any]) -> float:
    return float(np.corrcoef(value, y)[0, 1]) if (value != value[0]).any() else 0.0


_OF: Mapping[Compared, Callable[[Any, Floats, NDArray[Any]], Pair]] = MappingProxyType(
    {
        "classification": _of_classes,
        "regression": _of_amounts,
        "ordinal": _of_order,
        "count": _of_counts,
        "survival": _of_times,
    }
)
