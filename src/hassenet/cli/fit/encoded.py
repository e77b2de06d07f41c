"""The columns of a table, as what they are, and what became of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import reduce
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, issparse

from hassenet.cli.fit.architecture import hierarchy_of
from hassenet.cli.fit.kinds import kinds_of
from hassenet.cli.fit.options import FitOptions
from hassenet.cli.fit.source import Source
from hassenet.cli.fit.taken import Looks, account, taken
from hassenet.data.beside import recognised_beside
from hassenet.data.columns import compact_columns, held_as_one
from hassenet.data.columns_found import Recognised, check_covariates
from hassenet.data.compact import extremes, is_compact
from hassenet.data.encoding import Encoding
from hassenet.data.genotypes import as_counted
from hassenet.data.kinds import Kind
from hassenet.data.packed import Packed
from hassenet.data.recognition import recognised
from hassenet.data.stream import Stream, is_stream
from hassenet.errors import FeatureError, listing
from hassenet.hierarchy import Hierarchy
from hassenet.tables import Table
from hassenet.task.columns import features_from, with_levels, without

Array = NDArray[Any]
Kinds = Mapping[str, Kind]
FILLED = "filled by the medians of the rows learned from"

_LOOKED_AT = 100  # rows of genotypes, of which each block is read from the whole file


class Encoded(NamedTuple):
    """What a table's columns were made into.

    Attributes
    ----------
    encoding : Encoding
    X : (m, n) array
        The features, NaN where a value is missing.
    amounts : tuple of int, optional
        The places of the features that are numbers and not truth values; None where all are.
    hierarchy : Hierarchy, optional
        That of the features, without outputs, where one was given.
    covariates : tuple of str
        What covariates were made into: the last of the features.
    """

    encoding: Encoding
    X: Array
    amounts: tuple[int, ...] | None
    hierarchy: Hierarchy | None
    covariates: tuple[str, ...] = ()

    @property
    def of_elements(self) -> Encoding:
        """The features that are elements, without the covariates."""
        return without(self.encoding, self.covariates)


class Below(NamedTuple):
    """What the columns of a hierarchy were made into, with the fields of :class:`Encoded`."""

    encoding: Encoding
    X: Array
    amounts: tuple[int, ...] | None
    hierarchy: Hierarchy
    covariates: tuple[str, ...] = ()


def encoded(
    table: Table | Stream,
    columns: Sequence[str],
    covariates: Sequence[str],
    rows: Array | None,
    o: FitOptions,
) -> Encoded:
    """Return the features of columns, as they are known from some rows, and those of the hierarchy if one was given."""
    kinds = kinds_of(table, o)
    held = None if o.has_hierarchy or covariates or kinds else _held(table, columns, rows, o)
    if held is not None:
        return Encoded(*held, None, None)
    if not o.has_hierarchy:
        return _encoded_alone(table, columns, covariates, rows, o, kinds)
    return Encoded(*encoded_below(table, columns, rows, o, covariates=covariates))


def _encoded_alone(
    table: Table | Stream,
    columns: Sequence[str],
    covariates: Sequence[str],
    rows: Array | None,
    o: Source,
    kinds: Kinds,
) -> Encoded:
    found = _recognised(table, columns, covariates, rows, covariates, kinds)
    beside = _of_covariates(found, covariates)
    return Encoded(
        found.encoding, _told(table, found, o, FILLED, beside), _amounts(found, beside), None, beside
    )


def encoded_below(
    table: Table | Stream,
    columns: Sequence[str],
    rows: Array | None,
    o: Source,
    filled: str = FILLED,
    covariates: Sequence[str] = (),
) -> Below:
    """Return the features of the columns that a hierarchy has, with NaN for gaps, and the hierarchy over them.

    ``filled`` says what becomes of missing values.
    """
    H = hierarchy_of(columns, o)
    names = tuple(map(str, H.ranks[0]))
    kinds = kinds_of(table, o)
    held = None if covariates or kinds else _held(table, names, rows, o)
    if held is not None:
        return Below(*held, None, H)
    found = _recognised(table, names, covariates, rows, [*names, *covariates], kinds)
    beside = _of_covariates(found, covariates)
    X = _told(table, found, o, filled, beside)
    of_elements = with_levels(H, without(found.encoding, beside))
    return Below(found.encoding, X, _amounts(found, beside), of_elements, beside)


def _recognised(
    table: Table | Stream,
    columns: Sequence[str],
    covariates: Sequence[str],
    rows: Array | None,
    kept: Sequence[str],
    kinds: Kinds,
) -> Recognised:
    """Return what columns are: those of one block numbers, as they are held; genotypes with the alleles counted."""
    if covariates and not kinds and _compact_in(table).issuperset(columns):
        found = recognised_beside(table, columns, covariates, rows, frozenset(kept))
    else:
        found = recognised(table, [*columns, *covariates], rows, frozenset(kept), kinds)
    return found._replace(encoding=found.encoding.of_genotypes(table, rows))


def _compact_in(table: Any) -> frozenset[Any]:
    """Return the columns that are held in one array, sparse or of whole numbers of one byte, in memory or in a file."""
    if not is_stream(table):
        return compact_columns(table)
    return frozenset(table.source.variables) if table.source.is_compact else compact_columns(table.head(1))


def _held(table: Any, names: Sequence[str], rows: Array | None, o: Source) -> tuple[Encoding, Array] | None:
    """Return the features of a block that is sparse, or of whole numbers of one byte, as it is held; None for others.

    A gap of a sparse one, which is a value of its own, becomes 0 as most are; a missing genotype what is most frequent
    in the rows.
    """
    if is_stream(table):
        return _held_in_blocks(table, names, rows, o)
    X = held_as_one(table, names)
    if X is None or not is_compact(X):
        return None
    o.say(taken(Looks.of(X, names), names, names))
    gaps = np.isnan(X.data).sum() if issparse(X) else 0
    if gaps:
        o.say(f"missing values: {gaps / (X.shape[0] * X.shape[1]):.2g} of all; filled with 0, as most are")
    encoding = Encoding(tuple(names), (), np.zeros(len(names))).of_genotypes(table, rows)
    return encoding, as_counted(X, table, names, encoding.alleles, encoding.values)


def _held_in_blocks(
    stream: Stream, names: Sequence[str], rows: Array | None, o: Source
) -> tuple[Encoding, Any] | None:
    """Return SNPs or sparse cells of a stream as features; None where other columns are among them."""
    if not _compact_in(stream).issuperset(names):
        return None
    own = stream.select(names)
    _tell_of_blocks(own, names, o)
    return Encoding(tuple(names), (), np.zeros(len(names))).of_genotypes(stream, rows), own


def _tell_of_blocks(stream: Stream, names: Sequence[str], o: Source) -> None:
    """Tell which features a compact stream has; of cells, which are read once for it, also what is missing."""
    seen = _extremes(stream)
    o.say(taken(Looks.of(seen.bounds, names), names, names))
    if seen.gaps:
        o.say(
            f"missing values: {seen.gaps / (len(stream) * stream.shape[1]):.2g} of all; filled with 0, as most are"
        )


class _Extremes(NamedTuple):
    """The least and the largest value of each feature, and how many values are missing."""

    low: Array
    high: Array
    gaps: int

    def joined(self, other: _Extremes) -> _Extremes:
        """Return those of the rows of both."""
        low, high = np.minimum(self.low, other.low), np.maximum(self.high, other.high)
        return _Extremes(low, high, self.gaps + other.gaps)

    @property
    def bounds(self) -> Any:
        """Two rows that are as different as all are, (2, n)."""
        return csr_array(np.stack([self.low, self.high]))


def _extremes(stream: Stream) -> _Extremes:
    """Return what blocks hold; of genotypes, which are not looked at, what no feature is constant by."""
    if stream.source.is_compact:
        return _Extremes(np.zeros(stream.shape[1]), np.ones(stream.shape[1]), 0)
    return reduce(_Extremes.joined, (_of_block(block.held(stream.features)) for block in stream.blocks()))


def _of_block(X: Any) -> _Extremes:
    return _Extremes(*extremes(X), int(np.isnan(X.data).sum()) if issparse(X) else 0)


def _of_covariates(found: Recognised, covariates: Sequence[str]) -> tuple[str, ...]:
    """Return the features that covariates were made into; one that says nothing is refused."""
    check_covariates(found, covariates)
    return tuple(str(f) for name in covariates for f in features_from(found.encoding, name))


def _amounts(found: Recognised, beside: Sequence[str]) -> tuple[int, ...] | None:
    """Return the places of the amounts, of which there is a logarithm: covariates are taken as they are."""
    if not beside:
        return found.amounts
    n = len(found.encoding.features) - len(beside)
    return tuple(k for k in (range(n) if found.amounts is None else found.amounts) if k < n)


def _told(table: Table | Stream, found: Recognised, o: Source, filled: str, beside: Sequence[str]) -> Array:
    """Return the features, and tell what they are, and what stands beside them."""
    if not found.encoding.features:
        raise FeatureError(
            "a fit needs features; nothing can be learned from the columns "
            f"{listing(one.name for one in found.left_out)}; add others"
        )
    if "" in found.encoding.columns:
        raise FeatureError(
            'a feature has a name; one column has none (an index?); name it, or leave it out: --drop ""'
        )
    X, seen = _read(table, found.encoding)
    n = len(found.encoding.features) - len(beside)
    lines = [f"covariates, at which every output looks: {listing(beside, 8)}"] if beside else []
    own = found.encoding.features[:n]
    features = taken(_looks_of(table, found.encoding, own, seen[:, :n]), own, found.encoding.plain)
    o.say("\n".join([features, *lines, *account(found)]))
    share = _share_of_gaps(seen[:, found.encoding.firsts])
    if share:
        o.say(f"missing values: {share:.2g} of all; {filled}")
    return X


def _looks_of(table: Any, encoding: Encoding, names: Sequence[str], seen: Any) -> Looks:
    """Return what features look like in all rows, of which those of a stream were seen in part."""
    if not is_stream(table):
        return Looks.of(seen, names)
    if _compact_in(table).issuperset(names):
        return Looks.of(_extremes(table.select(names)).bounds, names)
    if issparse(seen) or is_compact(seen):
        return Looks.of(seen, names)
    stream = table.select(encoding.columns)
    return _looks_in_blocks(stream, encoding, names, encoding.read(stream.head(_LOOKED_AT)), seen)


def _looks_in_blocks(
    stream: Stream, encoding: Encoding, names: Sequence[str], first: Array, seen: Array
) -> Looks:
    """Return what features look like in all rows: those that some rows leave in doubt are read in all."""
    found, n = Looks(*np.zeros((2, len(names)), bool)), len(names)
    in_doubt = {names[k] for k in np.flatnonzero(Looks.may_be(first[:, :n], seen, names)).tolist()}
    place = {name: k for k, name in enumerate(encoding.features)}
    own = {name: [str(f) for f in features_from(encoding, name)] for name in map(str, encoding.columns)}
    for columns, rows in stream.some_at_a_time([name for name in own if in_doubt.intersection(own[name])]):
        features = [feature for name in columns for feature in own[str(name)]]
        places = [place[feature] for feature in features]
        looks = Looks.of(encoding.part(places).read(rows), features)
        for of_all, of_these in zip(found, looks, strict=True):
            of_all[places] = of_these
    return found


def _read(table: Any, encoding: Encoding) -> tuple[Any, Array]:
    """Return the features, and those to look at: of a stream the columns that they are made of, and some rows."""
    if not is_stream(table):
        X = encoding.read(table)
        return X, X
    stream = table.select(encoding.columns)
    some = stream.head(_LOOKED_AT) if _compact_in(table) else stream.sample()
    return stream, encoding.read(some)


def _share_of_gaps(X: Any) -> float:
    """Return the share of the values that are missing."""
    values = X.data if issparse(X) else X.others if isinstance(X, Packed) else X
    return float(np.isnan(values).sum() / max(X.shape[0] * X.shape[1], 1))
