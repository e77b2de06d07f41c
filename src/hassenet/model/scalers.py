"""Scalers of scikit-learn, and chains of them, as one step x ↦ (x − mean)/scale."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hassenet.data.scaling import Scaling
from hassenet.errors import ParameterError, ShapeError

Array = NDArray[Any]


def scaling_of(scaler: Any, n: int) -> Scaling | None:
    """Return what a fitted scaler does to n features; None for none.

    Parameters
    ----------
    scaler : StandardScaler, MinMaxScaler, MaxAbsScaler, RobustScaler, a pipeline of such, Scaling or None
    n : int

    Raises
    ------
    ParameterError
        If it is not fitted, or not affine feature by feature.
    ShapeError
        If it is of another number of features.

    Examples
    --------
    >>> from sklearn.preprocessing import MinMaxScaler
    >>> X = np.array([[2.0], [4.0]])
    >>> scaling_of(MinMaxScaler().fit(X), 1)(X).ravel()
    array([0., 1.])
    """
    scaling = _of_several(_steps(scaler))
    if scaling is not None and scaling.mean.size != n:
        raise ShapeError(
            f"a scaler has one entry a feature, of which there are {n}; it has {scaling.mean.size}; give the one whose "
            "output the network was fitted on"
        )
    return scaling


def scaling_of_targets(transformer: Any, inner: Scaling | None, k: int) -> Scaling | None:
    """Return what a fitted transformer does to k targets, and then the scaling that a model has of them already.

    Raises
    ------
    ParameterError
        If it is not affine, target by target.
    """
    is_none = type(transformer).__name__ == "FunctionTransformer" and transformer.func is None
    try:
        return scaling_of([step for step in (None if is_none else transformer, inner) if step is not None], k)
    except ParameterError:
        raise ParameterError(
            f"a model keeps the scaling of targets, (y − mean)/scale; this {type(transformer).__name__} does something "
            "else; transform them with a StandardScaler, MinMaxScaler, MaxAbsScaler or RobustScaler"
        ) from None


def names_of(scaler: Any) -> tuple[str, ...] | None:
    """Return the names of the columns that a scaler was fitted on, None where it was fitted on none."""
    names = getattr(next(iter(_steps(scaler)), None), "feature_names_in_", None)
    return None if names is None else tuple(str(name) for name in names)


def chain_of(*scalers: Any) -> tuple[Any, ...] | None:
    """Return scalers and the steps of pipelines one after the other, None where there are none."""
    return tuple(step for scaler in scalers for step in _steps(scaler)) or None


def _steps(scaler: Any) -> list[Any]:
    """Return the scalers of a pipeline or a chain, or the one; what is passed through is left out."""
    several = [step for _, step in scaler.steps] if hasattr(scaler, "named_steps") else scaler
    if isinstance(several, list | tuple):
        return [step for part in several for step in _steps(part)]
    return [] if several is None or isinstance(several, str) else [several]


def _of_several(scalers: Sequence[Any]) -> Scaling | None:
    whole: Scaling | None = None
    for scaler in scalers:
        new = _of_one(scaler)
        whole = (
            new if whole is None else Scaling(whole.mean + whole.scale * new.mean, whole.scale * new.scale)
        )
    return whole


def _of_one(scaler: Any) -> Scaling:
    if isinstance(scaler, Scaling):
        return scaler
    if getattr(scaler, "clip", False) is True:
        raise _not_affine(scaler, "clips")
    try:
        return Scaling(*_MEAN_AND_SCALE[type(scaler).__name__](scaler))
    except (KeyError, AttributeError):
        raise _not_affine(
            scaler, "is not fitted, or not one that moves and stretches each feature by itself"
        ) from None


def _not_affine(scaler: Any, why: str) -> ParameterError:
    return ParameterError(
        f"a model keeps the scaling of features, (x − mean)/scale; this {type(scaler).__name__} {why}; give a fitted "
        "StandardScaler, MinMaxScaler, MaxAbsScaler or RobustScaler, or fit the network on what such a one gives"
    )


def _ones(scaler: Any) -> Array:
    return np.ones(scaler.n_features_in_)


def _standard(s: Any) -> tuple[Array, Array]:
    return s.mean_ if s.with_mean else 0 * _ones(s), s.scale_ if s.with_std else _ones(s)


def _robust(s: Any) -> tuple[Array, Array]:
    return s.center_ if s.with_centering else 0 * _ones(s), s.scale_ if s.with_scaling else _ones(s)


_MEAN_AND_SCALE: Mapping[str, Callable[[Any], tuple[Array, Array]]] = {
    "StandardScaler": _standard,
    "RobustScaler": _robust,
    "MaxAbsScaler": lambda s: (0 * s.scale_, s.scale_),
    "MinMaxScaler": lambda s: (-s.min_ / s.scale_, 1 / s.scale_),
}
