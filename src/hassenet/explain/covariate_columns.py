"""What the covariates of one column contribute together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple, final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import issparse

from hassenet.errors import UnknownElementError, listing
from hassenet.explain.examples import per_example
from hassenet.explain.gradient import gradient_times_feature
from hassenet.explain.outputs import Explained, Output, explained
from hassenet.explain.relevance import Relevance
from hassenet.explain.summary import checked, in_blocks
from hassenet.hierarchy import Covariate, Hierarchy
from hassenet.hierarchy.labels import as_text
from hassenet.network import Ensemble, Network

Array = NDArray[np.float64]
Indices = NDArray[np.int64]
Columns = Mapping[Any, Sequence[Any]]


def with_covariate_columns(
    found: Relevance, net: Network | Ensemble, X: Any, of: Columns, output: Output = None
) -> Relevance:
    """Add a row for each column that several covariates were made of, as a category is of its levels.

        score(x) = Σₖ aₖ (xₖ − x̄ₖ),    aₖ = ∂t/∂xₖ

    over the covariates k of the column. Outputs look at covariates directly, so that t is linear in them, and this is
    what they do together whatever the method (but for the ε of layer-wise relevance in absolute value and spread); x̄ is
    what the method compares with, 0 where that is nothing. A column of features is an element and has its score
    already. Rows of columns stand at rank 1, as those do.

    Parameters
    ----------
    found : Relevance
        Of all elements below the outputs.
    net : Network or Ensemble
    X : (m, n₀) array, sparse array, table or stream
        What was explained.
    of : mapping from name to sequence of Hashable
        The covariates of each column, by their names.
    output : Hashable or Explained, optional

    Raises
    ------
    UnknownElementError
        If a covariate is not one of the network.

    Examples
    --------
    >>> from hassenet import Hierarchy
    >>> from hassenet.shaping import covariates
    >>> H = covariates(Hierarchy.complete(1, 1), ["sex=f", "sex=m"]).hierarchy
    >>> net = Network(H, dtype="float64", theta=[1.0, 2.0, -2.0, 0.0])
    >>> X = [[0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]
    >>> relevance = gradient_times_feature(net, X)
    >>> with_covariate_columns(relevance, net, X, {"sex": ["sex=f", "sex=m"]})[Covariate("sex")]
    Score(element=Covariate(name='sex'), rank=1, score=0.0, absolute=2.0, spread=2.0)
    """
    if not of:
        return found
    target, ensemble = explained(net, output), Ensemble.of(net)
    changes = _changes(found, ensemble.networks[0], X, of)
    whole = _with_rows(found, net, target, changes)
    if found.member_spread is None:
        return whole
    pairs = zip(found.members, ensemble.networks, strict=True)
    members = tuple(_with_rows(one, member, target, changes) for one, member in pairs)
    squares = [(one.score - whole.score) ** 2 for one in members]
    spread = np.sqrt(np.tensordot(ensemble.weights, squares, axes=1))[len(found) :]
    return replace(whole, members=members, member_spread=np.append(found.member_spread, spread))


@final
class Change(NamedTuple):
    """A column: the places of its covariates, and x − x̄ of these, (m, k)."""

    column: Covariate
    places: Indices
    of_examples: Array


def _changes(found: Relevance, net: Network, X: Any, of: Columns) -> list[Change]:
    x = checked(net, X)
    against = np.zeros(net.hierarchy.shape[0]) if found.against is None else found.against
    places = [_places(net.hierarchy, covariates) for covariates in of.values()]
    every = np.concatenate(places)
    values = np.concatenate([_dense(part[:, every]) for part in in_blocks(x)]) - against[every]
    each = np.split(values, np.cumsum([len(k) for k in places])[:-1], axis=1)
    return [Change(Covariate(name), k, value) for name, k, value in zip(of, places, each, strict=True)]


def _places(H: Hierarchy, names: Sequence[Any]) -> Indices:
    number = {as_text(e): k for k, e in enumerate(H.ranks[0]) if isinstance(e, Covariate)}
    unknown = [name for name in names if as_text(name) not in number]
    if unknown:
        raise UnknownElementError(
            f"columns have covariates of the network, {listing(number, 5)}; {listing(unknown)} is not among them; "
            "leave it out"
        )
    return np.array([number[as_text(name)] for name in names], np.int64)


def _dense(x: Any) -> Array:
    return np.asarray(x.toarray() if issparse(x) else x, np.float64)


def _with_rows(
    found: Relevance, net: Network | Ensemble, target: Explained, changes: Sequence[Change]
) -> Relevance:
    """Return the scores with those of the columns after them."""
    slopes = _slopes(net, target)
    scores = np.stack([change.of_examples @ slopes[change.places] for change in changes])
    return replace(
        found,
        elements=(*found.elements, *(change.column for change in changes)),
        ranks=np.append(found.ranks, np.ones(len(changes), np.int64)),
        score=np.append(found.score, [found.score[change.places].sum() for change in changes]),
        absolute=np.append(found.absolute, np.abs(scores).mean(axis=1)),
        spread=np.append(found.spread, scores.std(axis=1)),
    )


def _slopes(net: Network | Ensemble, target: Explained) -> Array:
    """Return the gradient of what is explained, (n₀,), which is the same for all examples where they are covariates."""
    n = Ensemble.of(net).networks[0].hierarchy.shape[0]
    return np.asarray(per_example(gradient_times_feature, net, np.ones((1, n)), 0, target)[0], np.float64)
