"""Linear, logistic and multinomial regression as networks of depth 1, over several penalties."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import hstack, issparse

from hassenet.data.elsewhere import Elsewhere
from hassenet.data.packed import Packed
from hassenet.hierarchy import Hierarchy
from hassenet.hierarchy.constants import with_constants_among
from hassenet.network import Network
from hassenet.optimizers import LBFGS
from hassenet.selection.problem import Problem
from hassenet.selection.span import Directions, axes_of, spanned
from hassenet.shaping import covariates
from hassenet.training import TrainingOptions, fit_with
from hassenet.training.history import Fit

Array = NDArray[Any]

# Up to so many rows a basis of their span is found in seconds; up to so many numbers a copy of float64 costs little.
_MOST_ROWS, _MOST_NUMBERS = 2_000, 20_000_000
# The products of rows of bytes are found a part at a time, and save many looks at all of them.
_MOST_ROWS_OF_BYTES = 5_000
_ITERATIONS, _FEWEST, _NUMBERS_SEEN = 300, 20, 3_000_000_000


@final
@dataclass(frozen=True, eq=False)
class Basis:
    """The rows in coordinates of their span: X = B Vᵀ, with Vᵀ V the identity, and covariates as they are.

    A penalty on ‖W‖² leaves W in the span of the rows, so that W = U Vᵀ and ‖W‖ = ‖U‖: with fewer rows than features
    the same minimum is found among fewer numbers. So it is for features whatever covariates add to the signal.

    Attributes
    ----------
    B : (m, r + q) array
        The q covariates last.
    is_covariate : (n + q,) array of bool
        Which columns of X are covariates.
    V : (n, r) array or Directions, optional
        None stands for the identity.
    """

    B: Array
    is_covariate: NDArray[np.bool_]
    V: Array | Directions | None = None

    @staticmethod
    def of(X: Any, is_covariate: NDArray[np.bool_] | None = None) -> Basis:
        """Return the basis that takes least time.

        Examples
        --------
        >>> X = np.array([[3.0, 4.0, 0.0]])
        >>> basis = Basis.of(X)
        >>> basis.B.shape, basis.back(basis.B)
        ((1, 1), array([[3., 4., 0.]]))
        """
        m, n = X.shape
        own = np.zeros(n, bool) if is_covariate is None else is_covariate
        Z = X if m * n > _MOST_NUMBERS else X.astype(np.float64)
        if isinstance(X, Elsewhere) and not (isinstance(X, Packed) and m < n and m <= _MOST_ROWS_OF_BYTES):
            return Basis(Z[:, np.argsort(own, kind="stable")] if own.any() else Z, own)
        F, C = (Z, Z[:, :0]) if not own.any() else (Z[:, ~own], Z[:, own])
        B, V = _coordinates(F, m, n)
        return Basis(B if not own.any() else _side_by_side(B, C), own, V)

    @property
    def n_covariates(self) -> int:
        """How many columns are covariates, q."""
        return int(np.count_nonzero(self.is_covariate))

    def back(self, U: Array) -> Array:
        """Return the weights of the columns of X, of features W = U Vᵀ: (k, r + q) → (k, n + q)."""
        if self.V is None and not self.n_covariates:
            return U
        r = U.shape[1] - self.n_covariates
        W = np.empty((len(U), len(self.is_covariate)), U.dtype)
        W[:, ~self.is_covariate] = U[:, :r] if self.V is None else U[:, :r] @ self.V.T
        W[:, self.is_covariate] = U[:, r:]
        return W


def _coordinates(F: Any, m: int, n: int) -> tuple[Any, Any]:
    """Return the rows in coordinates of their span, and its directions; the rows and None where that takes longer."""
    if isinstance(F, Packed):
        return spanned(F)
    return (F, None) if m >= n or m > _MOST_ROWS else _of_span(F)


def _side_by_side(B: Any, C: Any) -> Any:
    """Return the columns of both, sparse if those of B are."""
    if issparse(B):
        return hstack([B, C], format="csr")
    return np.hstack([B, C.toarray() if issparse(C) else C])


def _of_span(Z: Any) -> tuple[Array, Array]:
    products = Z @ Z.T
    Q, S = axes_of(products.toarray() if issparse(products) else products)
    return Q * S, Z.T @ (Q / S)


def linear_fits(problem: Problem, basis: Basis, rows: Array, penalties: Sequence[float]) -> Iterator[Fit]:
    """Yield the minimum of J for each penalty, its network one on the features; each starts from the one before.

    Parameters
    ----------
    problem : Problem
    basis : Basis
        Of all its rows.
    rows : array of int
        Those to learn from.
    penalties : sequence of float
        λ; falling ones are found sooner.
    """
    k, r, q = len(problem.outputs), basis.B.shape[1], basis.n_covariates
    H = with_constants_among(Hierarchy.complete(r - q, k), problem.outputs)
    H = covariates(H, range(q)).hierarchy if q else H
    net = Network(H, output=problem.loss.canonical, dtype=basis.B.dtype.name)
    net = problem.started(net.with_theta(np.zeros(net.n_parameters)))
    B, Y, weight, offset = basis.B[rows], problem.Y[rows], problem.weights_of(rows), problem.offset_of(rows)
    fits = []
    for penalty in penalties:
        fit = fit_with(_options(problem, penalty, B), net, B, Y, sample_weight=weight, offset=offset)
        net = fit.network
        fits.append(fit)
    W = np.split(basis.back(np.concatenate([_dense(fit.network.weights[0]) for fit in fits])), len(fits))
    yield from (
        replace(fit, network=_on_features(problem, fit.network, w)) for fit, w in zip(fits, W, strict=True)
    )


def bounded_fits(problem: Problem, rows: Array, penalties: Sequence[float]) -> Iterator[Fit]:
    """Yield the same where outputs are monotone in some features: weights have bounds, which no basis of a span keeps.

    Parameters
    ----------
    problem, rows, penalties
        As for :func:`linear_fits`.
    """
    net = problem.task.network(problem.flat, "tanh", dtype="float64")
    net = problem.started(net.with_theta(np.zeros(net.n_parameters)))
    X, Y, weight = problem.X[rows].astype(np.float64), problem.Y[rows], problem.weights_of(rows)
    for penalty in penalties:
        options, offset = _options(problem, penalty, X), problem.offset_of(rows)
        fit = fit_with(options, net, X, Y, sample_weight=weight, offset=offset)
        net = fit.network
        yield replace(fit, network=net.with_dtype("float32"))


def _options(problem: Problem, penalty: float, B: Array) -> TrainingOptions:
    most = min(_ITERATIONS, max(_FEWEST, _NUMBERS_SEEN // B.size))
    optimizer = LBFGS(most, tol=1e-6, cost_tol=1e-11)
    return TrainingOptions(loss=problem.loss, penalty=problem.penalty(penalty), optimizer=optimizer)


def _dense(W: Any) -> Array:
    return W.toarray() if issparse(W) else W


def _on_features(problem: Problem, net: Network, W: Array) -> Network:
    return problem.linear.with_parameters([W], [net.biases[0]])
