"""Tables of other columns than numbers, as estimators take them."""

from __future__ import annotations

import warnings
from collections import Counter, defaultdict
from collections.abc import Container, Hashable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hassenet.data.beside import recognised_beside
from hassenet.data.checks import NUMBERS
from hassenet.data.columns import Columns, compact_columns, is_one_array
from hassenet.data.columns_found import Recognised, check_covariates
from hassenet.data.doubts import Doubts, doubts_in, doubts_joined, in_doubt, notes_of
from hassenet.data.encoding import Encoding
from hassenet.data.found import LeftOut
from hassenet.data.genotypes import genotypes_in
from hassenet.data.kinds import Kind
from hassenet.data.libraries import has_names, library_frame, row_labels_in
from hassenet.data.match import Match
from hassenet.data.objects import as_numbers
from hassenet.data.recognition import recognised
from hassenet.data.sentinels import are_codes
from hassenet.data.stream import Stream, is_stream
from hassenet.data.table import check_is_of_rows, columns_of, is_table
from hassenet.data.table_elsewhere import TableElsewhere
from hassenet.errors import DataError, FeatureError, HassenetWarning, ParameterError, listing
from hassenet.hierarchy import Hierarchy
from hassenet.hierarchy.labels import as_text
from hassenet.tables import Table
from hassenet.task.architecture import Given, without_outputs
from hassenet.task.columns import features_from, with_levels
from hassenet.task.covariates import apart_from

Array = NDArray[Any]
_TOLD = 3  # columns that a message says more of


Kinds = Mapping[str, Kind] | None


def encoding_of(
    X: Any, hierarchy: Any, weight: Any, covariates: Any = None, kinds: Kinds = None
) -> Encoding | None:
    """Return what the columns of a table are, if some are not numbers, or genotypes; None for others, and for arrays.

    Parameters
    ----------
    X : table, stream, or anything else
        Of a stream with columns of text or dates all rows are read once, some columns at a time.
    hierarchy : Hierarchy, callable or None
        Columns of numbers that it names are features whatever they hold.
    weight : (m,) array or None
        Rows of weight 0 are absent.
    covariates : sequence or None
        Columns of numbers that are covariates whatever they hold.
    kinds : mapping or None
        What columns are, as in :func:`hassenet.model.recognised`.

    Warns
    -----
    HassenetWarning
        If columns are left out, with the reasons.

    Raises
    ------
    FeatureError
        If one cannot be sure what a column is, or nothing can be learned from a covariate.
    """
    check_is_of_rows(X)
    if is_stream(X):
        return _of_stream(X, hierarchy, weight, covariates, kinds)
    if isinstance(X, TableElsewhere):
        return _of_elsewhere(X, hierarchy, weight, covariates, kinds)
    _warn_of_row_labels(X)
    if kinds:
        _check_has_columns(X)
        return _learned(X, hierarchy, weight, covariates, kinds)
    if is_table(X) and is_one_array(X):
        return _of_genotypes(X, _rows(weight, len(X)))
    if is_table(X) and compact_columns(X):
        return _beside_a_block(X, weight, covariates)
    if _has_others(X):
        return _learned(X, hierarchy, weight, covariates, None)
    if _has_doubts(X):
        _note(doubts_in(X, rows=_rows(weight, len(X))))
    return None


def _of_elsewhere(
    X: TableElsewhere, hierarchy: Any, weight: Any, covariates: Any, kinds: Kinds
) -> Encoding | None:
    if kinds or len(X.of_numbers) < len(X.names):
        return _learned(X, hierarchy, weight, covariates, kinds)
    _note(X.doubts(X.names, _rows(weight, len(X))))
    return None


def _has_doubts(X: Any) -> bool:
    """Return whether columns of a table have names that notes may say, and are not sparse."""
    return (
        is_table(X)
        and not compact_columns(X)
        and not is_one_array(X)
        and _is_named_and_dense(library_frame(X))
    )


def _note(doubts: Doubts) -> None:
    """Note what of columns that are all numbers may be meant otherwise: of others it is where they are recognised."""
    for note in notes_of(doubts):
        warnings.warn(note, HassenetWarning, stacklevel=7)


def _of_stream(
    X: Stream, hierarchy: Any, weight: Any, covariates: Any, kinds: Kinds, doubts: Doubts | None = None
) -> Encoding | None:
    """Return what the columns of a stream are; its types, or all rows of text, say whether all are numbers."""
    if kinds:
        _check_has_columns(X)
        return _learned(X, hierarchy, weight, covariates, kinds)
    if not _has_columns(X):
        return None
    if genotypes_in(X) is not None:
        return _beside_read(X, genotypes_in(X).allele, weight, covariates)
    if own := compact_columns(X.head(1)):
        return _beside_read(X, own, weight, covariates) if own < {*X.features} else None
    looked_at, rows, seen = Doubts(), _rows(weight, len(X)), len(X)
    for part in X.looked_at():
        if _has_others(part) or _has_text(part):
            return _learned(X, hierarchy, weight, covariates, None)
        if not doubts:
            seen = len(part)
            looked_at |= doubts_in(part, rows=rows if seen == len(X) else None)
    _note(doubts or (looked_at if seen == len(X) else _of_all_rows(X, _may_be_noted(X, looked_at), rows)))
    return None


def _may_be_noted(X: Stream, looked_at: Doubts) -> list[Hashable]:
    """Return the columns of which something may be to be noted, of which some rows were looked at.

    Others end, by what their files say of all rows, in a number that is not usual for a missing value.
    """
    bounds = X.source.bounds([*looked_at])
    known = {
        name for name in looked_at if name in bounds and not are_codes(np.array(bounds[str(name)])).any()
    }
    seen = {*in_doubt(looked_at)}
    return [name for name in looked_at if name in seen or name not in known]


def _of_all_rows(X: Stream, names: Sequence[Hashable], rows: Array | None) -> Doubts:
    """Return what is known of columns that may be in doubt: these alone are read, in all rows."""
    if not names:
        return {}
    of = X.select(names) if rows is None else X.select(names)[rows]
    return doubts_joined([doubts_in(block, names) for block in of.blocks()])


def _beside_read(X: Stream, own: Container[Hashable], weight: Any, covariates: Any) -> Encoding:
    """Return what the columns of a stream are, its own of a block, as SNPs, and others beside them."""
    columns = [as_text(name) for name in X.features if name in own]
    others = [as_text(name) for name in X.features if name not in own]
    return _beside(X, columns, others, weight, covariates)


def _has_text(table: Any) -> bool:
    return any(table[name].dtype == object for name in table.columns)


def _check_has_columns(X: Any) -> None:
    """Refuse kinds of columns where columns have no names, or are one array of genotypes or cells."""
    if not _has_columns(X):
        raise ParameterError(
            f"kinds are those of a table's columns, by their names; X is a {type(X).__name__} of one kind; leave out "
            "column_kinds, or give a table"
        )


def _has_columns(X: Any) -> bool:
    """Return whether X has columns that may be of several kinds, as they were read."""
    if is_stream(X):
        return bool(X.source.has_names) and X.made is None
    return is_table(X) and not is_one_array(X)


def encoding_of_gaps(
    X: Any, hierarchy: Any, weight: Any, covariates: Any = None, kinds: Kinds = None
) -> Encoding | None:
    """Return what the columns of a table are, as :func:`encoding_of`, also where all are numbers and some are missing.

    Columns without names, and sparse ones, are taken as they are.
    """
    check_is_of_rows(X)
    if is_stream(X) and _has_columns(X) and not kinds:
        doubts = _of_blocks_without_gaps(X, _rows(weight, len(X)))
        if doubts is not None:
            return _of_stream(X, hierarchy, weight, covariates, None, doubts)
        return _learned(X, hierarchy, weight, covariates, None)
    if not kinds and _has_gaps(X):
        _warn_of_row_labels(X)
        return _learned(X, hierarchy, weight, covariates, None)
    return encoding_of(X, hierarchy, weight, covariates, kinds)


def _of_blocks_without_gaps(X: Stream, rows: Array | None) -> Doubts | None:
    """Return what is known of a stream's columns of numbers, read once; None where one of them misses some."""
    found, start = [], 0
    for block in X.blocks():
        if _has_gaps(block):
            return None
        end = start + len(block)
        own = None if rows is None else rows[slice(*np.searchsorted(rows, [start, end]))] - start
        found.append(doubts_in(block, rows=own) if _has_doubts(block) else {})
        start = end
    return doubts_joined(found)


def encoding_below(H: Hierarchy, X: Any, weight: Any = None) -> Encoding | None:
    """Return what columns of text, of dates and with gaps are made into, of a table whose columns are rank 0.

    None where all are numbers without gaps, for arrays, and where columns and rank 0 are not the same, for others to
    refuse.

    Examples
    --------
    >>> X = Table({"age": np.array([31.0, 64.0, 50.0, 28.0]), "sex": np.array([*"mfmf"], object)})
    >>> encoding_below(Hierarchy.from_covers([("age", "who"), ("sex", "who")]), X).features
    ('age', 'sex=f', 'sex=m')
    """
    if not is_table(X) or is_one_array(X) or compact_columns(X):
        return None
    match = Match.of(H.ranks[0], columns_of(X).names)
    if match.missing or match.left_out or match.doubled:
        return None
    return encoding_of_gaps(X, H, weight)


def table_of(X: Any, names: Sequence[Hashable]) -> Any:
    """Return an array of objects that are not all numbers as a table of columns of these names; others as they are.

    >>> table_of(np.array([[1, "a"]], object), ["age", "town"]).columns
    ('age', 'town')
    """
    if not isinstance(X, np.ndarray) or X.dtype.kind not in "OUS" or X.shape[1:] != (len(names),):
        return X
    if as_numbers(X).dtype.kind in NUMBERS:
        return X
    return Table({as_text(name): X[:, k] for k, name in enumerate(names)})


def _learned(X: Any, hierarchy: Any, weight: Any, covariates: Any, kinds: Kinds) -> Encoding:
    named = hierarchy.ranks[0] if isinstance(hierarchy, Hierarchy) else ()
    beside = frozenset(map(as_text, () if covariates is None else covariates))
    columns = _names_of(X)
    rows = _rows(weight, len(X))
    found = recognised(X, [as_text(name) for name in columns], rows, {*map(as_text, named), *beside}, kinds)
    check_covariates(found, beside)
    _check_any_column(found)
    _warn_of(found.left_out)
    return found.encoding.of_genotypes(X, rows)


def _check_any_column(found: Recognised) -> None:
    """Refuse a table of which every column is left out."""
    if not found.encoding.columns:
        why = "; ".join(f"{one.name!r}: {one.why}" for one in found.left_out[:_TOLD])
        raise FeatureError(
            f"something is learned from a column, and each of {len(found.left_out):,} is left out ({why}); give "
            "others, or say what one is: column_kinds={name: 'number'}"
        )


def _names_of(X: Any) -> Sequence[Hashable]:
    if isinstance(X, TableElsewhere):
        return X.names
    return tuple(X.features if is_stream(X) else columns_of(X).names)


def _beside_a_block(X: Any, weight: Any, covariates: Any) -> Encoding:
    own = compact_columns(X)
    columns = [as_text(name) for name in X.columns if name in own]
    return _beside(X, columns, [as_text(name) for name in X.columns if name not in own], weight, covariates)


def _beside(X: Any, columns: Sequence[str], others: Sequence[str], weight: Any, covariates: Any) -> Encoding:
    """Return what columns of a block are, and others beside them."""
    known, rows = frozenset(map(as_text, () if covariates is None else covariates)), _rows(weight, len(X))
    if not others:
        return Encoding(tuple(columns), (), np.zeros(len(columns))).of_genotypes(X, rows)
    found = recognised_beside(X, columns, others, rows, known)
    check_covariates(found, known)
    _warn_of(found.left_out)
    return found.encoding.of_genotypes(X, rows)


def _rows(weight: Any, m: int) -> Array | None:
    if np.shape(weight) != (m,):
        return None
    rows = np.flatnonzero(np.asarray(weight))
    if m and not len(rows):
        raise DataError("Sample weights must contain at least one non-zero number.")
    return rows


def _of_genotypes(X: Any, rows: Array | None) -> Encoding | None:
    """Return the alleles of genotypes and what fills their gaps; None for a table of other numbers."""
    found = Encoding(tuple(X.columns), (), np.zeros(len(X.columns))).of_genotypes(X, rows)
    return found if found.alleles else None


def in_features(covariates: Any, encoding: Encoding | None) -> tuple[Hashable, ...]:
    """Return covariates as the features that they were made into; one that is not a column as it is."""
    given = () if covariates is None else tuple(covariates)
    if encoding is None:
        return given
    column = Match.of(given, encoding.columns).column
    return tuple(f for name in given for f in features_from(encoding, column.get(name, name)))


def above_columns(given: Given, encoding: Encoding, own: Encoding) -> Hierarchy:
    """Return the hierarchy given, over what its own columns are made of; the others of the encoding are covariates."""
    others = set(encoding.columns).difference(own.columns)
    H = without_outputs(apart_from(given, others), own.columns, len(own.columns))
    return with_levels(H, own)


def _are_numbers(columns: Columns) -> bool:
    """Return whether all columns are of numbers; those whose name another has are for others to refuse."""
    names = columns.names
    if len(set(names)) < len(names):
        return True
    return columns.are_one_block or all(columns.numbers(name) is not None for name in names)


def _has_others(X: Any) -> bool:
    """Return whether X is a table in which some columns are not numbers."""
    return is_table(X) and not is_one_array(X) and not _are_numbers(columns_of(X))


def _has_gaps(X: Any) -> bool:
    """Return whether X is a table whose columns have names, are not sparse, and miss values."""
    if isinstance(X, TableElsewhere):
        return X.has_gaps
    if is_stream(X) or not _has_doubts(X):
        return False
    columns = columns_of(X)
    once = [name for name, n in Counter(columns.names).items() if n == 1]
    if columns.are_one_block:
        return bool(np.isnan(columns.block(once)).any())
    each = (columns.numbers(name) for name in once)
    return any(numbers is not None and bool(np.isnan(numbers).any()) for numbers in each)


def _is_named_and_dense(frame: Any) -> bool:
    """Return whether the columns of a library's table have names, and none is sparse; so it is with other tables."""
    kinds = getattr(frame, "dtypes", ())
    return frame is None or (has_names(frame.columns) and not any(hasattr(k, "fill_value") for k in kinds))


def _warn_of_row_labels(X: Any) -> None:
    labels = row_labels_in(X) if is_table(X) else ()
    if labels:
        warnings.warn(
            f"labels of rows, the index of a frame of pandas, are not features: {listing(labels)}",
            HassenetWarning,
            stacklevel=7,
        )


def _warn_of(left_out: Sequence[LeftOut]) -> None:
    if not left_out:
        return
    reasons: dict[str, list[str]] = defaultdict(list)
    for name, why in left_out:
        reasons[why].append(name)
    each = [f"{why}: {listing(names)}" for why, names in reasons.items()]
    warnings.warn(
        f"columns from which nothing is learned are left out; {'; '.join(each)}",
        HassenetWarning,
        stacklevel=7,
    )
