"""Features whose rows lie in the processes of MPI, the ranks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Self, final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import issparse

from hassenet.data.elsewhere import Elsewhere
from hassenet.distributed import medians as bisection
from hassenet.distributed.shared import Shared
from hassenet.distributed.spread import Rows, Spread
from hassenet.distributed.summary import Summary
from hassenet.errors import ShapeError

Array = NDArray[Any]


@final
@dataclass(frozen=True, eq=False, repr=False)
class RowsOnRanks(Elsewhere):
    """The rows of all ranks, those of rank 0 first; what it computes, all ranks compute together.

    Parameters
    ----------
    comm : mpi4py.MPI.Comm
    own : (mᵣ, n) array or scipy sparse array
        The rows of this rank.
    known : Summary
        Of all rows, found when they are made: a rank may ask for it alone.
    spread : Spread
        Which rows of the ranks are meant.
    """

    comm: Any
    own: Any
    known: Summary
    spread: Spread

    @staticmethod
    def of(comm: Any, own: Any) -> RowsOnRanks:
        """Return the rows of all ranks, each with its own.

        Raises
        ------
        ShapeError
            On every rank, if none has any.
        """
        spread = Spread(np.cumsum([0, *comm.allgather(own.shape[0])]))
        if not spread.m:
            raise ShapeError("training needs at least one example; X has no rows on any rank; give some")
        return RowsOnRanks(comm, own, _summary(comm, own, spread), spread)

    @property
    def shape(self) -> tuple[int, int]:
        """M and n."""
        return self.spread.m, int(self.own.shape[1])

    @property
    def dtype(self) -> np.dtype[Any]:
        """The type of the numbers."""
        return np.dtype(self.own.dtype)

    @property
    def names(self) -> None:
        """None: the columns stand in the order of rank 0 of the hierarchy."""
        return

    @property
    def mine(self) -> tuple[Rows, Rows]:
        """Which rows of this rank are meant, and their numbers among all examples."""
        own = [(rows, examples) for rank, rows, examples in self.spread.parts if rank == self.comm.rank]
        return own[0] if own else (np.zeros(0, np.int64), np.zeros(0, np.int64))

    @property
    def is_sparse(self) -> bool:
        """Whether the rows are held sparse."""
        return bool(issparse(self.own))

    @property
    def bounds(self) -> tuple[Array, Array]:
        """The least and the largest number of each column."""
        return self.known.low, self.known.high

    @property
    def has_gaps(self) -> NDArray[np.bool_]:
        """Which columns have a NaN."""
        return self.known.has_gaps

    @property
    def digest(self) -> Array:
        """Bounds, what marks the rows however they are divided, how many there are, and which of them are meant."""
        rows = self.spread.starts[-1:] if self.spread.rows is None else self.spread.rows
        return np.concatenate([self.known.digest, rows])

    def __getitem__(self, places: Any) -> Self:
        """Return some of the rows, or some of the columns."""
        if isinstance(places, tuple):
            return self._with(self.own[:, places[1]])
        return replace(self, spread=self.spread.some(places))

    def _with(self, own: Any) -> Self:
        return replace(self, own=own, known=_summary(self.comm, own, self.spread))

    def mapped(self, function: Callable[[Any], Any]) -> Self:
        """Return what a function makes of the rows of each rank."""
        return self._with(function(self.own))

    def medians(self) -> Array:
        """The median of each column, exactly."""
        ordered = bisection.in_order(self.own, self.mine[0])
        return bisection.medians(
            lambda points: self.comm.allreduce(bisection.counts(ordered, points)), self.shape[1]
        )

    def summed(self, function: Callable[[Any], Array]) -> Array:
        """Return the sum of what a function makes of the rows of each rank."""
        return np.asarray(self.comm.allreduce(function(self.own[self.mine[0]])))

    def computed_by(self, engine: Any) -> Shared:
        """Return the engine that has each rank compute its share with another."""
        return Shared(self.comm, engine)

    def brought(self) -> Array:
        """Return the rows themselves, on every rank."""
        rows, examples = self.mine
        part = self.own[rows]
        found = np.empty(self.shape, self.dtype)
        for places, values in self.comm.allgather(
            (examples, np.asarray(getattr(part, "toarray", lambda: part)()))
        ):
            found[places] = values
        return found


def _summary(comm: Any, own: Any, spread: Spread) -> Summary:
    every = comm.allgather(Summary.of(own, int(spread.starts[comm.rank])) if own.shape[0] else None)
    return Summary.joined([one for one in every if one is not None])
