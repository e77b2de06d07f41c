"""Dates and times as text spells them, in one of the forms that are known."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hassenet.data.marks import all_match
from hassenet.errors import ParameterError
from hassenet.files.optional import pyarrow

Array = NDArray[Any]

ISO = "iso"
_OF_DIGITS = "%Y%m%d"
_DAYS = (
    *("%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%m-%d-%Y", "%Y/%m/%d", "%Y.%m.%d"),
    *("%d %b %Y", "%d-%b-%Y", "%b %d %Y", "%b %d, %Y", "%d %B %Y", "%B %d, %Y", "%a, %d %b %Y"),
)
CLOCKS = ("%H:%M", "%H:%M:%S", "%I:%M %p", "%I:%M:%S %p")
"""How times of day are spelled."""
_MONTHS = ("%Y-%m", "%m/%Y", "%b %Y", "%B %Y", "%b-%Y")
_OF_CTIME = "%a %b %d %H:%M:%S %Y"
FORMS = (
    ISO,
    *_DAYS,
    *(f"{day} {clock}" for day in _DAYS for clock in CLOCKS),
    *_MONTHS,
    _OF_CTIME,
    *CLOCKS,
    _OF_DIGITS,
)
"""How dates and times are spelled: "iso", as 2019-01-31, or a format of :meth:`datetime.datetime.strptime`."""

_ISO = re.compile(  # a number behind a day, as in 2019-01-31-02, would be that of a sample
    r"(?:(\d{4}-\d\d-\d\d)(?: ?(?:Z|UTC|GMT|[+-]\d\d:\d\d))?|"
    r"(\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d)?)(?:[.,]\d+)?(?: ?(?:Z|UTC|GMT|[+-]\d\d(?::?\d\d)?))*)"
)
_ZONE = re.compile(r"(\d:\d\d(?: ?[AaPp][Mm])?)(?:\.\d+)?(?: ?(?:Z|UTC|GMT|[+-]\d\d:?\d\d))+(?= |$)")
_OF_A_CLOCK = r"^\d{1,2}:\d\d(?::\d\d)?(?: ?[AaPp][Mm])?(?: ?(?:Z|UTC|GMT|[+-]\d\d:?\d\d))*$"
_WITH_A_MARK = r"(?:[AaPp][Mm]|Z|UTC|GMT|[+-]\d\d:?\d\d)$"
_OF_TWO_DIGITS = r"^(?:\d\d:\d\d|\d{1,2}:\d\d:\d\d)$"
_OF_TENS = r"^\d{1,3}:(?:00|[1-5]\d|\d\d:(?:00|[1-5]\d))"
_OF_ONE_OTHER_PART = re.compile(r"\d+:(?!00$)\d\d")
_OF_A_DURATION = r"^\d{1,3}:\d\d:\d\d(?:[.,]\d+)?$"
_OF_A_DAY = r"^(?:[01]?\d|2[0-3]):[0-5]\d:[0-5]\d$|^24:00:00$"
_OF_EACH = re.compile(r"\d{4}|\d:\d\d")  # a year or a clock, which one of every form has
_KNOWN = tuple(form for form in FORMS if form not in (*CLOCKS, _OF_DIGITS))
_OF_THESE_YEARS = r"(?:^|\D)[12]\d{3}(?:\D|$)"
_MONTH = re.compile(
    r"\b(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sep(?:t(?:ember)?)?|Oct(?:ober)?|"
    r"Nov(?:ember)?|Dec(?:ember)?)\b\.?",
    re.IGNORECASE,
)
_TRIED = 100  # of many texts, in all forms
_MISSING = np.datetime64("NaT", "s")
_LIKE = (
    r"^(?:[A-Z][a-z]{2,8},? )?"
    r"(?:[12]\d{3}-(?:0\d|1[0-2])|\d{4}[-/.]\d\d?[-/.]\d\d?|[0-3]?\d[./-][0-3]?\d[./-](?:\d{4}|\d\d)|"
    r"\d\d?[ -][A-Z][a-z]{2,8}[ -](?:\d{4}|\d\d)|[A-Z][a-z]{2,8} \d\d?,? \d{4})(?:[T ]\d\d?:\d\d.*)?$"
)
"""How dates look, those of no known form too."""


def form_asked(texts: Any) -> str | None:
    """Return how all texts are dates, as :func:`form_of`, also such as may be none: asked for, these are dates.

    Those are of eight digits, and numbers with a colon between that need not be times of day, as 7:05.

    >>> form_asked(pyarrow().array(["20190131"]))
    '%Y%m%d'
    """
    eight = len(texts) and all_match(texts, r"^\d{8}$") and not np.isnat(parsed(texts, _OF_DIGITS)).any()
    return _OF_DIGITS if eight else _fitting(texts)


def form_of(texts: Any) -> str | None:
    """Return how all texts are dates; None where they are not, or may well be something else.

    Numbers with a colon between are times of day where all have two digits and half of them or more minutes as
    clocks have them, 00 or 10 and more: alleles, 01:02, titres, 1:20, and verses, 3:12, are not these.

    Parameters
    ----------
    texts : array of Arrow

    Raises
    ------
    ParameterError
        If day and month could be either way.

    Examples
    --------
    >>> [
    ...     form_of(pyarrow().array(texts))
    ...     for texts in (["07:05", "14:30"], ["01:02", "15:01"], ["May 2019"])
    ... ]
    ['%H:%M', None, '%b %Y']
    """
    if not len(texts) or _OF_EACH.search(texts[0].as_py()) is None or _are_parts_of_one(texts):
        return None
    form = _fitting(texts)
    if form in CLOCKS and not _are_times_of_day(texts):
        return None
    return None if form in _MONTHS and not all_match(texts, _OF_THESE_YEARS) else form


def _fitting(texts: Any) -> str | None:
    """Return the form that all texts have; of several that in which the first is spelled."""
    first = texts[:1]
    if not len(texts):
        return None
    forms = CLOCKS if all_match(first, _OF_A_CLOCK) else _KNOWN
    fits = [form for form in forms if not np.isnat(parsed(first, form)).any()]
    fits = [form for form in fits if not np.isnat(parsed(texts, form)).any()]
    if len({form[:2] for form in fits} & {"%d", "%m"}) > 1:
        raise ParameterError(f"{texts[0].as_py()!r} may be day and month, or month and day")
    return next(
        (form for form in fits if _spelled(texts[0].as_py(), form) is not None), next(iter(fits), None)
    )


def _are_times_of_day(texts: Any) -> bool:
    """Return whether texts of the form of clocks are clearly these."""
    if all_match(texts, _WITH_A_MARK):
        return True
    return all_match(texts, _OF_TWO_DIGITS) and _are_of_tens(texts) and not _have_one_other_part(texts)


def _are_of_tens(texts: Any) -> bool:
    """Return whether half of the texts or more have 00, or 10 and more, behind a colon: alleles are counted from 1."""
    tens = np.asarray(pyarrow("compute").match_substring_regex(texts, _OF_TENS))
    return bool(2 * tens.sum() >= len(tens))


def _have_one_other_part(texts: Any) -> bool:
    """Return whether all texts end in the same minutes, and these are not those of a full hour."""
    first = texts[0].as_py()
    return _OF_ONE_OTHER_PART.fullmatch(first) is not None and all_match(texts, rf"^\d+:{first[-2:]}$")


def other_than_dates(texts: Any, counts: Array) -> int | None:
    """Return the place of a text that is not a date of a known form, where most rows look like dates; None elsewhere.

    Parameters
    ----------
    texts : array of Arrow
        Not all of them dates of one form.
    counts : array of int
        How many rows have each.

    Examples
    --------
    >>> other_than_dates(pyarrow().array(["2019-01-31", "unknown"]), np.array([9, 1]))
    1
    >>> other_than_dates(pyarrow().array(["Rome", "31.01.19"]), np.array([9, 1])) is None
    True
    """
    looks = np.asarray(pyarrow("compute").match_substring_regex(texts, _LIKE))
    if 2 * counts[looks].sum() <= counts.sum():
        return None
    form = _nearest(texts.filter(pyarrow().array(looks))[:_TRIED])
    if form is None:
        return int(np.argmax(looks))
    other = np.isnat(parsed(texts, form))
    return int(np.argmax(other if other.any() else ~looks))


def _nearest(texts: Any) -> str | None:
    """Return the form of most texts; None where none is of any."""
    known = {form: int((~np.isnat(parsed(texts, form))).sum()) for form in _KNOWN}
    best = max(known, key=known.__getitem__)
    return best if known[best] else None


def example_of(form: str) -> str:
    """Return what a date looks like.

    >>> example_of("%d.%m.%Y")
    'as 31.01.2019'
    """
    return f"as {date(2019, 1, 31).strftime('%Y-%m-%d' if form == 'iso' else form)}"


def parsed(texts: Any, form: str) -> Array:
    """Return the time of each text, in seconds; NaT for one that is not a time.

    Parameters
    ----------
    texts : array of Arrow
    form : str
        One of the forms.

    Examples
    --------
    >>> parsed(pyarrow().array(["31.01.2019", "ill"]), "%d.%m.%Y")
    array(['2019-01-31T00:00:00',                 'NaT'], dtype='datetime64[s]')
    """
    if form != "iso":
        return np.array([_of_form(text, form) for text in texts.to_pylist()], "M8[s]")
    together = _all_iso(texts) if all_match(texts, rf"^{_ISO.pattern}$") else None
    return np.array([_iso(text) for text in texts.to_pylist()], "M8[s]") if together is None else together


def _all_iso(texts: Any) -> Array | None:
    """Return all times at once; None where a text is not a time."""
    arrow, compute = pyarrow(), pyarrow("compute")
    try:
        times = compute.utf8_slice_codeunits(texts, 0, 19).cast(arrow.timestamp("s"))
    except arrow.ArrowInvalid:
        return None
    return np.asarray(times.to_numpy(zero_copy_only=False), "M8[s]")


def _iso(text: str) -> Any:
    match = _ISO.fullmatch(text)
    try:
        return np.datetime64(datetime.fromisoformat(match[1] or match[2]), "s") if match else _MISSING
    except ValueError:
        return _MISSING


def _of_form(text: str, form: str) -> Any:
    """Return the time of a text in a form, in which a month may have its name, short or long, and a clock its zone."""
    time = _spelled(text, form)
    if time is None:
        plain, short = _ZONE.sub(r"\1", text), form.replace("%B", "%b")
        if "%b" in short:
            plain = _MONTH.sub(lambda month: month[0][:3], plain)
        time = _spelled(plain, short) if (plain, short) != (text, form) else None
    return _MISSING if time is None else np.datetime64(time, "s")


def _spelled(text: str, form: str) -> datetime | None:
    try:
        return datetime.strptime(text, form)
    except ValueError:
        return None


def are_durations(texts: Any) -> bool:
    """Return whether all texts have minutes and seconds behind colons, as 26:40:00; what has one colon may be a ratio.

    >>> [
    ...     are_durations(pyarrow().array(texts))
    ...     for texts in (["26:40:00", "3:05:10"], ["3:1", "9:3"], ["24:02:01", "01:01:01"])
    ... ]
    [True, False, False]
    """
    return bool(len(texts)) and all_match(texts, _OF_A_DURATION) and _are_of_tens(texts)


def are_of_a_day(texts: Any) -> bool:
    """Return whether all texts are times of one day, of which some are its end, 24:00:00.

    >>> are_of_a_day(pyarrow().array(["24:00:00", "7:05:10"]))
    True
    """
    return all_match(texts, _OF_A_DAY)


def _are_parts_of_one(texts: Any) -> bool:
    """Return whether all texts have the same number before a colon, or 1 before a stroke, and nothing but another.

    Such are titres, 1:20, and scales, 1/2000.
    """
    before = texts[0].as_py().partition(":")[0]
    of_colons = before.isdigit() and all_match(texts, rf"^{before}:[0-9]+$")
    return len(texts) > 1 and (of_colons or all_match(texts, "^1/[0-9]+$"))
