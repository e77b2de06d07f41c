"""Words that stand where a name is missing: as an element each would join what has nothing in common."""

from __future__ import annotations

import re
from collections.abc import Iterable

from hassenet.hierarchy.report import Count

MISSING = (
    "",
    "#N/A",
    "#N/A N/A",
    "#NA",
    "-1.#IND",
    "-1.#QNAN",
    "-NaN",
    "-nan",
    "1.#IND",
    "1.#QNAN",
    "<NA>",  # as pandas writes it
    "?",  # as the UCI repository writes it
    "N/A",
    "NA",
    "NAN",
    "NULL",
    "NaN",
    "Null",
    "\\N",  # as data bases write it
    "n/a",
    "nan",
    "null",
)
"""What programs write where there is nothing: the spellings of a missing value in a table, and of a missing name."""

# Where names are expected these stand for nothing too; among values "none" is one, as of medications. "Na" stays: it is
# sodium.
_NO_NAME = ("na", "None", "none", "NONE", ".", "..", "...", "…", "-", "--", "---", "–", "—", "missing", "NaT")
_NOTHING = frozenset([*MISSING, *_NO_NAME])
# What precedes a taxon's name: g__, sk__, D_4__, or __ alone.
_PREFIX_OF_RANK = re.compile(r"^(?:[a-z]{0,2}|D_\d+)__\s*", re.IGNORECASE)
# "unclassified_o__Clostridiales" has the name of another rank; "Dorea_unclassified" is one of Dorea, and is kept.
_NO_TAXON = re.compile(
    r"""
    (?:unclassified|unassigned|unidentified|unknown|undefined|no[\s_-]?rank)(?:_[a-z]{1,2}__.*)?
    | (?:unclassified|unidentified|unknown)[_\s](?:bacteri\w+|archae\w+|fung\w+|organism|eukaryot\w+|family|order|genus)
    | ambiguous[_\s]taxa
    | (?:\w+_(?:phy|cls|ord|fam|gen)_)?incertae[_\s]sedis
    | uncultured(?:[_\s](?-i:[a-z]+)){0,3}
    | (?:(?-i:[a-z]+)[_\s]){0,3}metagenome
    | environmental[_\s]samples?
    | not[\s_-](?:available|applicable|assigned|determined|known|provided|recorded|reported|specified)
    | no[\s_-](?:data|information|value)
    | n\.\s?a\.?
    | [(<\[](?:blank|empty|missing|n/?a|none|null|unknown)[)>\]]
    | \#(?:DIV/0!|NAME\?|NULL!|NUM!|REF!|VALUE!)  # as spreadsheets write what they cannot compute
    """,
    re.IGNORECASE | re.VERBOSE,
)


def is_placeholder(name: object) -> bool:
    """Return whether a name says that there is none: what stands for a missing value, or for a taxon not known.

    >>> [
    ...     is_placeholder(name)
    ...     for name in ("NA", "-", "g__NA", "D_4__uncultured bacterium", "Incertae Sedis", "Not available")
    ... ]
    [True, True, True, True, True, True]
    >>> [
    ...     is_placeholder(name)
    ...     for name in ("Na", "NANOG", "s__Dorea_unclassified", "uncultured Dorea sp.", 7)
    ... ]
    [False, False, False, False, False]
    """
    if not isinstance(name, str):
        return False
    plain = _PREFIX_OF_RANK.sub("", name.strip())
    return not plain or plain in _NOTHING or _NO_TAXON.fullmatch(plain) is not None


SYMBOLS = frozenset(["NA", "na", "NAN", "nan"])
"""Words for what is missing that are symbols of genes too: of neuraminidase in Influenza Infection, of nanchung.

Where a file lists genes there is no cell that could be empty: these are genes there. In a table they stand for nothing.
"""


def is_missing_gene(name: object) -> bool:
    """Return whether a name in a list of genes says that there is none.

    >>> is_missing_gene("NA"), is_missing_gene("-")
    (False, True)
    """
    return name not in SYMBOLS and is_placeholder(name)


def called_as_missing(genes: Iterable[object]) -> tuple[Count, ...]:
    """Return how many genes are called as what is missing; nothing if none are.

    >>> print(*called_as_missing(["TP53", "NA", "NA"]))
    genes that are called as what is missing (kept: a symbol of some): 2 ('NA')
    """
    found = [str(gene) for gene in genes if gene in SYMBOLS]
    what = "genes that are called as what is missing (kept: a symbol of some)"
    return (Count(what, len(found), tuple(dict.fromkeys(found))),) if found else ()


def left_out(what: str, names: Iterable[object]) -> Count:
    """Return how many of something have a placeholder for a name, and which placeholders.

    >>> print(left_out("pairs", ["NA", "-", "NA"]))
    pairs with a placeholder for a name: 3 ('NA', '-')
    """
    found = [str(name) for name in names]
    return Count(f"{what} with a placeholder for a name", len(found), tuple(dict.fromkeys(found)))
