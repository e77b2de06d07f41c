"""Genotypes among features: which allele of a SNP is counted, and what stands where a genotype is missing."""

from __future__ import annotations

import warnings
from collections.abc import Hashable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hassenet.data.compact import is_compact
from hassenet.errors import FeatureError, HassenetWarning, counted, listing

Array = NDArray[Any]
_AT_ONCE, _NONE = 1024, ("0", ".")


def genotypes_in(table: Any) -> Any:
    """Return what holds the genotypes of a table of ours, or of a stream; None of others.

    Examples
    --------
    >>> genotypes_in({"rs1": [0, 2]}) is None
    True
    """
    held: Any = table.source if hasattr(table, "source") else getattr(table, "values", None)
    return held if getattr(held, "allele", None) else None


def alleles_of(table: Any, names: Sequence[Hashable]) -> tuple[str, ...]:
    """Return the alleles of SNPs as a table counts them, "A/G" where A is counted and "" for what is not a SNP.

    Examples
    --------
    >>> alleles_of({"rs1": [0, 2]}, ["rs1"])
    ()
    """
    held = genotypes_in(table)
    return () if held is None else tuple(held.allele.get(str(name), "") for name in names)


def most_frequent(X: Array, gaps: Any, rows: Array | None = None) -> Array:
    """Return the most frequent genotype of each SNP in some rows, by default in all; 0 where none is known.

    Examples
    --------
    >>> from scipy.sparse import csc_array
    >>> most_frequent(np.array([[2, 1], [2, 1], [0, 1]]), csc_array([[0, 1], [0, 1], [0, 1]], dtype=bool))
    array([2, 0], dtype=int8)
    """
    rows = np.arange(len(X)) if rows is None else rows
    each = [
        _most_frequent(
            X[rows, start : start + _AT_ONCE], gaps[:, start : start + _AT_ONCE][rows].toarray().astype(bool)
        )
        for start in range(0, X.shape[1], _AT_ONCE)
    ]
    return np.concatenate([np.zeros(0, np.int8), *each])


def _most_frequent(X: Array, gaps: Array) -> Array:
    counts = np.stack([((genotype == X) & ~gaps).sum(axis=0) for genotype in (0, 1, 2)])
    return counts.argmax(axis=0).astype(np.int8)


def rows_in(table: Any, rows: Array | None) -> Array | None:
    """Return which rows of what holds the genotypes of a table, or of a stream, some of its rows are.

    Examples
    --------
    >>> rows_in({"rs1": [0, 2]}, None) is None
    True
    """
    own: Array | None = table.rows if hasattr(table, "source") else None
    return own if rows is None else rows if own is None else own[rows]


def counted_alike(stream: Any, encoding: Any) -> Any:
    """Return a stream with the alleles counted that a model counts, where it is one of genotypes; another as it is."""
    held = genotypes_in(stream)
    if held is None or not any(encoding.alleles):
        return stream
    snps = [k for k, name in enumerate(encoding.features) if encoding.alleles[k] and name in held.allele]
    known = [[part[k] for k in snps] for part in (encoding.features, encoding.alleles, encoding.values)]
    return replace(stream, source=held.as_counted(*known))


def as_counted(
    X: Array, table: Any, names: Sequence[Hashable], alleles: Sequence[str], values: Array
) -> Array:
    """Return features with the alleles counted that a model counts, and its values where genotypes are missing.

    Raises
    ------
    FeatureError
        If a SNP has other alleles.
    """
    theirs = alleles_of(table, names)
    if not theirs or not any(alleles):
        return X
    turned = turned_places(names, alleles, theirs)
    gaps = table.values.gaps_of(names) if is_compact(X) else None
    if not len(turned) and (gaps is None or not gaps.nnz):
        return X
    X = X.copy() if X is table.values.X else X
    for place in turned:  # one at a time: together they would be copied
        X[:, place] = 2 - X[:, place]
    if gaps is not None:
        rows, places = gaps.nonzero()
        X[rows, places] = values.astype(X.dtype)[places]
    return X


def turned_places(names: Sequence[Hashable], alleles: Sequence[str], theirs: Sequence[str]) -> list[int]:
    """Return the places of SNPs of which the table counts the other allele, and note them."""
    differing = [k for k, (a, b) in enumerate(zip(alleles, theirs, strict=True)) if a != b and a and b]
    same = {k for k in differing if _fit(alleles[k], theirs[k])}
    turned = [k for k in differing if k not in same and _fit(alleles[k], _other_way(theirs[k]))]
    others = sorted(set(differing) - same - set(turned))
    if others:
        each = [f"{names[k]} {theirs[k]} (learned: {alleles[k]})" for k in others]
        raise FeatureError(
            f"a SNP has the alleles that a model learned; {counted(len(others), 'SNP')} with others: "
            f"{listing(each)}; give those of one strand and one build, or leave out the SNPs before the fit"
        )
    if turned:
        warnings.warn(
            f"{counted(len(turned), 'SNP')} with A1 and A2 the other way round than in training, of which the same "
            f"allele is counted as there: {listing([str(names[k]) for k in turned])}",
            HassenetWarning,
            stacklevel=5,
        )
    return turned


def _other_way(alleles: str) -> str:
    first, _, second = alleles.partition("/")
    return f"{second}/{first}"


def _fit(alleles: str, theirs: str) -> bool:
    """Return whether alleles are the same, in their order, as far as both are known."""
    pairs = zip(alleles.partition("/")[::2], theirs.partition("/")[::2], strict=True)
    return all(a == b or a in _NONE or b in _NONE for a, b in pairs)
