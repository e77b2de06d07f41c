"""Lines of OBO: the words of a value, without the qualifiers in braces and the comment that may stand behind them."""

from __future__ import annotations

import re

_QUALIFIERS = re.compile(r'\{(?:[^"{}]|"(?:[^"\\]|\\.)*")*\}')
_CONTEXT = re.compile(r"^(is_a|relationship):.*\{[^}]*\bgci_(relation|filler)\s*=")
_COMMENTED = ("id:", "is_a:", "relationship:", "alt_id:", "namespace:", "is_obsolete:")


def words_of(value: str) -> list[str]:
    """Return the words of a value.

    Examples
    --------
    >>> words_of(' part_of GO:1 {source="PMID:1 ! x"} ! cell cycle'), words_of("part_of GO:1! cell cycle")
    (['part_of', 'GO:1'], ['part_of', 'GO:1'])
    """
    plain = _QUALIFIERS.sub(" ", value) if "{" in value else value
    return plain.partition("!")[0].split()


def cleaned(line: str) -> str:
    r"""Return a line with one blank between its words and nothing behind them; names stay as they are.

    A line that begins a stanza is its kind.

    Examples
    --------
    >>> cleaned("relationship: part_of\tGO:1! cell cycle"), cleaned("name: what! a name")
    ('relationship: part_of GO:1', 'name: what! a name')
    """
    if line.startswith("["):
        return line.partition("!")[0].strip()
    if not line.startswith(_COMMENTED):
        return line
    tag, _, value = line.partition(":")
    return f"{tag}: {' '.join(words_of(value))}"


def holds_in_a_context(line: str) -> bool:
    """Return whether a line says of a pair that it holds in a taxon or a part alone, by a general class inclusion.

    Examples
    --------
    >>> holds_in_a_context('is_a: U:2 {gci_filler="NCBITaxon:7954", gci_relation="part_of"} ! x')
    True
    """
    return _CONTEXT.match(line) is not None
