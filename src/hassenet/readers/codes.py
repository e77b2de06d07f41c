"""Codes whose beginnings are what lies above them: ATC, ICD-10, the tree numbers of MeSH."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import pairwise
from os import PathLike
from typing import Any, Literal, final

from hassenet.errors import DataError, ParameterError, listing
from hassenet.files.content import FilePath
from hassenet.hierarchy import Ranking
from hassenet.hierarchy.relation import is_missing
from hassenet.hierarchy.report import Count, Report
from hassenet.readers.building import hierarchy_of
from hassenet.readers.delimited import delimiter_of, sheet_of
from hassenet.readers.reading import Reading
from hassenet.readers.relation import Relation, Source, read_relation, relation_of

System = Literal["ATC", "ICD-10", "MeSH"]
_MANY = 100  # lines tell how all are made

# The first and the last category of each chapter of ICD-10 (WHO, 2019), those of ICD-10-CM among them.
_CHAPTERS = (
    ("A00", "B99", "I (A00–B99)"),
    ("C00", "D49", "II (C00–D48)"),
    ("D50", "D89", "III (D50–D89)"),
    ("E00", "E90", "IV (E00–E90)"),
    ("F00", "F99", "V (F00–F99)"),
    ("G00", "G99", "VI (G00–G99)"),
    ("H00", "H59", "VII (H00–H59)"),
    ("H60", "H95", "VIII (H60–H95)"),
    ("I00", "I99", "IX (I00–I99)"),
    ("J00", "J99", "X (J00–J99)"),
    ("K00", "K95", "XI (K00–K93)"),
    ("L00", "L99", "XII (L00–L99)"),
    ("M00", "M99", "XIII (M00–M99)"),
    ("N00", "N99", "XIV (N00–N99)"),
    ("O00", "O9A", "XV (O00–O99)"),
    ("P00", "P96", "XVI (P00–P96)"),
    ("Q00", "Q99", "XVII (Q00–Q99)"),
    ("R00", "R99", "XVIII (R00–R99)"),
    ("S00", "T98", "XIX (S00–T98)"),
    ("U00", "U85", "XXII (U00–U85)"),
    ("V00", "Y99", "XX (V01–Y98)"),
    ("Z00", "Z99", "XXI (Z00–Z99)"),
)


def _of_atc(code: str) -> list[str]:
    return [code[:k] for k in (1, 3, 4, 5, 7) if k <= len(code)]


def _of_icd(code: str) -> list[str]:
    digits = code.replace(".", "")
    chapter = next((name for first, last, name in _CHAPTERS if first <= digits[:3] <= last), None)
    further = [f"{digits[:3]}.{digits[3:k]}" for k in range(4, len(digits) + 1)]
    return [] if chapter is None else [chapter, digits[:3], *further]


def _of_mesh(code: str) -> list[str]:
    parts = code.split(".")
    return [code[0], *(".".join(parts[:k]) for k in range(1, len(parts) + 1))]


@final
@dataclass(frozen=True)
class _System:
    """How codes look, and the chain from the top down to a code."""

    pattern: re.Pattern[str]
    chain: Callable[[str], list[str]]


_SYSTEMS: Mapping[str, _System] = {
    "ATC": _System(re.compile(r"[A-Z](\d\d([A-Z]([A-Z](\d\d)?)?)?)?"), _of_atc),
    "ICD-10": _System(re.compile(r"[A-Z]\d[0-9A-Z](\.?[0-9A-Z]{1,4})?"), _of_icd),
    "MeSH": _System(re.compile(r"[A-Z]\d\d(\.\d{3})*"), _of_mesh),
}
SYSTEMS = tuple(_SYSTEMS)
"""The systems that are known by name."""


def read_codes(source: Source, system: System, *, rank: Ranking = "below") -> Reading:
    """Return the hierarchy of codes of a system, whose beginnings are the elements above them.

    A10BA02 lies below A10BA, A10B, A10 and A (ATC: one letter, two digits, a letter, a letter, two digits); E11.9, also
    written E119, below E11 and its chapter, IV (E00–E90) (ICD-10 and ICD-10-CM); C04.557.337 below C04.557, C04 and C
    (MeSH). Blocks of ICD-10 such as E10–E14 cannot be seen in a code; give them as edges.

    Parameters
    ----------
    source : path, or iterable of codes or of (feature, code)
        Codes, which are features then; or pairs, a feature and its code: several for a feature are several pairs. As a
        file a table of one column, or of two, the feature first, as also the list of MeSH's headings with their numbers
        ("Ovary;A05.360.319.114.630"); others are chosen by ``read_relation``.
    system : "ATC", "ICD-10" or "MeSH"
        How codes are made.
    rank : "below", "above" or a mapping from element to int
        φ, as in :meth:`Hierarchy.from_covers`.

    Codes in small letters are read as in capitals. What is not a code of the system is left out, and a fault. Where a
    feature is itself a code that others begin with, the element above is called "E11 …".

    Raises
    ------
    DataError
        If no code is one of the system, or the file is empty, no text or cut off.
    ParameterError
        If there is no such system.

    References
    ----------
    WHO Collaborating Centre for Drug Statistics Methodology, Guidelines for ATC classification; WHO, ICD-10, 2019;
    National Library of Medicine, Medical Subject Headings.

    Examples
    --------
    >>> H, report = read_codes(["A10BA02", "A10BB01", "C07AB02"], "ATC")
    >>> H.ranks[0], H.above("A10BA")
    (('A10BA02', 'A10BB01', 'C07AB02'), ('A10B',))
    >>> read_codes([("diabetes", "E11.9"), ("asthma", "J459")], "ICD-10").hierarchy.ranks[-1]
    ('IV (E00–E90)', 'X (J00–J99)')
    """
    if system not in _SYSTEMS:
        raise ParameterError(f"codes are of {listing(SYSTEMS)}; got {system!r}; choose one, or give edges")
    features = _features(source, _SYSTEMS[system])
    chains = {code: _chain(code, _SYSTEMS[system]) for _, code in features}
    known = [(feature, code) for feature, code in features if chains[code]]
    _check_any(known, features, system)
    odd = (code for code, chain in chains.items() if not chain)
    report = Report("", faults=(Count.of(f"codes that are not of {system}", odd),))
    names = _names(known, chains)
    upward = {pair: _upward(pair[0], chains[pair[1]], names) for pair in known}
    pairs = tuple(dict.fromkeys(pair for path in upward.values() for pair in pairwise(path)))
    relation = Relation(pairs, features.report + report, tuple(dict(known)), source=features.source)
    return hierarchy_of(relation, rank)


def _names(
    known: Sequence[tuple[Hashable, Hashable]], chains: Mapping[Hashable, list[str]]
) -> dict[str, str]:
    """Return what each code that lies above something is called: "E11 …" where a feature is called E11."""
    features = {feature for feature, _ in known}
    above = (
        code for pair in known for code in chains[pair[1]][: len(chains[pair[1]]) - (pair[0] == pair[1])]
    )
    return {code: f"{code} …" if code in features else code for code in above}


def _upward(feature: Hashable, chain: list[str], names: Mapping[str, str]) -> list[Hashable]:
    """Return what lies from a feature up; its own code only where that lies above something."""
    return [feature, *(names[level] for level in reversed(chain) if level in names)]


def _features(source: Source, system: _System) -> Relation:
    """Return the pairs (feature, code); a code alone is its own feature, and a first line that is not one a header."""
    if isinstance(source, str | PathLike):
        return _of_file(source, system)
    if isinstance(source, Relation | Mapping) or hasattr(type(source), "columns"):
        return read_relation(source)
    found = [str(item) if isinstance(item, str) else item for item in source]
    if not all(isinstance(item, str) or _stands_for_none(item) for item in found):
        return read_relation(found)
    codes = [item for item in found if isinstance(item, str)]
    missing = Count("codes that are missing", len(found) - len(codes))
    return _alone(codes, Report("codes", (Count("codes", len(found)),), faults=(missing,)), "codes")


def _stands_for_none(item: Any) -> bool:
    """Return whether an item stands for no code; a pair does not."""
    return not hasattr(item, "__len__") and is_missing(item)


def _of_file(path: FilePath, system: _System) -> Relation:
    sheet = sheet_of(path, partial(_set_apart, system=system))
    start = int(sheet.headed or not _chain(sheet.first[-1], system))
    header = Count.of("first lines that are not a code (read as a header)", sheet.first[:1] if start else ())
    if len(sheet.first) > 1:
        body = replace(sheet, rows=sheet.rows[start:], headed=False) if len(sheet.rows) > start else sheet
        return relation_of(body, *((0, 1) if len(sheet.first) == 2 else ()))
    codes = [cells[0] for _, cells in sheet.rows[start:]]
    dropped = *sheet.dropped, header, Count("codes given twice", len(codes) - len(set(codes)))
    made = (Count("codes", len(codes)),)
    return _alone(codes, Report(sheet.name, made, dropped, faults=sheet.faults), sheet.name)


def _set_apart(text: str, system: _System) -> str:
    """Return a semicolon for the list of MeSH's headings, "Ovary;A05.360.319.114.630"; else what sets columns apart."""
    lines = [line for line in text.splitlines()[:_MANY] if line.strip()]
    return ";" if all(_is_heading(line, system) for line in lines) else delimiter_of(text)


def _is_heading(line: str, system: _System) -> bool:
    """Return whether a line is a name and its code, and not a cell of several codes."""
    name, apart, code = line.rpartition(";")
    return bool(apart) and bool(_chain(code, system)) and not _chain(name, system)


def _alone(codes: Sequence[Any], report: Report, source: str) -> Relation:
    return Relation(tuple((code, code) for code in dict.fromkeys(codes)), report, source=source)


def _chain(code: Any, system: _System) -> list[str]:
    """Return the codes from the top down to this one; none for what is not a code."""
    plain = code.strip().upper() if isinstance(code, str) else ""
    return system.chain(plain) if system.pattern.fullmatch(plain) else []


def _check_any(known: Sequence[object], features: Relation, system: str) -> None:
    if known:
        return
    first = any(_chain(feature, _SYSTEMS[system]) for feature, _ in features)
    remedy = (
        "codes stand first; choose the columns, by read_relation(…, lower=1, upper=0) or --lower 1 --upper 0"
        if first
        else "choose another system, or other columns by read_relation(…, lower=…, upper=…) or --lower, --upper"
    )
    raise DataError(
        f"codes of {system} look like {_EXAMPLES[system]}: none of {features.source} does: there, for instance, "
        f"{listing((code for _, code in features), 3)}; {remedy}"
    )


_EXAMPLES = {"ATC": "A10BA02", "ICD-10": "E11.9", "MeSH": "C04.557.337"}
