"""Which columns of X are covariates, and the hierarchy in which they stand beside the features."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Hashable, Sequence
from dataclasses import dataclass
from operator import index
from typing import final

from hassenet.data.match import Match, check_each_once
from hassenet.errors import FeatureError, ParameterError, listing
from hassenet.hierarchy import Hierarchy
from hassenet.hierarchy.labels import as_text
from hassenet.shaping import covariates
from hassenet.task.names import distinct


@final
@dataclass(frozen=True)
class CovariateColumns:
    """The columns of X, and which of them are covariates; the others are features.

    Attributes
    ----------
    columns : tuple of str, optional
        The names of the columns, None without names.
    n : int
        How many columns there are.
    places : tuple of int
        Those of the covariates, in rising order.

    Examples
    --------
    >>> columns = CovariateColumns.of(["age"], ["a", "age", "b"], 3)
    >>> columns.features, columns.n_features
    (('a', 'b'), 2)
    >>> columns.join(Hierarchy.complete(2, 1, names=[["a", "b"], ["ill"]])).ranks[0]
    ('a', Covariate(name='age'), 'b')
    """

    columns: tuple[str, ...] | None
    n: int
    places: tuple[int, ...] = ()

    @staticmethod
    def of(given: Sequence[Hashable] | None, columns: Sequence[str] | None, n: int) -> CovariateColumns:
        """Return the columns of X with the covariates that are given: by name, by number where X has no names.

        Raises
        ------
        FeatureError
            If there is no such column, one is given twice, or none is left for the features.
        ParameterError
            If covariates are given by name and X has none, or are not a list.
        """
        if isinstance(given, str | bytes):
            raise ParameterError(f"covariates are given in a list; got {given!r}; put it into one")
        given = () if given is None else tuple(given)
        places = _numbered(given, n) if columns is None else _named(given, columns)
        doubled = [column for column, k in Counter(places).items() if k > 1]
        if doubled:
            raise FeatureError(f"a covariate is given once; {listing(given)} has one twice; drop it there")
        if given and len(given) >= n:
            raise FeatureError(
                f"beside covariates there are features; all {n} columns of X are covariates; name fewer"
            )
        return CovariateColumns(None if columns is None else tuple(columns), n, tuple(sorted(places)))

    @property
    def features(self) -> tuple[str, ...] | None:
        """The names of the features, None without names."""
        return None if self.columns is None else tuple(self.columns[k] for k in self.of_features)

    @property
    def written(self) -> tuple[str, ...]:
        """The names of the features; where columns have none column k is xk."""
        return (
            tuple(f"x{k}" for k in self.of_features) if self.columns is None else tuple(self.features or ())
        )

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the covariates; nothing where columns have none."""
        return () if self.columns is None else tuple(self.columns[k] for k in self.places)

    @property
    def n_features(self) -> int:
        """How many features there are."""
        return self.n - len(self.places)

    @property
    def of_features(self) -> tuple[int, ...]:
        """The places of the features."""
        own = set(self.places)
        return tuple(k for k in range(self.n) if k not in own)

    def join(self, H: Hierarchy) -> Hierarchy:
        """Return a hierarchy with outputs on these features, which look at the covariates too.

        Its rank 0 stands in the order of the columns; where these have no names column k is the covariate zk.
        """
        if not self.places:
            return H
        joined, _ = covariates(H, self._names(H))
        element = dict(zip((*self.of_features, *self.places), joined.ranks[0], strict=True))
        return joined.reorder(0, [element[k] for k in range(self.n)])

    def _names(self, H: Hierarchy) -> tuple[str, ...]:
        if self.columns is not None:
            return self.names
        taken = {as_text(e) for rank in H.ranks for e in rank}
        return distinct((f"z{k}" for k in self.places), taken)


def apart_from(
    given: Hierarchy | Callable[[Sequence[str]], Hierarchy], covariates: Collection[str]
) -> Hierarchy | Callable[[Sequence[str]], Hierarchy]:
    """Return the hierarchy given without those of its features that are covariates, and what only they reach.

    A callable makes one of the features alone. Where nothing would be left it stays as it is, for others to refuse.

    Examples
    --------
    >>> H = Hierarchy.from_covers([("a", "p"), ("age", "p"), ("age", "q")])
    >>> apart_from(H, ["age", "sex"]).ranks
    (('a',), ('p',))
    """
    if not isinstance(given, Hierarchy):
        return given
    kept = [e for e in given.ranks[0] if as_text(e) not in covariates]
    return given.restrict(kept)[0] if 0 < len(kept) < given.shape[0] else given


def _named(given: Sequence[Hashable], columns: Sequence[str]) -> list[int]:
    found = Match.of(given, columns)
    if found.missing:
        raise FeatureError(
            f"a covariate is a column of X; there is none called {listing(found.missing)} among its {len(columns):,} "
            f"({listing(columns, 3)}); leave it out, or add the column"
        )
    check_each_once(found)
    place = {column: k for k, column in enumerate(columns)}
    return [place[str(found.column[name])] for name in given]


def _numbered(given: Sequence[Hashable], n: int) -> list[int]:
    names = [name for name in given if isinstance(name, bool) or not hasattr(name, "__index__")]
    if names:
        raise ParameterError(
            f"covariates are named where X has names, and else numbered; X is an array, and got {listing(names)}; give "
            "the numbers of its columns, or a table"
        )
    places = [index(number) for number in given]  # type: ignore[arg-type] # those that have none are refused above
    outside = [k for k in places if not 0 <= k < n]
    if outside:
        raise FeatureError(
            f"a covariate is a column of X, from 0 to {n - 1}; got {listing(outside)}; give numbers of columns"
        )
    return places
