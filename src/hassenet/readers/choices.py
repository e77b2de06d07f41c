"""Choices among names: one, or several, of which each has to be there."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable

from hassenet.errors import ParameterError, listing
from hassenet.hierarchy.report import Count

Names = str | Collection[str]
"""One name, or several."""


def several(what: str, chosen: object) -> tuple[Hashable, ...]:
    """Return the values chosen, each once; text is one.

    Raises
    ------
    ParameterError
        If there is none.

    Examples
    --------
    >>> several("namespaces", "biological_process"), several("namespaces", ["a", "b", "a"])
    (('biological_process',), ('a', 'b'))
    """
    values = (chosen,) if isinstance(chosen, str) or not isinstance(chosen, Iterable) else tuple(chosen)
    if not values or not all(isinstance(value, Hashable) and value is not None for value in values):
        raise ParameterError(
            f"{what} are chosen by a name or several; got {chosen!r}; give one, or leave it out"
        )
    return tuple(dict.fromkeys(values))


def absent(what: str, chosen: Iterable[Hashable], there: Iterable[Hashable]) -> Count:
    """Return the fault of values chosen that there are not, and what there is, the most alike first.

    Examples
    --------
    >>> print(absent("evidence codes that no annotation has", ["iea", "ND"], ["IDA", "IEA", "ND"]))
    evidence codes that no annotation has: 1 ('iea'); there is 'IEA', 'IDA', 'ND'
    """
    known = dict.fromkeys(there)
    missing = [value for value in chosen if value not in known]
    alike = {_plain(value) for value in missing}
    sorted_ = sorted(known, key=lambda value: (_plain(value) not in alike, str(value)))
    return Count.of(what, missing, f"there is {listing(sorted_)}" if sorted_ else "there is none at all")


def _plain(value: Hashable) -> str:
    return "".join(filter(str.isalnum, str(value).casefold()))


def check_sep(sep: object) -> None:
    """Refuse what separates nothing.

    Raises
    ------
    ParameterError
        If it is not text, or empty.
    """
    if not isinstance(sep, str) or not sep:
        raise ParameterError(f"sep is the text between two levels; got {sep!r}; give one, as sep='|'")
