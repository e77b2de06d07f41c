"""Scores of elements."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from functools import cached_property
from html import escape
from typing import Any, NamedTuple, final

import numpy as np
from numpy.typing import NDArray

from hassenet.errors import ParameterError, UnknownElementError, counted, listing
from hassenet.files.optional import pandas
from hassenet.hierarchy import Covariate

Array = NDArray[np.float64]
Indices = NDArray[np.int64]


class Score(NamedTuple):
    """What one element contributes, over the examples.

    Attributes
    ----------
    element : Hashable
    rank : int
    score : float
        The mean; above 0 where the element raises what is explained.
    absolute : float
        The mean of the absolute values.
    spread : float
        The standard deviation from example to example.
    """

    element: Hashable
    rank: int
    score: float
    absolute: float
    spread: float


@final
@dataclass(frozen=True, eq=False, repr=False)
class Relevance:
    """What each element contributes to what is explained, t(x) = Σₖ vₖ sₖ⁽ᴰ⁻¹⁾(x), over m examples.

    Of an ensemble t is the weighted mean of its members', and so are the scores: of a regression the ensemble's value,
    of a classification the mean log-odds, whose probability is not quite the mean probability. Several neurons of one
    element, as of :func:`hassenet.shaping.widen`, are added up there.

    The elements are those of the ranks 0,…,D−1, rank after rank, without relays. The score of an element includes what
    its relays hand on. A rank as a whole, its relays included, adds up to ``value`` less ``reference`` less what the
    method leaves over there, the ``remainder``.

    Attributes
    ----------
    method : str
    output : str
        What is explained.
    elements : tuple of n Hashable
    ranks : (n,) array of int
    score, absolute, spread : (n,) arrays
        Over the examples: the mean of the contributions, the mean of their absolute values, their standard deviation.
    n_examples : int
    value, reference : float
        The mean of t over the examples, and of t at what they are compared with (0 where that is nothing).
    totals : (D,) array or None
        Σ of the scores of each rank, relays included; None where a method does not share out the value.
    against : array or None
        What the examples are compared with: the baseline (n₀,), or of an ablation the means (n,) of the elements; None
        where it is nothing.
    members : tuple of Relevance
        Of an ensemble, the scores of each of its members, elements that a member lacks having 0; else empty.
    member_spread : (n,) array or None
        Of an ensemble, the standard deviation of the scores from member to member, √Σᵢ wᵢ (scoreᵢ − score)².

    Examples
    --------
    >>> from hassenet import Hierarchy, Network
    >>> from hassenet.explain import gradient_times_feature
    >>> theta = [1, -1, 2, 3, -2, -3, 1, 1, 1, 1, -2, 1, 0]
    >>> net = Network(Hierarchy.subsets(3), output="sigmoid", dtype="float64", theta=theta)
    >>> relevance = gradient_times_feature(net, [[1.0, 1.0, 1.0]])
    >>> relevance[(1, 3)]
    Score(element=(1, 3), rank=1, score=-12.0, absolute=12.0, spread=0.0)
    >>> relevance.value, relevance.totals, relevance.remainder
    (-11.0, array([-10., -11.]), array([-1.,  0.]))
    """

    method: str
    output: str
    elements: tuple[Hashable, ...]
    ranks: Indices
    score: Array
    absolute: Array
    spread: Array
    n_examples: int
    value: float
    reference: float = 0.0
    totals: Array | None = None
    against: Array | None = None
    members: tuple[Relevance, ...] = ()
    member_spread: Array | None = None

    def __post_init__(self) -> None:
        """Freeze the arrays."""
        optional = (self.totals, self.against, self.member_spread)
        for array in (self.ranks, self.score, self.absolute, self.spread, *optional):
            if array is not None:
                array.flags.writeable = False

    @property
    def remainder(self) -> Array | None:
        """``value`` − ``reference`` − ``totals``: at each rank, what falls to biases, curvature and rounding."""
        return None if self.totals is None else self.value - self.reference - self.totals

    def __len__(self) -> int:
        return len(self.elements)

    def __iter__(self) -> Iterator[Score]:
        """Go through the elements, rank after rank."""
        return (self._row(k) for k in range(len(self)))

    def __getitem__(self, element: Hashable) -> Score:
        """Return the score of an element.

        Raises
        ------
        UnknownElementError
            If it has none.
        """
        try:
            return self._row(self._number[element])
        except (KeyError, TypeError):  # what cannot be looked up is not an element
            raise UnknownElementError(
                f"no score of {element!r}; there are scores of {len(self):,} elements, for instance "
                f"{listing(self.elements, 3)}"
            ) from None

    @cached_property
    def is_covariate(self) -> NDArray[np.bool_]:
        """Which elements are covariates, (n,); see :func:`hassenet.shaping.covariates`."""
        return np.array([isinstance(element, Covariate) for element in self.elements], bool)

    @property
    def covariates(self) -> tuple[Score, ...]:
        """The scores of the covariates, the greatest mean absolute score first."""
        return self._greatest(np.flatnonzero(self.is_covariate))

    def top(self, n: int = 10, rank: int | None = None) -> tuple[Score, ...]:
        """Return the n elements with the greatest mean absolute score, of all ranks or of one, greatest first.

        Covariates stand apart, in :attr:`covariates`.
        """
        rows = self._of(rank)
        return self._greatest(rows[~self.is_covariate[rows]])[: max(n, 0)]

    def _greatest(self, rows: Indices) -> tuple[Score, ...]:
        return tuple(self._row(k) for k in rows[np.argsort(-self.absolute[rows], kind="stable")])

    def table(self, rank: int | None = None) -> dict[str, Any]:
        """Return columns element, rank, score, absolute and spread, of all ranks or of one.

        That of an ensemble has a column member_spread too; where there are covariates a column says which these are.
        """
        rows = self._of(rank)
        columns = {
            "element": [self.elements[k] for k in rows],
            "rank": self.ranks[rows],
            "score": self.score[rows],
            "absolute": self.absolute[rows],
            "spread": self.spread[rows],
        }
        further = {"member_spread": self.member_spread, "covariate": self.is_covariate}
        if not self.is_covariate.any():
            del further["covariate"]
        return columns | {name: column[rows] for name, column in further.items() if column is not None}

    def to_pandas(self, rank: int | None = None) -> Any:
        """Return the table as a pandas DataFrame (``pip install hassenet[tables]``)."""
        return pandas().DataFrame(self.table(rank))

    @cached_property
    def _number(self) -> dict[Hashable, int]:
        return {element: k for k, element in enumerate(self.elements)}

    def _row(self, k: int) -> Score:
        numbers = (float(column[k]) for column in (self.score, self.absolute, self.spread))
        return Score(self.elements[k], int(self.ranks[k]), *numbers)

    def _of(self, rank: int | None) -> Indices:
        if rank is None:
            return np.arange(len(self))
        rows = np.flatnonzero(self.ranks == rank)
        if not rows.size:
            raise ParameterError(
                f"scores stand at the ranks {sorted(set(self.ranks.tolist()))}; got {rank!r}; give one of these"
            )
        return rows

    def __repr__(self) -> str:
        return (
            f"Relevance({self.method} of {self.output!r}: {counted(len(self), 'element')}, "
            f"{counted(self.n_examples, 'example')}{self._members_as_text()}, value {self.value:.4g}"
            f"{self._remainder_as_text()})"
        )

    def _members_as_text(self) -> str:
        return f", {counted(len(self.members), 'member')}" if self.members else ""

    def _remainder_as_text(self) -> str:
        """Return how much is not shared out, at the rank where it is most."""
        return "" if self.remainder is None else f", remainder up to {np.abs(self.remainder).max():.2g}"

    def _repr_html_(self) -> str:
        head = "".join(f"<th>{title}</th>" for title in Score._fields)
        rows = "".join(_html_row(score) for score in self.top(20))
        return f"<table><caption>{escape(repr(self))}</caption><tr>{head}</tr>{rows}</table>"


def _html_row(score: Score) -> str:
    numbers = "".join(f"<td>{number:.4g}</td>" for number in score[2:])
    return f"<tr><td>{escape(str(score.element))}</td><td>{score.rank}</td>{numbers}</tr>"
