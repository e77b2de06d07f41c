"""The span of rows of bytes, found without ever making numbers of all of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, final

import numpy as np
from numpy.typing import NDArray

from hassenet.data.packed import Packed

Array = NDArray[Any]
_NUMBERS_AT_ONCE = 1 << 22


@final
@dataclass(frozen=True, eq=False)
class Directions:
    """V = Zᵀ A of rows Z: never made, as it has as many numbers as these.

    Parameters
    ----------
    Z : Packed
        (m, n).
    A : (m, r) array
    """

    Z: Packed
    A: Array

    @property
    def T(self) -> Directions:
        """Vᵀ, from the right of a matrix."""
        return self

    def __rmatmul__(self, U: Array) -> Array:
        """Return U Vᵀ = (U Aᵀ) Z, some columns at a time, (k, r) → (k, n)."""
        left = U @ self.A.T
        return np.concatenate([left @ part for part in _parts(self.Z)], axis=1)

    __array_ufunc__ = None  # so that an array leaves its product to the method above


def spanned(Z: Packed) -> tuple[Array, Directions]:
    """Return the coordinates B of rows in their span, and its directions V: Z = B Vᵀ.

    Examples
    --------
    >>> B, V = spanned(Packed.of(np.array([[0, 1, 2], [2, 1, 1]], np.int8)))
    >>> (B @ V.T).round(12) + 0.0
    array([[0., 1., 2.],
           [2., 1., 1.]])
    """
    products = np.zeros((len(Z), len(Z)), Z.dtype)
    for part in _parts(Z):
        products += part @ part.T
    Q, S = axes_of(products)
    return Q * S, Directions(Z, Q / S)


def axes_of(products: Array) -> tuple[Array, Array]:
    """Return the orthogonal axes Q of rows, and their lengths S, of the products of the rows: Q S² Qᵀ."""
    variance, Q = np.linalg.eigh(products)
    kept = variance > 1e-12 * max(variance[-1], 1e-300)
    return Q[:, kept], np.sqrt(variance[kept])


def _parts(Z: Packed) -> Iterator[Array]:
    """Yield the numbers of some columns at a time."""
    at_once = max(_NUMBERS_AT_ONCE // len(Z), 1)
    return (np.asarray(Z[:, start : start + at_once]) for start in range(0, Z.shape[1], at_once))
