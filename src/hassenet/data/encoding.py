"""From the columns of a table to features."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import hstack, issparse

from hassenet.data.categorical import Categorical
from hassenet.data.checks import first_places, is_finite
from hassenet.data.columns import Columns, compact_columns, held_as_one, unread_columns
from hassenet.data.compact import is_compact
from hassenet.data.fill import Fill
from hassenet.data.genotypes import alleles_of, as_counted, genotypes_in, rows_in
from hassenet.data.match import Match, check_each_once
from hassenet.data.not_numbers import not_numbers
from hassenet.data.noting import note
from hassenet.data.objects import Other
from hassenet.data.packed import Packed
from hassenet.data.table import columns_of, matrix
from hassenet.data.threads import each
from hassenet.data.unseen import Unseen
from hassenet.data.variable import Variable, features_of
from hassenet.data.writing import Place, Writing, Written, grouped
from hassenet.errors import FeatureError, NotFiniteError, ShapeError, counted, listing
from hassenet.hierarchy.labels import as_text

Array = NDArray[np.float64]
_CACHE_LINE = 64  # bytes


@final
@dataclass(frozen=True, eq=False)
class Encoding:
    """Features made of a table's columns, as they were learned on the rows of a training.

    A column that is a number in each row is a feature of its name. Of others a :class:`Variable` says which features it
    has: a category one for each level, a date its year, month and day, a column with gaps one more that says where it
    is missing. What is missing is filled, also where nothing was in training.

    Parameters
    ----------
    features : tuple of str
        All features, in their order.
    variables : tuple of Variable
        The columns that are more than numbers. All features of one stand among ``features``.
    values : array (n,)
        What fills a gap of each feature, finite.
    alleles : tuple of str, optional
        Of genotypes: "A/G" for each feature, where A is counted, "" for what is not a SNP. A table that counts G has
        its genotypes turned, one with other alleles is refused.

    Raises
    ------
    ShapeError
        If the values are not one a feature.
    FeatureError
        If two features have one name, or one of a variable is not among them.

    Examples
    --------
    >>> from hassenet.data.categorical import Categorical
    >>> from hassenet.tables import Table
    >>> sex = Categorical("sex", ("f", "m"), gaps=True)
    >>> encoding = Encoding(("age", "sex=f", "sex=m", "sex is missing"), (sex,), [40.0, 1.0, 0.0, 0.0])
    >>> people = Table({"sex": np.array(["m", None], object), "age": np.array([31.0, 64.0])})
    >>> encoding.columns, encoding.read(people).tolist()
    (('age', 'sex'), [[31.0, 0.0, 1.0, 0.0], [64.0, nan, nan, 1.0]])
    >>> encoding(people)[1].tolist()
    [64.0, 1.0, 0.0, 1.0]
    """

    features: tuple[str, ...]
    variables: tuple[Variable, ...]
    values: Array
    alleles: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Keep a read-only copy of the values; refuse what does not fit together."""
        values = np.array(self.values, np.float64, ndmin=1)
        values.flags.writeable = False
        object.__setattr__(self, "values", values)
        if values.shape != (len(self.features),) or not np.isfinite(values).all():
            raise ShapeError(
                f"gaps are filled with one finite number a feature, {len(self.features)}; got {values.size}; give one "
                "for each"
            )
        if self.alleles and len(self.alleles) != len(self.features):
            raise ShapeError(
                f'alleles are those of each feature, {len(self.features)}; got {len(self.alleles)}; give "" for what '
                "is not a SNP"
            )
        _check_names(self.features, self.variables)

    @cached_property
    def _places(self) -> dict[str, int]:
        return {feature: k for k, feature in enumerate(self.features)}

    @cached_property
    def _variable_of(self) -> dict[str, Variable]:
        """The variable of each feature that has one."""
        return {feature: variable for variable in self.variables for feature in features_of(variable)}

    @cached_property
    def plain(self) -> tuple[str, ...]:
        """The columns that are a feature as they stand."""
        return tuple(feature for feature in self.features if feature not in self._variable_of)

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """The columns of a table that are read, in the order of their features."""
        own = self._variable_of
        return tuple(dict.fromkeys(own[f].name if f in own else f for f in self.features))

    @cached_property
    def firsts(self) -> list[int]:
        """The place of the first feature of each column."""
        first = {v.name: v.parts[0] for v in self.variables}
        return [self._places[first.get(name, name)] for name in self.columns]

    def read(self, table: Any, dtype: Any = np.float64) -> Array:
        """Return the features, (m, n), NaN where a value is missing.

        A table that is one sparse array, or one of whole numbers of one byte, is handed over as it is held, also where
        few other columns stand beside it. Features of others are written into one array of the type asked for, float64
        or float32.

        Warns
        -----
        HassenetWarning
            If a column holds categories that training never had, or has gaps where there were none.

        Raises
        ------
        FeatureError
            If a column is not there, stands there twice, or holds something else than in training.
        NotFiniteError
            If a number is infinite, or beyond the type.
        """
        return self._read(table, np.full(len(self.features), np.nan), dtype)

    def _read(self, table: Any, fill: Array, dtype: Any) -> Any:
        columns, held = columns_of(table), compact_columns(table)
        found = Match.of(self.columns, columns.names)
        check_none_missing(found, unread_columns(table))
        check_each_once(found)
        if held and 0 < len(held.intersection(self.plain)) < len(self.features):
            return self._read_beside(table, held, fill, dtype)
        return self._read_alike(table, columns, found, fill, dtype)

    def _read_beside(self, table: Any, held: Collection[Hashable], fill: Array, dtype: Any) -> Any:
        """Return the features of a block as they are held, and beside them what few others are made into."""
        own = set(self.plain).intersection(held)
        places = np.argsort([feature not in own for feature in self.features], kind="stable")
        found = [self.part(k)._read(table, fill[k], dtype) for k in _split(places, len(own))]
        if not issparse(found[0]):
            return Packed.of(found[0], found[1], places[len(own) :], self.features)
        X = hstack(found, format="csr")
        return X if (np.diff(places) > 0).all() else X[:, np.argsort(places)]

    def part(self, places: Sequence[int]) -> Encoding:
        """Return the encoding of some features, which are all that columns were made into."""
        features = tuple(self.features[k] for k in places)
        own = set(features)
        variables = tuple(v for v in self.variables if own.issuperset(features_of(v)))
        alleles = tuple(self.alleles[k] for k in places) if self.alleles else ()
        return Encoding(features, variables, self.values[[*places]], alleles)

    def parted(self, size: int) -> list[list[int]]:
        """Return the places of all features in parts of so many or a few more; those of a column stand in one."""
        return [[k for unit in units for k in unit.places] for units in grouped(self._units, max(size, 1))]

    def _read_alike(self, table: Any, columns: Columns, found: Match, fill: Array, dtype: Any) -> Any:
        X = self._features(table, columns, found.column, fill, np.dtype(dtype))
        return as_counted(X, table, self._as_called(found.column), self.alleles, self.values)

    def _as_called(self, column: Mapping[Hashable, Hashable]) -> list[Hashable]:
        """Return the column of each feature that has the name of one."""
        return [column.get(feature, feature) for feature in self.features]

    def __call__(self, table: Any, dtype: Any = np.float64) -> Array:
        """Return the features, (m, n), none of which is missing; as :meth:`read` else."""
        return self.filled(self._read(table, self.values, dtype))

    def of_genotypes(self, table: Any, rows: Array | None = None) -> Encoding:
        """Return an encoding with the alleles that a table counts, which fills gaps by what rows have most often."""
        alleles = alleles_of(table, self.features)
        places = [k for k, allele in enumerate(alleles) if allele]
        if not places:
            return self
        snps, values = [self.features[k] for k in places], self.values.copy()
        values[places] = genotypes_in(table).most_frequent(snps, rows_in(table, rows))
        return replace(self, values=values, alleles=alleles)

    @cached_property
    def categories(self) -> tuple[tuple[int, ...], ...]:
        """The places of the levels of each category, which are filled together."""
        of_levels = (v for v in self.variables if isinstance(v, Categorical))
        return tuple(tuple(self._places[part] for part in v.parts) for v in of_levels)

    def filled_from(self, X: Array) -> Encoding:
        """Return an encoding whose gaps are filled as features of some rows, NaN where they are missing, say.

        Levels and kinds say what columns are, and are those of all rows that were looked at. Medians and most frequent
        levels are learned: of rows to train on alone, where others are set aside to judge.
        """
        return replace(self, values=Fill.of(X, self.features, self.categories).values)

    def refilled(self, X: Array, rows: Any) -> Encoding:
        """Return :meth:`filled_from` some rows of features whose gaps are filled, and fill those of all in place.

        Where gaps were, the features that say so tell: nothing is read again, and there is one array of all features.
        """
        gaps = {unit.name: X[:, unit.places[-1]] == 1 for unit in self._units if unit.has_gaps}
        values = self.values.copy()
        for unit in self._units:
            missing = gaps.get(unit.name)
            known = rows if missing is None else rows[~missing[rows]]
            values[[*unit.parts]] = _usual(X, known, unit)
            if missing is not None:
                values[unit.places[-1]] = np.median(missing[rows])
                for k in unit.parts:
                    X[missing, k] = values[k]
        return replace(self, values=values)

    def filled(self, X: Array) -> Array:
        """Return features with what fills the gaps in their place; X as it is where there are none."""
        if isinstance(X, Packed):
            return X.with_others(np.where(np.isnan(X.others), self.values[X.places], X.others))
        if is_compact(X):
            return Fill(self.values)(X, self.features) if issparse(X) else X
        return X if is_finite(X) else np.where(np.isnan(X), self.values, X)

    def _features(
        self, table: Any, columns: Columns, column: Mapping[Hashable, Hashable], fill: Array, dtype: Any
    ) -> Any:
        if not self.variables and (columns.are_one_block or held_as_one(table, self.plain) is not None):
            return self._of_one_block(columns, column, dtype)
        X = np.empty((len(columns), len(self.features)), dtype)
        write = Writing(X, fill, columns, column)
        written = [one for some in each(write.group, self._groups(X), X.size) for one in some]
        others: dict[Hashable, Other | None] = {one.name: one.other for one in written if one.is_other}
        if others:
            raise not_numbers(others)
        if any(one.is_infinite for one in written):
            _check_not_infinite(X, self.features)
        self._note(written)
        return X

    def _of_one_block(self, columns: Columns, column: Mapping[Hashable, Hashable], dtype: Any) -> Any:
        """Return the columns of a table that hands them over in one array."""
        X = matrix(columns, [column[name] for name in self.plain], not_numbers)
        _check_not_infinite(X, self.features)
        _note(Unseen(gaps=_gaps(self.plain, X), columns=self.columns))
        return X if is_compact(X) else np.require(X, dtype, ["C", "W"])

    def _groups(self, X: Array) -> list[list[Place]]:
        """Return the columns in groups whose features fill a line of the processor's cache: each is written once."""
        return list(grouped(self._units, _CACHE_LINE // X.itemsize))

    @cached_property
    def _units(self) -> list[Place]:
        """The columns, and where their features stand."""
        own = {variable.name: variable for variable in self.variables}
        return [
            Place(name, None, (self._places[name],)) if name not in own else self._place_of(own[name])
            for name in self.columns
        ]

    def _place_of(self, variable: Variable) -> Place:
        places = tuple(self._places[feature] for feature in features_of(variable))
        return Place(variable.name, variable, places)

    def _note(self, written: Sequence[Written]) -> None:
        """Note what training never had: levels, gaps, and numbers in parentheses."""
        _note(
            Unseen(
                {one.name: one.unknown for one in written if one.unknown is not None},
                {one.name: one.gaps for one in written if one.gaps},
                {one.name: one.negated for one in written if one.negated},
                self.columns,
            )
        )

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Encoding):
            return NotImplemented
        same = (self.features, self.variables, self.alleles) == (
            other.features,
            other.variables,
            other.alleles,
        )
        return same and np.array_equal(self.values, other.values)

    def __hash__(self) -> int:
        return hash((self.features, self.variables, self.values.tobytes()))

    def __repr__(self) -> str:
        return f"Encoding({counted(len(self.columns), 'column')} to {counted(len(self.features), 'feature')})"


def _usual(X: Array, known: Array, unit: Place) -> list[float]:
    """Return what is usual in rows that have a value: the most frequent level, or the median of each feature."""
    if isinstance(unit.variable, Categorical):
        counts = [np.count_nonzero(X[known, k]) for k in unit.parts]
        return [float(k == np.argmax(counts)) for k in range(len(counts))]
    return [float(np.median(X[known, k].astype(np.float64))) if len(known) else 0.0 for k in unit.parts]


def _split(places: Any, n: int) -> list[list[int]]:
    return [places[:n].tolist(), places[n:].tolist()]


def _note(seen: Unseen) -> None:
    if seen.messages:
        note(seen, stacklevel=7)


def _gaps(names: Sequence[str], X: Any) -> dict[str, int]:
    """Return how many values each column misses; none of whole numbers of one byte, which have no NaN."""
    if issparse(X):
        return _gaps_of_sparse(names, X.tocsr())
    if is_compact(X) or is_finite(X):
        return {}
    return dict(zip(names, np.isnan(X).sum(axis=0).tolist(), strict=True))


def _gaps_of_sparse(names: Sequence[str], X: Any) -> dict[str, int]:
    if is_finite(X.data):
        return {}
    counts = np.bincount(X.indices[np.isnan(X.data)], minlength=len(names))
    return dict(zip(names, counts.tolist(), strict=True))


def _check_names(features: Sequence[str], variables: Sequence[Variable]) -> None:
    """Refuse features of one name, and variables whose features are not there."""
    own = [feature for variable in variables for feature in features_of(variable)]
    covering = [variable.name for variable in variables if variable.is_covering]
    twice = [name for name, n in (Counter([*features, *covering]) | Counter(own)).items() if n > 1]
    if twice:
        raise FeatureError(
            f"a feature has its own name, and no column has it; {listing(twice, 3)} stands for two; rename the column"
        )
    missing = set(own) - set(features)
    if missing:
        raise FeatureError(
            f"all features of a column are features; {listing(sorted(missing), 3)} is left out; give it"
        )


def check_none_missing(found: Match, unread: Sequence[str] = ()) -> None:
    """Refuse a table that lacks columns; its file may have others that were not read."""
    if found.missing:
        raise FeatureError(
            f"every feature of the model is a column of the table; {len(found.missing):,} of {len(found.names):,} "
            f"are not: {listing(found.missing)}; add them{_alike(found, unread)}"
        )


def _alike(found: Match, unread: Sequence[str]) -> str:
    """Return which columns are called so but for capitals or blanks."""
    plain = {as_text(name).strip().casefold(): as_text(name) for name in (*unread, *found.left_out)}
    near = [plain[name] for one in found.missing if (name := as_text(one).strip().casefold()) in plain]
    return f", or rename what is written otherwise: {listing(near)}" if near else ""


def _check_not_infinite(X: Array, names: Sequence[str]) -> None:
    if is_compact(X) or is_finite(X) or not (infinite := np.isinf(X)).any():
        return
    raise NotFiniteError(
        f"features are finite or missing; not so in {first_places(infinite, X, names)}; correct the values, or make "
        "them missing"
    )
