"""Text that PLINK and GCTA write about people: families and persons first, often without a header, −9 for a gap."""

from __future__ import annotations

import re
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from hassenet.errors import DataError, HassenetWarning, counted, listing
from hassenet.files.optional import pyarrow
from hassenet.tables.comments import rows_of_lines
from hassenet.tables.formats import OF_PEOPLE

PERSON, FAMILY = "IID", "FID"
"""What PLINK calls the names of people and of their families."""
_IDS = (FAMILY, PERSON)
_NUMBERED = {
    ".eigenvec": "PC",
    ".phen": "PHENO",
    ".pheno": "PHENO",
    ".cov": "COVAR",
    ".covar": "COVAR",
}
"""What columns without names are called, as PLINK 2 calls them."""
_WITH_HASH = re.compile(rb"(?<![^\r\n])#((?:FID|IID)[\s,;|])", re.IGNORECASE)
_LOOK = 1 << 16  # bytes of rows
_FRACTION = re.compile(r"[-+]?(\d*\.\d+([eE][-+]?\d+)?|\d+[eE][-+]\d+)")
_VALUE = re.compile(
    r"[-+]?(0x[\da-f]+|(\d+[.,]?\d*|[.,]\d+)(e[-+]?\d+)?|inf(inity)?|nan)|na|n/a|null|none|[^a-z]*",
    re.IGNORECASE,
)
_OF_PHENOTYPES, _OF_GENOTYPES, _PHENOTYPE = (".phen", ".pheno"), ".raw", "PHENOTYPE"
GAP = "-9"
"""What stands for a phenotype that is missing."""
_GAP_AS_SPELLED = r"-9(\.0*)?"
"""How that may be spelled."""
_WORDS = ("NA", "NAN", ".")
"""Words that do, in capitals or not."""


def without_hash(text: bytes) -> bytes:
    r"""Return text whose header begins with the name of families or persons, and not with a #, as PLINK 2 writes it.

    >>> without_hash(b"##PLINK 2\n#IID  age\ni1  31\n")
    b'##PLINK 2\nIID  age\ni1  31\n'
    """
    above = text[: len(text) - len(rows_of_lines(text))]
    return _WITH_HASH.sub(rb"\1", above) + text[len(above) :]


def with_plinks_header(path: Path, text: bytes, mark: str) -> bytes:
    """Return text that has a header, also where PLINK writes none, with a note.

    A header has the name of persons or families; all else is a row.

    Raises
    ------
    DataError
        If the first row is neither of these, as where it has fewer cells, or a word above numbers.
    """
    cells, *below = _first_rows(text, mark)
    if not is_of_people(path) or any(cell.upper() in _IDS for cell in cells):
        return text
    word = _word_above_numbers(cells, below)
    numbered = _NUMBERED.get(suffix_of(path))
    if numbered is None or not _may_be_of_a_person(cells) or word is not None:
        what = f"; {word!r} stands above numbers" if word is not None else ""
        raise DataError(
            f"people of PLINK have a header that begins with FID or IID, or rows of family, person and values; "
            f"{path.name} begins with {listing(cells, 4)}{what}; put FID and IID and names above the rows, or call it "
            ".txt"
        )
    names = [*_IDS, *(f"{numbered}{k + 1}" for k in range(len(cells) - 2))]
    _warn(
        f"{path.name} has no header, and its columns are called as PLINK calls them: {listing(names, 3)}; if its first "
        "row is one of names, call it .txt"
    )
    return mark.join(names).encode() + b"\n" + text


def _first_rows(text: bytes, mark: str) -> list[list[str]]:
    """Return the cells of the first rows, without blanks and quotation marks around them."""
    lines = re.split(rb"[\r\n]+", text.lstrip(b"\r\n")[:_LOOK])
    whole = lines[:-1] if len(lines) > 1 else lines
    return [[cell.strip(' "#') for cell in line.decode(errors="replace").split(mark)] for line in whole]


def _may_be_of_a_person(cells: Sequence[str]) -> bool:
    """Return whether cells are names of a family and a person, and values; no person is called 0.5."""
    return len(cells) > len(_IDS) and all(cells[:2]) and _FRACTION.fullmatch(cells[1]) is None


def _word_above_numbers(cells: Sequence[str], below: Sequence[Sequence[str]]) -> str | None:
    """Return a value of the first row that may be a name, as it is a word, and only numbers and gaps are below it."""
    columns = zip(cells, *(row for row in below if len(row) == len(cells)), strict=True)
    for first, *others in [*columns][len(_IDS) :]:
        are_numbers = all(map(_VALUE.fullmatch, others)) and any(cell[-1:].isdigit() for cell in others)
        if are_numbers and not _VALUE.fullmatch(first):
            return first
    return None


def is_of_people(path: Path) -> bool:
    """Return whether a file is called as those in which PLINK and GCTA write what is known of people.

    >>> is_of_people(Path("x.cov.gz")), is_of_people(Path("x.csv"))
    (True, False)
    """
    return suffix_of(path) in OF_PEOPLE


def suffix_of(path: Path) -> str:
    """Return the suffix of a file, that below .gz of one that is gzipped."""
    return (path.with_suffix("") if path.suffix.lower() == ".gz" else path).suffix.lower()


def has_gaps(path: Path, name: str) -> bool:
    """Return whether −9 is a gap in a column of a file, as in phenotypes.

    >>> (
    ...     has_gaps(Path("x.phen"), "bmi"),
    ...     has_gaps(Path("x.raw"), "PHENOTYPE"),
    ...     has_gaps(Path("x.cov"), "PC1"),
    ... )
    (True, True, False)
    """
    suffix = suffix_of(path)
    return (suffix in _OF_PHENOTYPES and name.upper() not in _IDS) or (
        suffix == _OF_GENOTYPES and name == _PHENOTYPE
    )


def is_word_for_a_gap(text: str) -> bool:
    """Return whether a word stands for what is not known of a person.

    >>> is_word_for_a_gap("NA"), is_word_for_a_gap("nan"), is_word_for_a_gap("-9")
    (True, True, False)
    """
    return text.upper() in _WORDS


def gapped(path: Path, name: str, cells: Any) -> Any:
    """Return cells of text as they are spelled, nothing where −9 is a gap."""
    return cells if not has_gaps(path, name) else _if(_are(cells, _GAP_AS_SPELLED), "", cells)


def note_gaps(path: Path, columns: Mapping[str, Any]) -> None:
    """Say how many cells of columns are −9 for a gap, and which are 0 that may be meant so."""
    own = {name: cells for name, cells in columns.items() if has_gaps(path, name)}
    counts = {name: _number(cells, _GAP_AS_SPELLED) for name, cells in own.items()}
    found = [name for name, n in counts.items() if n]
    if found:
        _warn(
            f"{GAP} is a missing phenotype, as PLINK writes it: {counted(sum(counts.values()), 'cell')} of "
            f"{path.name}, in {listing(found, 3)}"
        )
    zeros = {name: _number(cells, "0") for name, cells in own.items() if _are_codes(cells)}
    for name, n in zeros.items():
        _warn(
            f"0 beside 1 and 2 is a missing phenotype for PLINK, and counts here as it stands: {counted(n, 'row')} of "
            f"{name!r} in {path.name}; if it is missing, write {GAP} or NA"
        )


def _are_codes(cells: Any) -> bool:
    """Return whether cells are 0, 1 and 2 for people of whom nothing is known, controls and cases."""
    spelled = pyarrow("compute").ascii_trim_whitespace(cells).unique().to_pylist()
    known = {cell for cell in spelled if not (is_word_for_a_gap(cell) or re.fullmatch(_GAP_AS_SPELLED, cell))}
    return {"0", "2"} <= known <= {"0", "1", "2"}


def _are(cells: Any, form: str) -> Any:
    """Return which cells are spelled so."""
    return pyarrow("compute").match_substring_regex(cells, rf"^\s*{form}\s*$")


def _number(cells: Any, form: str) -> int:
    return int(pyarrow("compute").sum(_are(cells, form)).as_py() or 0)


def _if(condition: Any, text: str, cells: Any) -> Any:
    return pyarrow("compute").if_else(condition, pyarrow().scalar(text, cells.type), cells)


def _warn(note: str) -> None:
    warnings.warn(note, HassenetWarning, stacklevel=6)
