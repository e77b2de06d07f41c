"""N = (H, F, G): a network, its feed-forward value, signals, hidden features and affine form."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple, cast, final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, issparse

from hassenet._checks import is_whole_number, require_seed
from hassenet.activations import Activation
from hassenet.activations.rank import RankActivation
from hassenet.data.ahead import Ahead
from hassenet.data.features import as_example, as_features
from hassenet.data.offsets import as_offsets
from hassenet.data.stream import Stream, is_stream
from hassenet.data.windows import Held, in_order, parts
from hassenet.engines import formulas
from hassenet.engines.plan import Layer, Matrix, Plan
from hassenet.engines.registry import engine_for
from hassenet.errors import NotFiniteError, ParameterError, ShapeError, UnknownElementError, listing
from hassenet.hierarchy import Hierarchy
from hassenet.network.finite import check_predictions
from hassenet.network.initialisation import initial_theta
from hassenet.network.parameters import Parameters
from hassenet.network.signs import check_signs

Array = NDArray[Any]
Name = str | Activation
Names = Name | Sequence[Name]
Hidden = Name | Sequence[Names] | Mapping[Any, Name]


class AffineMap(NamedTuple):
    """x ↦ Wx + b.

    Attributes
    ----------
    W : (n_D, n₀) array
    b : (n_D,) array
    """

    W: Array
    b: Array


@final
@dataclass(frozen=True, eq=False, repr=False, init=False)
class Network:
    """The feed-forward network N = (H, F, G).

    F⁽ⁱ⁾(x) = W⁽ⁱ⁾x + b⁽ⁱ⁾ with W⁽ⁱ⁾ₖⱼ ≠ 0 only where pⱼ ⋖ pₖ, and Nx = G⁽ᴰ⁾F⁽ᴰ⁻¹⁾ ⋯ G⁽¹⁾F⁽⁰⁾(x).

    Parameters
    ----------
    hierarchy : Hierarchy
        H, graded, of depth 1 or more; rank 0 names the features, rank D the outputs.
    hidden : str, sequence or mapping
        Activations of the ranks 1,…,D−1: one name for all; or an entry for each of these ranks, a name or a name for
        each element; or a mapping from element to name, the elements left out taking "relu".
    output : str or sequence of str
        Activation of the outputs: one name, or one for each.
    seed : int
        For the initial weights, see :func:`hassenet.network.initialisation.initial_theta`.
    dtype : "float32" or "float64"
        The type of θ and of all that is computed.
    theta : array, optional
        Parameters to start from instead.

    Raises
    ------
    NotGradedError, UnreachedElementError, HierarchyError
        If H skips ranks, an element above rank 0 covers nothing, or there is one rank only.
    ParameterError
        If an activation or a dtype does not exist, activations do not fit the ranks, or a weight of θ has another sign
        than its cover.

    Examples
    --------
    >>> H = Hierarchy.subsets(3)
    >>> theta = [1, -1, 2, 3, -2, -3, 1, 1, 1, 1, -2, 1, 0]
    >>> net = Network(H, hidden="relu", output="sigmoid", dtype="float64", theta=theta)
    >>> net.hidden_features([[1, 1, 1]], rank=1)
    array([[1., 6., 0.]])
    >>> net([[1, 1, 1]])
    array([[1.67014218e-05]])
    """

    hierarchy: Hierarchy
    activations: tuple[RankActivation, ...]
    plan: Plan
    theta: Array

    def __init__(
        self,
        hierarchy: Hierarchy,
        hidden: Hidden = "relu",
        output: Names = "identity",
        seed: int = 0,
        dtype: Any = "float32",
        theta: Any = None,
    ) -> None:
        activations = _activations(hierarchy, hidden, output)
        plan = Plan.of(hierarchy, activations)
        kind = _checked_dtype(dtype)
        require_seed(seed)
        start = initial_theta(plan, seed, kind) if theta is None else _checked_theta(theta, plan, kind)
        check_signs(hierarchy, plan, start)
        self._set(hierarchy, activations, plan, start)

    def _set(self, H: Hierarchy, activations: tuple[RankActivation, ...], plan: Plan, theta: Array) -> None:
        theta.flags.writeable = False
        for name, value in (("hierarchy", H), ("activations", activations), ("plan", plan), ("theta", theta)):
            object.__setattr__(self, name, value)

    # ---------------------------------------------------------------- parameters

    @property
    def dtype(self) -> np.dtype[Any]:
        """The type of θ and of all that is computed."""
        return self.theta.dtype

    @property
    def n_parameters(self) -> int:
        """The length of θ: covers and biases, without those of relays."""
        return self.plan.n_parameters

    @property
    def parameters(self) -> Parameters:
        """θ read as matrices."""
        return Parameters(self.plan, self.theta)

    @property
    def weights(self) -> tuple[Matrix, ...]:
        """W⁽ⁱ⁾, (nᵢ₊₁, nᵢ): an array for a complete layer, a csr_array for a sparse one."""
        return self.parameters.weights

    @property
    def biases(self) -> tuple[Array, ...]:
        """b⁽ⁱ⁾, (nᵢ₊₁,)."""
        return self.parameters.biases

    def with_theta(self, theta: Any) -> Network:
        """Return the network with other parameters.

        Raises
        ------
        ShapeError, NotFiniteError
            If θ does not have ``n_parameters`` finite entries.
        ParameterError
            If a weight has another sign than its cover.
        """
        new = _checked_theta(theta, self.plan, self.dtype)
        check_signs(self.hierarchy, self.plan, new)
        return _network(self, theta=new)

    def with_dtype(self, dtype: Any) -> Network:
        """Return the network with its parameters in another type, "float32" or "float64", which it computes in.

        Raises
        ------
        ParameterError
            If it is another type.
        NotFiniteError
            If a parameter is beyond float32.

        Examples
        --------
        >>> Network(Hierarchy.complete(2, 1)).with_dtype("float64").dtype
        dtype('float64')
        """
        return _network(self, theta=_checked_theta(self.theta, self.plan, _checked_dtype(dtype)))

    def with_parameters(self, weights: Sequence[Any], biases: Sequence[Any]) -> Network:
        """Return the network with W⁽ⁱ⁾ and b⁽ⁱ⁾ given as matrices, (nᵢ₊₁, nᵢ), and vectors.

        Raises
        ------
        ShapeError
            If a shape does not fit, or a matrix has an entry that is not 0 off the covers.

        Examples
        --------
        >>> net = Network(Hierarchy.complete(2, 1), dtype="float64")
        >>> net.with_parameters([[[2.0, 3.0]]], [[1.0]])([[1.0, 1.0]])
        array([[6.]])
        """
        if len(weights) != self.plan.depth or len(biases) != self.plan.depth:
            raise ShapeError(f"there is one matrix and one vector a layer, {self.plan.depth}; give as many")
        theta = np.empty(self.n_parameters, self.dtype)
        for i, (layer, W, b) in enumerate(zip(self.plan.layers, weights, biases, strict=True)):
            theta[layer.weight] = _on_covers(i, layer, W)
            theta[layer.bias] = _vector(i, layer, b)
        return self.with_theta(theta)

    def with_activations(self, hidden: Hidden | None = None, output: Names | None = None) -> Network:
        """Return the network with other activations and the same parameters; a mapping leaves out what stays.

        Examples
        --------
        >>> Network(Hierarchy.complete(2, 3, 1)).with_activations(output="exp").activations
        (relu, exp)
        """
        *inner, last = [G.names for G in self.activations]
        if isinstance(hidden, Mapping):
            hidden = {**_as_mapping(self.hierarchy, inner), **hidden}
        new = _activations(self.hierarchy, inner if hidden is None else hidden, output or last)
        return _network(self, activations=new, plan=Plan.of(self.hierarchy, new))

    def with_outputs(self, outputs: Sequence[Hashable]) -> Network:
        """Return the network that has only these outputs, in this order: N, of whose outputs the others are left out.

        Of a network with auxiliary heads it is the main one that is left: ``net.with_outputs(["ill"])``.

        Raises
        ------
        ParameterError, UnknownElementError
            If there are none, one is named twice or is not an output, or a softmax joins one with others left out.

        Examples
        --------
        >>> net = Network(Hierarchy.complete(2, 3), dtype="float64", theta=range(9))
        >>> net.hierarchy.ranks[-1], net([[1.0, 1.0]])
        (('y0', 'y1', 'y2'), array([[ 7., 12., 17.]]))
        >>> net.with_outputs(["y2"])([[1.0, 1.0]])
        array([[17.]])
        """
        *lower, top = self.hierarchy.ranks
        rows = _places(outputs, top)
        covers = (*self.hierarchy.layers[:-1], self.hierarchy.layers[-1].rows(rows))
        H = Hierarchy((*lower, tuple(top[k] for k in rows)), covers)
        hidden = [G.names for G in self.activations[:-1]]
        start = Network(H, hidden, self.activations[-1].of_rows(rows).names, dtype=self.dtype)
        W, b = self.weights, self.biases
        return start.with_parameters([*W[:-1], W[-1][rows]], [*b[:-1], b[-1][rows]])

    # ---------------------------------------------------------------- feed-forward

    def __call__(self, X: Any, *, offset: Any = None, check_finite: bool = True) -> Array:
        """Return Nx of each example.

        Parameters
        ----------
        X : (m, n₀) array, scipy sparse array, or table with the features' names as columns; or a stream
        offset : (m,) or (m, n_D) array, optional
            What is added to the signal of each output: G(s + o) in place of G(s).
        check_finite : bool
            Whether a value that overflows its type, or is NaN because of that, is an error. Without it is returned.

        Returns
        -------
        (m, n_D) array

        Raises
        ------
        ShapeError, NotFiniteError, FeatureError, DataError
            If X does not fit rank 0, is not finite, or is not numeric, or Nx is not finite.

        Examples
        --------
        >>> net = Network(Hierarchy.complete(1, 1), output="exp", theta=[1, 0])
        >>> net([[1000.0]], check_finite=False)
        array([[inf]], dtype=float32)
        >>> net([[1.0], [1000.0]])
        Traceback (most recent call last):
            ...
        hassenet.errors.NotFiniteError: predictions are finite; 1 row of 2 would get NaN or infinity: 1 (from 0); the
        largest features of row 1, as the network sees them, are 'x0' (1e+03); use another unit, leave out such rows, or
        call the network with check_finite=False
        """
        names = self.hierarchy.ranks[0]
        features = as_features(X, names, self.dtype)
        if is_stream(features):
            o = features.offsets if offset is None else np.asarray(offset)
            of_window = partial(self._of_window, offset=o, check_finite=check_finite)
            return np.concatenate(list(_of_windows(features, of_window)))
        value = self._fed(features, self.plan.depth) if offset is None else self._shifted(features, offset)
        if check_finite:
            check_predictions(value, features, names)
        return value

    def _of_window(self, window: Held, offset: Array | None, *, check_finite: bool) -> Array:
        """Return Nx of the examples of a window of a stream."""
        o = None if offset is None else offset[window.ids]
        return self(window.X, offset=o, check_finite=check_finite)

    def hidden_features(self, X: Any, rank: int) -> Array:
        """Return x⁽ʳᵃⁿᵏ⁾ = HF⁽ʳᵃⁿᵏ⁾(x) of each example, (m, n_rank), columns in the order of the rank's elements.

        X is what a call takes; a stream is read a block at a time.

        Raises
        ------
        ParameterError
            If there is no such rank; a negative one counts from the outputs, −1, down.
        """
        D = self.plan.depth
        if not is_whole_number(rank) or not -D - 1 <= rank <= D:
            raise ParameterError(f"the ranks are 0 to {D}; got {rank!r}")
        features = as_features(X, self.hierarchy.ranks[0], self.dtype)
        if is_stream(features):
            return np.concatenate(list(_of_windows(features, lambda w: self.hidden_features(w.X, rank))))
        return self._fed(features, rank % (D + 1))

    def _shifted(self, features: Any, offset: Any) -> Array:
        """Return G(s + o) of features that fit rank 0."""
        o = as_offsets(offset, features.shape[0], self.plan.n_outputs, self.dtype)
        s = self.with_activations(output="identity")._fed(features, self.plan.depth)
        with np.errstate(over="ignore", invalid="ignore"):
            return self.activations[-1].value((s + np.asarray(o, self.dtype)).T).T

    def _fed(self, features: Any, rank: int) -> Array:
        """Return x⁽ʳᵃⁿᵏ⁾ of features that fit rank 0."""
        engine = engine_for(features)
        return engine.forward(self.plan, self.theta, engine.put(features), rank)

    def signals(self, X: Any) -> tuple[Array, ...]:
        """Return the signals s⁽⁰⁾,…,s⁽ᴰ⁻¹⁾ of each example, arrays of shape (m, nᵢ₊₁)."""
        features = as_features(X, self.hierarchy.ranks[0], self.dtype)
        if is_stream(features):
            return tuple(
                map(np.concatenate, zip(*_of_windows(features, lambda w: self.signals(w.X)), strict=True))
            )
        return formulas.signals(self.plan, self.theta, features)

    # ---------------------------------------------------------------- affine form

    def affine(self, at: Any = None) -> AffineMap:
        """Return the affine map that N is: everywhere if every activation is the identity, else near ``at``.

        Parameters
        ----------
        at : (n₀,) array, pandas Series or table of one row, optional
            The example near which a network of piecewise linear activations (relu, leaky_relu) is affine.

        Returns
        -------
        AffineMap
            W, (n_D, n₀), and b, (n_D,), with Nx = Wx + b.

        Raises
        ------
        ParameterError
            If N is not affine there.
        ShapeError, NotFiniteError, FeatureError, DataError
            If ``at`` is not one example.

        Examples
        --------
        >>> net = Network(
        ...     Hierarchy.subsets(3), theta=[1, -1, 2, 3, -2, -3, 1, 1, 1, 1, -2, 1, 0], dtype="float64"
        ... )
        >>> net.affine(at=[1, 1, 1])
        AffineMap(W=array([[-3., -1., -6.]]), b=array([-1.]))
        """
        slopes = self._identities() if at is None else self._slopes(at)
        W: Any = np.eye(self.plan.n_outputs, dtype=self.dtype)
        b = np.zeros(self.plan.n_outputs, self.dtype)
        # From the outputs down, so that nothing larger than n_D × nᵢ is ever made.
        for layer, g in zip(reversed(self.plan.layers), reversed(slopes), strict=True):
            b = b + (W * g) @ layer.b(self.theta)
            W = _dense((W * g) @ layer.W(self.theta))
        return AffineMap(W, b)

    def _identities(self) -> list[Array]:
        curved = [G for G in self.activations if set(G.names) != {"identity"}]
        if curved:
            raise ParameterError(
                f"N is one affine map only if every activation is the identity; a rank has {curved[0]}; pass at=x, or "
                "with_activations(...)"
            )
        return [np.ones(len(G.names), self.dtype) for G in self.activations]

    def _slopes(self, x: Any) -> list[Array]:
        """Return G′(s) for each rank at the signals of x; with a kink at 0 only, G(s) = G′(s) s near it."""
        curved = [G for G in self.activations if not G.piecewise_linear]
        if curved:
            raise ParameterError(
                f"N is affine near x only if activations are piecewise linear (identity, relu, leaky_relu); a rank has "
                f"{curved[0]}; for the map of the last signal take with_activations(output='identity')"
            )
        example = as_example("at", x, self.hierarchy.ranks[0], self.dtype)
        s = [signal.T for signal in self.signals(example)]
        return [
            G.pullback(t, G.value(t), np.ones_like(t))[:, 0] for G, t in zip(self.activations, s, strict=True)
        ]

    # ---------------------------------------------------------------- looks, copies

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuilt, (self.hierarchy, [G.portable for G in self.activations], self.theta)

    def __repr__(self) -> str:
        G = ", ".join(map(repr, self.activations))
        return (
            f"Network({self.hierarchy!r}, activations=({G}), parameters={self.n_parameters:,}, {self.dtype})"
        )


def _network(old: Network, **changes: Any) -> Network:
    """Return a network that differs from an old one in the given parts, which have been checked."""
    parts = {
        name: changes.get(name, getattr(old, name)) for name in ("hierarchy", "activations", "plan", "theta")
    }
    new = object.__new__(Network)
    new._set(*parts.values())
    return new


def _rebuilt(H: Hierarchy, names: list[tuple[Name, ...]], theta: Array) -> Network:
    return Network(H, names[:-1], names[-1], dtype=theta.dtype, theta=theta)


def _places(outputs: Sequence[Hashable], top: Sequence[Hashable]) -> list[int]:
    """Return where the outputs stand in the last rank."""
    given = list(outputs) if isinstance(outputs, Sequence) and not isinstance(outputs, str) else []
    if not given or not _are_different(given):
        raise ParameterError(f"outputs are a sequence of names, each once, as ['ill']; got {outputs!r}")
    place = {e: k for k, e in enumerate(top)}
    unknown = [e for e in given if e not in place]
    if unknown:
        raise UnknownElementError(
            f"outputs are elements of the last rank: {listing(top, 5)}; {listing(unknown)} is not among them; drop it"
        )
    return [place[e] for e in given]


def _are_different(names: list[Any]) -> bool:
    """Return whether each is a name, and stands there once."""
    try:
        return len(set(names)) == len(names)
    except TypeError:  # a name is hashable
        return False


def _dense(W: Any) -> Array:
    return W.toarray() if issparse(W) else np.asarray(W)


def _activations(H: Hierarchy, hidden: Hidden, output: Names) -> tuple[RankActivation, ...]:
    """Return G⁽¹⁾,…,G⁽ᴰ⁾."""
    inner = range(1, H.depth)
    per_rank = _by_element(H, hidden) if isinstance(hidden, Mapping) else _by_rank(hidden, len(inner))
    given = [*zip(inner, per_rank, strict=True), (H.depth, output)]
    return tuple(RankActivation.of(_named(H, i, G), H.relays(i)) for i, G in given)


def _by_rank(hidden: Name | Sequence[Names], n: int) -> list[Names]:
    per_rank: list[Names] = (
        [cast(Name, hidden)] * n if _is_one(hidden) else list(cast(Sequence[Names], hidden))
    )
    if len(per_rank) != n:
        raise ParameterError(f"hidden gives one entry for each of the {n} hidden ranks; got {len(per_rank)}")
    return per_rank


def _is_one(G: Any) -> bool:
    """Return whether it is one activation for all; functions, too, which are refused where they are looked up."""
    return isinstance(G, Name | RankActivation) or callable(G)


def _by_element(H: Hierarchy, hidden: Mapping[Any, Name]) -> list[Names]:
    elements = {e for rank in H.ranks[1:-1] for e in rank}
    unknown = [e for e in hidden if e not in elements]
    if unknown:
        raise UnknownElementError(
            f"hidden names elements of the hidden ranks; {listing(unknown)} is not among them; drop it"
        )
    return [[hidden.get(e, "relu") for e in rank] for rank in H.ranks[1:-1]]


def _as_mapping(H: Hierarchy, names: Sequence[Sequence[str]]) -> dict[Any, str]:
    pairs = zip(H.ranks[1:-1], names, strict=True)
    return {e: name for rank, of_rank in pairs for e, name in zip(rank, of_rank, strict=True)}


def _named(H: Hierarchy, i: int, G: Names) -> list[Name]:
    """Return a name for each element of rank i."""
    n = H.shape[i]
    if isinstance(G, RankActivation):
        return list(G.portable if len(G.names) == n else [G.asked_of_all] * n)
    names: list[Name] = [cast(Name, G)] * n if _is_one(G) else list(cast(Sequence[Name], G))
    if len(names) != n:
        raise ParameterError(f"rank {i} has {n} elements and got {len(names)} activations; give one for each")
    return names


def _checked_dtype(dtype: Any) -> np.dtype[Any]:
    try:
        kind = np.dtype(dtype)
    except TypeError:
        kind = np.dtype(object)
    if kind not in (np.dtype(np.float32), np.dtype(np.float64)):
        raise ParameterError(f"dtype is 'float32' or 'float64'; got {dtype!r}")
    return kind


def _checked_theta(theta: Any, plan: Plan, dtype: np.dtype[Any]) -> Array:
    with np.errstate(over="ignore"):
        new = np.array(theta, dtype)
    if new.shape != (plan.n_parameters,):
        raise ShapeError(
            f"θ has {plan.n_parameters:,} entries, one a cover and a bias; its shape is {new.shape}"
        )
    if not np.isfinite(new).all():
        raise NotFiniteError(
            f"θ is finite; {np.sum(~np.isfinite(new)):,} of its entries are not; train at a lower rate"
        )
    return new


def _of_windows(stream: Stream, made: Callable[[Held], Any]) -> Iterator[Any]:
    """Yield what is made of the examples of each window of a stream."""
    depth = stream.ahead if len(in_order(stream)) > 1 else 0  # behind the only one nothing can be read ahead
    with Ahead(parts(stream), depth) as windows:
        yield from map(made, windows)


def _on_covers(i: int, layer: Layer, W: Any) -> Array:
    """Return the entries of W on the covers with parameters, or say where it has others."""
    W = csr_array(W) if issparse(W) or not layer.is_complete else np.asarray(W)
    if W.shape != layer.covers.shape:
        raise ShapeError(f"weights[{i}] has the shape {layer.covers.shape}; got {W.shape}")
    if layer.is_complete:
        return _dense(W).ravel()
    _check_support(i, layer, W)
    upper, lower = layer.pairs
    return np.asarray(W[upper, lower]).ravel()


def _check_support(i: int, layer: Layer, W: csr_array) -> None:
    rows, columns = W.nonzero()
    on = np.asarray(layer.covers.csr[rows, columns]).ravel() if len(rows) else np.zeros(0, bool)
    off = np.flatnonzero(~on)
    if len(off):
        k, j = int(rows[off[0]]), int(columns[off[0]])
        raise ShapeError(
            f"weights[{i}] is 0 off the covers; entry ({k}, {j}) is {W[k, j]:g} and {k} does not cover {j}"
        )


def _vector(i: int, layer: Layer, b: Any) -> Array:
    vector = np.asarray(b)
    if vector.shape != (layer.covers.shape[0],):
        raise ShapeError(f"biases[{i}] has the shape {(layer.covers.shape[0],)}; got {vector.shape}")
    return vector[layer.free]
