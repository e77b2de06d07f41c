"""Features of tables and streams as they are learned from: made of their columns, gaps filled as some rows say."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from functools import partial
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import issparse

from hassenet.data.columns import compact_columns, is_one_array
from hassenet.data.compact import is_compact
from hassenet.data.elsewhere import Elsewhere
from hassenet.data.encoding import Encoding, check_none_missing
from hassenet.data.genotypes import counted_alike
from hassenet.data.match import Match, check_each_once
from hassenet.data.packed import Packed, is_bytes, packed
from hassenet.data.stream import Stream, is_stream
from hassenet.data.table import columns_of, is_table
from hassenet.data.table_elsewhere import TableElsewhere
from hassenet.hierarchy.labels import as_text
from hassenet.tables import Table
from hassenet.tables.block import Block
from hassenet.tables.cells import Cells
from hassenet.task.columns import features_from
from hassenet.task.encoded import Encoded

Array = NDArray[Any]


class Origin(NamedTuple):
    """The table that examples are made of, and the row of each."""

    table: Any
    rows: Array


def refilled(encoding: Encoding, X: Any, learned: Array, origin: Origin) -> tuple[Encoding, Any]:
    """Return an encoding that fills gaps as some of the rows of X say, and X, which was made of all, with these."""
    if is_made_here(X, encoding):
        return encoding.refilled(X, np.flatnonzero(learned)), X
    found = _filled_from(encoding, origin.table, origin.rows[learned])
    if is_stream(X):
        return found, replace(as_learned(origin.table, found)[origin.rows], kind=X.kind)
    return found, filled_by(found, origin.table)[origin.rows].astype(X.dtype)


def filled_from_all(encoding: Encoding, table: Any) -> Encoding:
    """Return an encoding that fills gaps as all rows of a table elsewhere say."""
    return encoding.filled_from(_read(encoding, table)) if encoding.variables else encoding


def is_made_here(X: Any, encoding: Encoding | None) -> bool:
    """Return whether features are an array that was made of the columns of a table, which is nobody else's."""
    is_array = not (is_compact(X) or is_stream(X) or isinstance(X, Elsewhere))
    return encoding is not None and bool(encoding.variables) and is_array


def _filled_from(encoding: Encoding, table: Any, rows: Array) -> Encoding:
    if not encoding.variables:
        return encoding.of_genotypes(table, rows) if encoding.alleles else encoding
    if is_stream(table):
        return _filled_from_columns(encoding, table[rows]).of_genotypes(table, rows)
    return encoding.filled_from(_read(encoding, table)[rows]).of_genotypes(table, rows)


def _filled_from_columns(encoding: Encoding, stream: Stream) -> Encoding:
    """Return an encoding that fills gaps, but of SNPs, as rows of a stream say: some columns are read at a time."""
    column = Match.of(encoding.columns, stream.features).column
    snps = {snp for snp, allele in zip(encoding.features, encoding.alleles, strict=False) if allele}
    own = {column[name]: name for name in encoding.columns if name not in snps}
    place = {feature: k for k, feature in enumerate(encoding.features)}
    values = encoding.values.copy()
    for names, table in stream.some_at_a_time([*own]):
        places = [place[as_text(feature)] for name in names for feature in features_from(encoding, own[name])]
        part = encoding.part(places)
        values[places] = part.filled_from(part.read(table)).values
    return replace(encoding, values=values)


def filled_by(encoding: Encoding, table: Any) -> Any:
    """Return the features of all rows of a table, wherever they lie, gaps filled."""
    return (
        table.through(encoding, encoding.features) if isinstance(table, TableElsewhere) else encoding(table)
    )


def _read(encoding: Encoding, table: Any) -> Any:
    if isinstance(table, TableElsewhere):
        return table.through(encoding.read, encoding.features)
    return encoding.read(table)


def as_learned(X: Any, encoding: Encoding | None) -> Any:
    """Return the features of a table or stream as one of these, gaps filled; anything else as it is.

    Whole numbers of one byte stay so, in an array or in a table, alone or beside others.
    """
    if encoding is not None and is_stream(X) and X.source.has_names:
        return _through(X, encoding)
    if isinstance(X, TableElsewhere):
        return X.numbers if encoding is None else X.through(encoding, encoding.features)
    if encoding is None or not is_table(X):
        return _as_held(X) if is_table(X) else packed(X)
    if not (compact_columns(X) or is_one_array(X) or encoding.alleles):
        return Encoded(encoding, X)
    found = packed(encoding(X), encoding.features)
    if isinstance(found, Packed):
        return found
    if issparse(found):
        return Table(Block(found, encoding.features, Cells({})))
    return Table(dict(zip(encoding.features, found.T, strict=True)))


def _through(X: Stream, encoding: Encoding) -> Stream:
    """Return the stream of features that are made of columns, found by name."""
    found = Match.of(encoding.columns, X.features)
    check_none_missing(found)
    check_each_once(found)
    counted = counted_alike(X.select([found.column[name] for name in found.names]), encoding)
    if encoding.alleles:  # a gap of a SNP has no number of its own
        return counted.through(partial(_encoded, encoding), encoding.features)
    # What fills gaps is another for each split of the rows, and blocks that are kept are the same for all.
    plain = replace(encoding, values=np.zeros(len(encoding.features)))
    read = counted.through(partial(_read_block, plain), encoding.features).kept
    return read.through(partial(_filled_block, encoding), encoding.features)


def _as_held(X: Any) -> Any:
    """Return a table that is a block of whole numbers of one byte as it is held; another as it is."""
    if not compact_columns(X) or Counter(X.columns).most_common(1)[0][1] > 1:
        return X
    found = columns_of(X).block(X.columns)
    return packed(found, X.columns) if is_bytes(found) else found if isinstance(found, Packed) else X


def _encoded(encoding: Encoding, block: Any, _: str) -> Any:
    return packed(encoding(block), encoding.features)


def _read_block(encoding: Encoding, block: Any, _: str) -> Any:
    return packed(encoding.read(block), encoding.features)


def _filled_block(encoding: Encoding, X: Any, _: str) -> Any:
    return encoding.filled(X)
