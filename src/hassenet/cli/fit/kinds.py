"""What the user says that columns are."""

from __future__ import annotations

from hassenet.cli.fit.source import Source
from hassenet.cli.reading import columns_named
from hassenet.data.kinds import Kind
from hassenet.data.stream import Stream
from hassenet.errors import ParameterError
from hassenet.tables import Table


def kinds_of(table: Table | Stream, o: Source) -> dict[str, Kind]:
    """Return what columns are asked for as, by their names.

    Raises
    ------
    FeatureError
        If the table lacks one.
    ParameterError
        If one is asked for as two kinds.
    """
    found: dict[str, Kind] = {}
    asked: dict[Kind, tuple[str, ...]] = {"category": o.categorical, "number": o.numerical, "date": o.date}
    for kind, texts in asked.items():
        for name in columns_named(table, texts, f"a {kind}"):
            if found.setdefault(name, kind) != kind:
                raise ParameterError(
                    f"a column is of one kind; {name!r} is asked for as a {found[name]} and as a {kind}; give one of "
                    "the two"
                )
    return found
