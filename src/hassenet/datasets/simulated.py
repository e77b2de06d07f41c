"""Simulated people of whom one pathway says who is ill."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.special import expit

from hassenet._checks import NOT_NEGATIVE, SHARE, require_number, require_seed, require_whole_number
from hassenet.datasets.dataset import Dataset
from hassenet.errors import DuplicateElementError, ParameterError, listing
from hassenet.hierarchy import Hierarchy, Relay
from hassenet.hierarchy.order import Order

Array = NDArray[np.float64]
_CLASSES = ("healthy", "ill")


def simulate_pathway(
    H: Hierarchy,
    pathway: Hashable,
    m: int = 1000,
    seed: int = 0,
    *,
    correlation: float = 0.3,
    sharpness: float = 3.0,
) -> Dataset:
    """Draw gene expression in which genes of a pathway go together, and make people ill by one pathway's activity.

    Each element p that covers features has a factor aₚ ~ N(0, 1). A feature j that c(j) ≥ 1 such elements cover is

        xⱼ = √ρ · Σ_{p ⋗ j} aₚ / √c(j) + √(1 − ρ) · εⱼ,     εⱼ ~ N(0, 1),

    of variance 1; two features with the same elements above have the correlation ρ, two with none in common 0. With B,
    the features below the pathway at any distance, and z, its activity,

        z = standardised over the examples: (1/#B) Σ_{j ∈ B} tanh xⱼ,     P(ill) = 1 / (1 + exp(−κ z)).

    Parameters
    ----------
    H : Hierarchy
        Its rank 0 are the features; relays are looked through.
    pathway : Hashable
        The planted element, above rank 0.
    m : int
        The number of examples, 2 or more.
    seed : int
    correlation : float
        ρ, 0 ≤ ρ < 1.
    sharpness : float
        κ ≥ 0: at 0 the classes are drawn without regard to the pathway.

    Returns
    -------
    Dataset
        X of shape (m, n₀), y "ill" or "healthy".

    Raises
    ------
    UnknownElementError
        If the pathway is not an element of H.
    ParameterError
        If it is a feature or a relay, or a number is outside its domain.
    DuplicateElementError
        If two features have one name as text, as 1 and "1".

    Examples
    --------
    >>> H = Hierarchy.from_covers([(f"gene{k}", f"pathway{k // 10}") for k in range(40)])
    >>> data = simulate_pathway(H, "pathway2", m=500, correlation=0.5)
    >>> data
    Dataset('pathway2 planted': 500 examples, 40 features, 2 classes)
    >>> activity = np.tanh(data.X).reshape(500, 4, 10).mean(axis=2)
    >>> [round(float(np.corrcoef(column, data.y == "ill")[0, 1]), 1) for column in activity.T]
    [-0.0, 0.0, 0.7, 0.1]
    """
    _check(H, pathway, m, correlation, sharpness)
    require_seed(seed)
    order, rng = Order.of(H), np.random.default_rng(seed)
    members = _features_below(order, pathway)
    X = _expression(order, m, correlation, rng)
    activity = np.tanh(X[:, members]).mean(axis=1)
    z = (activity - activity.mean()) / activity.std()
    ill = rng.random(m) < expit(sharpness * z)
    return Dataset(
        name=f"{pathway} planted",
        X=X,
        y=np.where(ill, "ill", "healthy"),
        feature_names=tuple(map(str, H.ranks[0])),
        target_names=_CLASSES,
        description=f"Simulated: {pathway!s} makes ill; correlation {correlation}, sharpness {sharpness}, seed {seed}.",
        licence="Simulated numbers: no rights reserved.",
    )


def _expression(order: Order, m: int, correlation: float, rng: np.random.Generator) -> Array:
    """Return the features, a row an example."""
    n = int(order.is_feature.sum())
    of_feature = order.is_feature[order.lower]
    feature, above = order.lower[of_feature], np.unique(order.upper[of_feature], return_inverse=True)[1]
    count = np.bincount(feature, minlength=n)
    share = csr_array(
        (1 / np.sqrt(count[feature]), (above, feature)), shape=(int(above.max(initial=-1)) + 1, n)
    )
    common = rng.standard_normal((m, share.shape[0])) @ share
    rho = np.where(count > 0, correlation, 0.0)
    return np.asarray(np.sqrt(rho) * common + np.sqrt(1 - rho) * rng.standard_normal((m, n)))


def _features_below(order: Order, element: Hashable) -> NDArray[np.int64]:
    """Return the features that the element lies above, by following pairs downwards."""
    below = csr_array((np.ones(len(order.lower)), (order.lower, order.upper)), shape=(order.n, order.n))
    found = new = np.array([name == element for name in order.names], dtype=float)
    while new.any():
        new = ((below @ new) > 0) & (found == 0)
        found = found + new
    members = np.flatnonzero((found > 0) & order.is_feature)
    if not members.size:
        raise ParameterError(f"a pathway has features below; {element!r} has none; choose another element")
    return members


def _check(H: Hierarchy, pathway: Hashable, m: int, correlation: float, sharpness: float) -> None:
    _check_features(H)
    if isinstance(pathway, Relay) and pathway in H:
        raise ParameterError(
            f"a pathway is an element that computes; {pathway!r} is a relay; choose another element, perhaps its source"
        )
    if H.rank(pathway) == 0:
        raise ParameterError(
            f"a pathway stands above rank 0; {pathway!r} is a feature; choose another element"
        )
    require_whole_number("the number of examples, m,", m, 2)
    require_number("the correlation of features", correlation, SHARE)
    require_number("sharpness", sharpness, NOT_NEGATIVE)


def _check_features(H: Hierarchy) -> None:
    twice = [name for name, times in Counter(map(str, H.ranks[0])).items() if times > 1]
    if twice:
        raise DuplicateElementError(
            f"a column is called by the name of its feature as text: {listing(twice)} would head several; rename() one"
        )
