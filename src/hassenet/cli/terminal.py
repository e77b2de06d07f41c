"""What reaches the terminal: text from data is shown there, and never steers it."""

from __future__ import annotations

import re

import click

# C0 and C1 controls but for the end of a line and the tab, and what turns the direction of writing.
_STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def shown(text: object) -> str:
    r"""Return a text with its control characters as they are written in Python.

    Examples
    --------
    >>> print(shown("red: \x1b[31m"))
    red: \x1b[31m
    """
    return _STEERING.sub(lambda match: match[0].encode("unicode_escape").decode(), str(text))


def echo(text: object, err: bool = False) -> None:
    """Print a line to standard output, or to standard error."""
    click.echo(shown(text), err=err)


def note(text: object) -> None:
    """Print a note to standard error."""
    echo(f"note: {text}", err=True)
