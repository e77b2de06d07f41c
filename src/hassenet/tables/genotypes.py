"""PLINK's genotypes (.bed, .bim, .fam) as a table: a row a person, a column a SNP, whole numbers of one byte."""

from __future__ import annotations

import re
import warnings
from collections import Counter
from collections.abc import Sequence
from functools import partial
from math import inf, isfinite
from os import PathLike
from pathlib import Path
from typing import Any, NamedTuple, final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_array, hstack

from hassenet.data.genotypes import most_frequent
from hassenet.errors import DataError, HassenetWarning, counted, listing
from hassenet.files.optional import bed_reader, pyarrow
from hassenet.files.paths import path_of_file
from hassenet.files.text import lines_of, text_of
from hassenet.readers.snps import check_no_names, read_bim
from hassenet.tables.bed import MISSING, check_size
from hassenet.tables.block import Block
from hassenet.tables.cells import Cells
from hassenet.tables.people import FAMILY, GAP, PERSON, is_word_for_a_gap
from hassenet.tables.stored import Typed
from hassenet.tables.table import Table

Genotypes = NDArray[np.int8]
_AT_ONCE, _COLUMNS = 1024, 6
_SEX = {"1": "male", "2": "female", "M": "male", "F": "female"}
_STATUS = {1.0: "control", 2.0: "case"}
_GAP = float(GAP)
_NUMBER = re.compile(r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?")


def read_plink(path: str | PathLike[str]) -> Table:
    """Return the table of a cohort: people by IID, FID, sex and phenotype, and their genotypes as one block of int8.

    A genotype is 0, 1 or 2, the number of alleles A1 (the fifth column of the .bim). For one that is missing stands the
    most frequent one of its SNP, with a warning that says how many; a model with an encoding puts there what was most
    frequent in the rows that it learned from. No number is ever held in more than a byte: networks take such a block as
    it is, and convert a batch at a time.

    The phenotype is "control" or "case" where it is coded 1 and 2 (0 and −9 are missing), else a number (−9 is
    missing). SNPs are called by the .bim; those without a name, and those of one name, by place and alleles.

    Parameters
    ----------
    path : path-like
        The .bed file, with its suffix or without; .bim and .fam lie beside it.

    Raises
    ------
    DataError
        If one of the files is not there, is not of that format, or they do not belong together.
    HassenetError
        If bed-reader is not installed.

    Examples
    --------
    >>> from tempfile import mkdtemp
    >>> from bed_reader import to_bed
    >>> path = Path(mkdtemp()) / "cohort.bed"
    >>> who = {"fid": ["f1", "f2"], "iid": ["i1", "i2"], "sex": [1, 2], "pheno": ["1", "2"]}
    >>> which = {"sid": ["rs1", "rs2", "rs3"], "chromosome": ["1"] * 3, "bp_position": [5, 6, 7]}
    >>> to_bed(path, np.array([[0, 1, 2], [2, 1, 0]], "int8"), properties=who | which)
    >>> people = read_plink(path)
    >>> people.columns
    ('IID', 'FID', 'sex', 'phenotype', 'rs1', 'rs2', 'rs3')
    >>> people["phenotype"].tolist(), people.held(["rs3", "rs1"])
    (['control', 'case'], array([[2, 0],
           [0, 2]], dtype=int8))
    """
    path = path_of_file(path)
    path = path if is_plink(path) else Path(f"{path}.bed")
    cohort = cohort_at(path)
    X = _genotypes(path, cohort.people.n_rows, len(cohort.snps))
    return Table(Block(X, cohort.snps, cohort.people, cohort.alleles, _fill(path, X)))


@final
class Cohort(NamedTuple):
    """Whose genotypes a .bed has: the names of its SNPs, their alleles, and what is known of its people."""

    snps: tuple[str, ...]
    alleles: tuple[str, ...]
    people: Cells


def cohort_at(path: Path) -> Cohort:
    """Return what a .bim and a .fam say of the .bed beside them.

    Raises
    ------
    DataError
        If one of the three is not there, or not of that format.
    """
    for part in (path, path.with_suffix(".bim"), path.with_suffix(".fam")):
        if not part.is_file():
            raise DataError(
                f"genotypes are a .bed with its .bim and .fam beside it; there is none at {part}; check the path"
            )
    snps, people = read_bim(path.with_suffix(".bim")), _people(path.with_suffix(".fam"))
    names = tuple(snps.names)
    _check_names(path, names, people)
    return Cohort(names, tuple(snps.alleles), people)


def is_plink(path: Any) -> bool:
    """Return whether a path is one of PLINK's genotypes.

    >>> is_plink("cohort.bed"), is_plink("cohort.csv")
    (True, False)
    """
    return str(path).lower().endswith(".bed")


def _check_names(path: Path, names: tuple[str, ...], people: Cells) -> None:
    twice = [name for name, n in Counter((*people, *names)).items() if n > 1]
    if twice:
        raise DataError(
            f"a column has its own name; {path.with_suffix('.bim').name} repeats {listing(twice)}; rename or merge them"
        )


# ---------------------------------------------------------------- genotypes


def _genotypes(path: Path, m: int, n: int) -> Genotypes:
    check_size(path, m, n)
    with bed_reader().open_bed(path, iid_count=m, sid_count=n, num_threads=1) as bed:
        return bed.read(dtype="int8", order="C")


def _fill(path: Path, X: Genotypes) -> Any:
    """Put the most frequent genotype of a SNP where one is missing; return where that is."""
    gaps = _gaps(X)
    if gaps.nnz:
        rows, places = gaps.nonzero()
        X[rows, places] = most_frequent(X, gaps)[places]
        warn_of_missing(path, np.diff(gaps.indptr), len(X))
    return gaps


def _gaps(X: Genotypes) -> Any:
    """Return where genotypes are missing, found some SNPs at a time."""
    starts = range(0, X.shape[1], _AT_ONCE)
    parts = [csc_array(X[:, start : start + _AT_ONCE] == MISSING) for start in starts]
    return hstack(parts, "csc") if parts else csc_array(X.shape, dtype=bool)


def warn_of_missing(path: Path, missing: NDArray[np.int64], m: int) -> None:
    """Warn of genotypes that are missing: how often in each SNP, (n,), of m people."""
    if not missing.any():
        return
    n, empty = int(missing.sum()), int((missing == m).sum())
    of_all = f", 0 in {counted(empty, 'SNP')} without any known one" if empty else ""
    warnings.warn(
        f"{n:,} genotypes of {path.name} are missing ({n / (m * len(missing)):.2g} of all); the most frequent one of "
        f"their SNP stands for them{of_all}, unless a model knows that of the rows it learned from",
        HassenetWarning,
        stacklevel=4,
    )


# ---------------------------------------------------------------- people


def _people(path: Path) -> Cells:
    rows, places = [], []
    for k, line in enumerate(lines_of(text_of(path)), start=1):
        cells = line.split()
        check_no_names(k, line, path)
        if cells and len(cells) != _COLUMNS:
            raise DataError(
                f"a line of a .fam has family, person, father, mother, sex and phenotype: line {k} of {path.name} has "
                f"{len(cells)} columns; complete it"
            )
        if cells:
            rows.append(cells)
            places.append(k)
    families, names, _, _, sexes, phenotypes = (
        map(list, zip(*rows, strict=True)) if rows else ([] for _ in range(6))
    )
    columns = {
        PERSON: _text(_each_once(names, families, path)),
        FAMILY: _text(families),
        "sex": _sex(sexes, path),
        "phenotype": _phenotype([*map(partial(_number, path), places, phenotypes)], path),
    }
    return Cells({name: Typed(name, pyarrow().chunked_array([cells])) for name, cells in columns.items()})


def _each_once(names: list[str], families: list[str], path: Path) -> list[str]:
    """Return the names of people, with those of their families before them where they are not enough."""
    if len(set(names)) == len(names):
        return names
    both = [f"{family}:{name}" for family, name in zip(families, names, strict=True)]
    twice = [name for name, n in Counter(both).items() if n > 1]
    if twice:
        warnings.warn(
            f"a person has a name of their own, by FID and IID; {path.name} has {listing(twice, 3)} more than once: "
            "rows of one person may be learned from and judged by",
            HassenetWarning,
            stacklevel=5,
        )
    return both


def _sex(codes: list[str], path: Path) -> Any:
    """Return the sex of people: 1, 2, and M, F as PLINK 2 has it; a warning counts other codes."""
    known = (*_SEX, "0", GAP)
    others = Counter(code for code in codes if not (code.upper() in known or is_word_for_a_gap(code)))
    if others:
        warnings.warn(
            f"a sex is 1 or M, 2 or F, and 0 where it is missing: {path.name} has {listing(others, 3)} in "
            f"{counted(others.total(), 'row')}, which count as missing",
            HassenetWarning,
            stacklevel=5,
        )
    return _text([_SEX.get(code.upper()) for code in codes])


def _text(values: list[Any]) -> Any:
    return pyarrow().array(values, "string")


def _number(path: Path, k: int, text: str) -> float | None:
    """Return the phenotype on a line, None where a word says that there is none."""
    if is_word_for_a_gap(text):
        return None
    number = float(text) if _NUMBER.fullmatch(text) else inf
    if not isfinite(number):
        raise DataError(
            f"a phenotype is 1 or 2, or a number: line {k} of {path.name} has {text!r}; correct it, or give phenotypes "
            "in a second table (--targets)"
        )
    return number


def _phenotype(numbers: list[float | None], path: Path) -> Any:
    """Return the status of people, where it is coded, or else the numbers."""
    counts = Counter(numbers)
    if counts.keys() <= {*_STATUS, _GAP, 0.0, None}:
        _note_codes(counts, path)
        return _text([None if x is None else _STATUS.get(x) for x in numbers])
    _note_missing(counts, (_GAP,), path)
    return pyarrow().array([None if x == _GAP else x for x in numbers], "float64")


def _note_codes(counts: Counter[float | None], path: Path) -> None:
    """Warn of a status that may be coded 0 and 1, or say of how many people it is not known."""
    if not (counts[0.0] and counts[1.0] and not counts[2.0]):
        _note_missing(counts, (_GAP, 0.0), path)
        return
    warnings.warn(
        f"a phenotype is 1 for a control and 2 for a case, and 0 where it is missing: {path.name} has 0 in "
        f"{counted(counts[0.0], 'row')}, 1 in {counted(counts[1.0], 'row')} and no 2; where 0 stands for controls "
        "and 1 for cases, write 1 and 2 (plink --1 --make-bed)",
        HassenetWarning,
        stacklevel=5,
    )


def _note_missing(counts: Counter[float | None], codes: Sequence[float], path: Path) -> None:
    """Say how many people have numbers that stand for a missing phenotype, where others have one."""
    found = [code for code in codes if counts[code]]
    n = sum(counts[code] for code in found)
    if 0 < n < counts.total():
        warnings.warn(
            f"{' or '.join(f'{code:g}' for code in found)} in {path.name} is a missing phenotype, as PLINK writes it: "
            f"{counted(n, 'row')} of {counts.total():,}",
            HassenetWarning,
            stacklevel=5,
        )
