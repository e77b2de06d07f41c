"""SIF, the simple interaction format of Cytoscape: a node, what it does, and the nodes to which it does that."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path

from hassenet.errors import DataError
from hassenet.files.content import FilePath
from hassenet.files.text import lines_of, text_of, unended
from hassenet.hierarchy.report import Count
from hassenet.readers.delimited import sheet_of, split_comments
from hassenet.readers.sheet import Row, Sheet


def is_sif(path: FilePath) -> bool:
    """Return whether a file is called so, gzipped or not; what it holds may be read as several other things.

    >>> is_sif("net.sif"), is_sif("net.sif.gz"), is_sif("net.tsv")
    (True, True, False)
    """
    name = Path(path)
    return (name.with_suffix("") if name.suffix.lower() == ".gz" else name).suffix.lower() == ".sif"


def sheet_of_sif(path: FilePath) -> Sheet:
    r"""Return a row for each edge: the first node, what it does, and one of the nodes behind.

    Cells are set apart by tabs where there are some, else by blanks. A node alone has no edge, and is counted. Where
    all lines have two cells, or one with commas, the file is a table that is called so, and read as one.

    Raises
    ------
    DataError
        If a line has a node and what it does, and no other node, or there are no edges.

    Examples
    --------
    >>> from tempfile import mkdtemp
    >>> path = Path(mkdtemp(), "net.sif")
    >>> _ = path.write_text("TP53 pp MDM2 CDKN1A\nXPA\n")
    >>> sheet = sheet_of_sif(path)
    >>> sheet.rows, str(sheet.dropped[0])
    ([(1, ('TP53', 'pp', 'MDM2')), (1, ('TP53', 'pp', 'CDKN1A'))], "nodes alone on a line: 1 ('XPA')")
    """
    text = text_of(path)
    above, body = split_comments(text)
    mark = "\t" if "\t" in body else None
    cells = (
        (k, tuple(filter(None, map(str.strip, line.split(mark))))) for k, line in enumerate(lines_of(text), 1)
    )
    lines = [(k, row) for k, row in cells if row and k > above.count("\n")]
    widths = {len(row) for _, row in lines}
    if (mark and widths == {2}) or (widths == {1} and "," in body):
        return sheet_of(path)
    rows = list(chain.from_iterable(_edges(k, row, path) for k, row in lines))
    if not rows:
        raise DataError(f"a network has edges: {str(path)!r} has none; add lines as 'TP53 pp MDM2'")
    alone = Count.of("nodes alone on a line", [row[0] for _, row in lines if len(row) == 1])
    comments = Count("lines at the head that begin with #", len([*filter(str.strip, above.split("\n"))]))
    return Sheet(
        Path(path).name,
        repr(str(path)),
        "line",
        rows,
        (unended(text, path),),
        dropped=(alone, comments),
        ends=(0, 2),
    )


def _edges(number: int, row: Sequence[str], path: FilePath) -> Iterator[Row]:
    if len(row) == 2:
        raise DataError(
            f"a line of SIF is a node, what it does, and nodes: line {number} of {str(path)!r} has 2 cells; complete it"
        )
    yield from ((number, (row[0], row[1], other)) for other in row[2:])
