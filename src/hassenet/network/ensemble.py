"""Several networks with the same features and outputs, averaged."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hassenet.data.features import as_features
from hassenet.errors import NotFiniteError, ParameterError, ShapeError, counted, listing
from hassenet.hierarchy import Hierarchy
from hassenet.network.averaging import averaged
from hassenet.network.finite import check_predictions
from hassenet.network.network import Network
from hassenet.network.remedies import no_network, remedy

Array = NDArray[Any]
Floats = NDArray[np.float64]


@final
@dataclass(frozen=True, eq=False, repr=False, init=False)
class Ensemble:
    """The weighted mean of networks: E(x) = Σᵢ wᵢ Nᵢ(x), with wᵢ ≥ 0 and Σᵢ wᵢ = 1.

    The mean is taken of the outputs, after their activation: of probabilities, not of log-odds. So it is the mean of
    the mixture of the models that the networks stand for, and its squared error, or its minus log-likelihood where the
    outputs are probabilities, is at most the weighted mean of those of its members. Of outputs whose activation is exp
    it is taken of the logarithms, exp Σᵢ wᵢ log Nᵢ(x): one network whose signal is too large would decide the mean of
    such outputs alone, and the loss of a count is convex in the signal too.

    Parameters
    ----------
    networks : sequence of k Network
        The members: the same features and outputs in the same order, the same output activation, the same dtype. The
        ranks between may differ from member to member.
    weights : (k,) array, optional
        wᵢ, finite and ≥ 0, divided by their sum; by default all alike.

    Attributes
    ----------
    networks : tuple of k Network
    weights : (k,) array

    Raises
    ------
    ParameterError
        If there are no networks, one is something else, or features, outputs, output activations or dtypes differ.
    ShapeError, NotFiniteError
        If there is not one finite weight a network.

    Source: B. Lakshminarayanan, A. Pritzel and C. Blundell, "Simple and scalable predictive uncertainty estimation
    using deep ensembles", NeurIPS 2017, section 2.4; for the inequality, A. Krogh and J. Vedelsby, "Neural network
    ensembles, cross validation, and active learning", NeurIPS 1994.

    Examples
    --------
    >>> H = Hierarchy.complete(1, 1)
    >>> nets = [Network(H, dtype="float64", theta=theta) for theta in ([1.0, 0.0], [3.0, 2.0])]
    >>> Ensemble(nets)([[2.0]])  # the mean of 2 and 8
    array([[5.]])
    >>> Ensemble(nets, weights=[3, 1]).weights
    array([0.75, 0.25])
    """

    networks: tuple[Network, ...]
    weights: Floats

    def __init__(self, networks: Iterable[Network], weights: ArrayLike | None = None) -> None:
        members = _members(networks)
        _check_alike(members)
        object.__setattr__(self, "networks", members)
        object.__setattr__(self, "weights", _normalised(weights, len(members)))

    @staticmethod
    def of(network: Network | Ensemble) -> Ensemble:
        """Return an ensemble as it is, and a network as the ensemble of which it is the one member."""
        if not isinstance(network, Network | Ensemble):
            raise no_network("what is asked for", network)
        return network if isinstance(network, Ensemble) else Ensemble((network,))

    @property
    def hierarchy(self) -> Hierarchy:
        """That of the first member: its features and its outputs are those of all."""
        return self.networks[0].hierarchy

    @property
    def heaviest(self) -> Network:
        """The member with the largest weight, of several the first."""
        return self.networks[int(np.argmax(self.weights))]

    @property
    def dtype(self) -> np.dtype[Any]:
        """The type of the members' parameters, and of what the ensemble gives."""
        return self.networks[0].dtype

    @property
    def n_parameters(self) -> int:
        """The parameters of all members together."""
        return sum(net.n_parameters for net in self.networks)

    def __len__(self) -> int:
        return len(self.networks)

    def __iter__(self) -> Iterator[Network]:
        """Go through the members."""
        return iter(self.networks)

    def __call__(self, X: Any, *, offset: Any = None, check_finite: bool = True) -> Array:
        """Return E(x) of each example.

        Parameters
        ----------
        X : (m, n₀) array, scipy sparse array, or table with the features' names as columns
        offset : (m,) or (m, n_D) array, optional
            What is added to the signals of each member's outputs.
        check_finite : bool
            Whether a mean that is NaN or infinite is an error.

        Returns
        -------
        (m, n_D) array

        Raises
        ------
        ShapeError, NotFiniteError, FeatureError, DataError
            As for a network.
        """
        names = self.hierarchy.ranks[0]
        features = as_features(X, names, self.dtype)
        # A member without weight has no say, also where its value is infinite.
        members = [(w, net) for w, net in zip(self.weights, self.networks, strict=True) if w]
        if len(members) == 1:
            return members[0][1](features, offset=offset, check_finite=check_finite)
        each = ((w, net(features, offset=offset, check_finite=False)) for w, net in members)
        value = averaged(self.networks[0].activations[-1], each).astype(self.dtype)
        if check_finite:
            check_predictions(value, features, names)
        return value

    def __reduce__(self) -> tuple[Any, ...]:
        return Ensemble, (self.networks, self.weights)

    def __repr__(self) -> str:
        first = self.networks[0]
        return (
            f"Ensemble({counted(len(self), 'network')}: {first.plan.n_inputs:,} features, {first.plan.n_outputs:,} "
            f"outputs {first.activations[-1]}, parameters={self.n_parameters:,}, {self.dtype})"
        )


def one_network(what: str, net: Network | Ensemble) -> Network:
    """Return a network as it is; of an ensemble there are several, of which one has to be named.

    Raises
    ------
    ParameterError
        If it is an ensemble.
    """
    if not isinstance(net, Network | Ensemble):
        raise no_network(what, net)
    if isinstance(net, Ensemble):
        raise ParameterError(
            f"{what} is that of one network; this is an ensemble of {len(net)}; give ensemble.networks[0], or another "
            "of its members"
        )
    return net


def _members(networks: Any) -> tuple[Network, ...]:
    members = tuple(networks) if isinstance(networks, Iterable) else (networks,)
    others = [net for net in members if not isinstance(net, Network)]
    if others or not members:
        got = f"{type(others[0]).__name__} among them" if others else "none"
        what = remedy(others[0]) if others else "give a list of networks"
        raise ParameterError(f"an ensemble has one network or more; got {got}; {what}")
    return members


def _check_alike(members: Sequence[Network]) -> None:
    """Refuse members whose outputs cannot be averaged."""
    for number, net in enumerate(members[1:], start=2):
        for what, one, other in _in_common(members[0], net):
            if one != other:
                raise ParameterError(
                    f"the networks of an ensemble have the same {what}; number 1 has {one}, number {number} {other}; "
                    "build them alike, or leave one of them out"
                )


def _in_common(one: Network, other: Network) -> Iterator[tuple[str, Any, Any]]:
    """Yield what the two have to have in common, and what each of them has."""
    yield "features in the same order", *_difference(one.hierarchy.ranks[0], other.hierarchy.ranks[0])
    yield "outputs in the same order", *_difference(one.hierarchy.ranks[-1], other.hierarchy.ranks[-1])
    yield "output activation", one.activations[-1], other.activations[-1]
    yield "dtype", one.dtype, other.dtype


def _difference(one: Sequence[Hashable], other: Sequence[Hashable]) -> tuple[str, str]:
    """Return how two ranks differ, in words: by their sizes, or by the first elements that are not the same."""
    if len(one) != len(other):
        return f"{len(one):,}", f"{len(other):,}"
    pairs = ((repr(a), repr(b)) for a, b in zip(one, other, strict=True) if a != b)
    return next(pairs, ("", ""))


def _normalised(weights: ArrayLike | None, k: int) -> Floats:
    """Return the weights divided by their sum; those that are so already stay as they are, to the last bit."""
    w = np.ones(k) if weights is None else np.array(weights, np.float64)
    if w.shape != (k,):
        raise ShapeError(
            f"each of the {counted(k, 'network')} has a weight; got the shape {w.shape}; give as many"
        )
    if not np.isfinite(w).all():
        raise NotFiniteError(
            f"weights of networks are finite; {listing(w[~np.isfinite(w)].tolist(), 3)} are not; replace them"
        )
    if (w < 0).any() or not w.any():
        raise ParameterError(
            f"weights of networks are 0 or more, and one at least above 0; got {listing(w.tolist())}; change them"
        )
    if w.max() > 1 or abs(w.sum() - 1) > k * np.finfo(float).eps:
        w = w / w.max()  # the sum of large numbers may overflow
        w /= w.sum()
    w.flags.writeable = False
    return w
