"""Lines of cells that are set apart by tabs, as many as a line happens to have."""

from __future__ import annotations

from collections.abc import Iterator

from hassenet.files.text import lines_of
from hassenet.readers.sheet import Row


def tabbed(text: str, comment: str | None = None) -> Iterator[Row]:
    r"""Yield the cells of each line that is not blank and does not begin with ``comment``.

    Examples
    --------
    >>> list(tabbed("! a comment\nset\turl\tBRCA2\n", comment="!"))
    [(2, ('set', 'url', 'BRCA2'))]
    """
    for number, line in enumerate(lines_of(text), start=1):
        if line.strip() and not (comment and line.startswith(comment)):
            yield number, tuple([unquoted(cell.strip()) for cell in line.split("\t")])


def unquoted(cell: str) -> str:
    """Return a cell without the quotation marks around it, as R and spreadsheets put them.

    Examples
    --------
    >>> unquoted('"DNA repair"'), unquoted('"a ""cell"" cycle"'), unquoted('5"-nucleotidase')
    ('DNA repair', 'a "cell" cycle', '5"-nucleotidase')
    """
    if len(cell) < 2 or cell[0] != '"' or cell[-1] != '"':
        return cell
    return cell[1:-1].replace('""', '"').strip()


def n_comments(text: str, comment: str) -> int:
    r"""Return how many lines begin with ``comment``.

    Examples
    --------
    >>> n_comments("# a\nset\turl\tBRCA2\n# b\n", "#")
    2
    """
    return sum(line.startswith(comment) for line in lines_of(text))
