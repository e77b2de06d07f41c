"""The options that say how a table is read, which every command with a table has."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, final

import click

from hassenet.cli.place import Place

if TYPE_CHECKING:
    from hassenet.data.stream import Stream
    from hassenet.model import Model
    from hassenet.tables import Table

C = TypeVar("C", bound=Callable[..., Any])

FILE = Place(exists=True, dir_okay=False)
TABLE = Place(exists=True, dir_okay=False, allow_dash=True)
"""A file with a table, or - for standard input."""
TABLE_OR_FOLDER = Place(exists=True, allow_dash=True)
"""The same, or a folder of Parquet or Arrow."""

_WRITTEN = {"\\t": "\t", "tab": "\t", "blank": " "}
"""Marks that are hard to give to a shell."""

_OPTIONS = (
    click.option(
        "--sep",
        metavar="MARK",
        help="What stands between the columns of a text table: one character, tab, blank, or blanks (any number).  "
        "[default: as recognised]",
    ),
    click.option(
        "--decimal",
        type=click.Choice([".", ","]),
        help="The decimal mark of a text table.  [default: as recognised]",
    ),
    click.option(
        "--encoding", metavar="NAME", help="Of a text table, as utf-8 or latin-1.  [default: as recognised]"
    ),
    click.option(
        "--transpose/--no-transpose",
        default=None,
        help="Rows are variables, named in the first column, and columns are examples, as in tables of genes.  "
        "[default: where rows are clades]",
    ),
    click.option("--layer", metavar="NAME", help="Of AnnData: the layer to take.  [default: X]"),
    click.option(
        "--var-names",
        metavar="COLUMN",
        help="Of AnnData: the column of var that names the variables.  [default: its index]",
    ),
    click.option(
        "--max-columns",
        type=click.IntRange(1),
        metavar="N",
        help="The most columns that are read.  [default: 100000]",
    ),
    click.option(
        "--max-unfolded",
        type=click.FloatRange(min=0, min_open=True),
        metavar="MB",
        help="The most megabytes that a file of gzip, Parquet or Arrow may unfold to.  [default: a hundred times its "
        "size, at least 256]",
    ),
)
_TARGETS = click.option(
    "--targets",
    type=FILE,
    help="A second table, with the target: its first column has the names of the examples, which DATA has in a column "
    "called alike, or else in its first one.",
)
_CACHE = click.option(
    "--cache",
    type=Place(file_okay=False),
    metavar="FOLDER",
    help="Of a table that is read a block at a time: keep what is decoded in this folder, of its own, which takes room "
    "for all features as numbers; later epochs and runs read it from there, to the same bits. It may be removed "
    "afterwards.",
)
_SPREADSHEET = click.option(
    "--spreadsheet-safe/--no-spreadsheet-safe",
    default=None,
    help="Put an apostrophe before text that a spreadsheet would take for a formula, everywhere or nowhere.  [default: "
    "before names of elements and classes, not in what is copied]",
)


@final
@dataclass(frozen=True)
class TableOptions:
    """How a table is read, one field an option."""

    sep: str | None = None
    decimal: str | None = None
    encoding: str | None = None
    transpose: bool | None = None
    layer: str | None = None
    var_names: str | None = None
    targets: Path | None = None
    max_columns: int | None = None
    max_unfolded: float | None = None
    cache: Path | None = None

    @property
    def has_names(self) -> bool:
        """Whether the first column of what is read has the names of the examples."""
        return bool(self.transpose) or self.targets is not None

    @property
    def kept(self) -> dict[str, str]:
        """What a model keeps of it, so that its table is read the same way again: what was taken of AnnData."""
        given = {"layer": self.layer, "names of variables": self.var_names}
        return {name: value for name, value in given.items() if value is not None}

    def of(self, model: Model, path: Path) -> TableOptions:
        """Return the options for a table, with those that a model was made with where none are given."""
        from hassenet.tables.annotated import is_annotated

        kept = model.settings if is_annotated(path) else {}
        return replace(
            self,
            layer=self.layer or kept.get("layer"),
            var_names=self.var_names or kept.get("names of variables"),
        )

    @property
    def of_targets(self) -> TableOptions:
        """The options for the second table, which may be of another format."""
        return TableOptions(max_columns=self.max_columns, max_unfolded=self.max_unfolded)

    @property
    def mark(self) -> str | None:
        """What stands between the columns of a text table, as it stands there."""
        return None if self.sep is None else _WRITTEN.get(self.sep, self.sep)

    def read(self, path: Path, only: Iterable[str] | None = None) -> Table:
        """Return the table in a file, with the columns of the targets behind it.

        ``only`` are the columns that are looked at; of a table beside another one all are read.
        """
        from hassenet.tables.joining import joined

        if self.targets is None:
            return self.read_alone(path, only)
        targets = self.of_targets.read_alone(self.targets)
        return joined(self.read_alone(path), name_of(path), targets, self.targets.name)

    def read_alone(self, path: Path, only: Iterable[str] | None = None) -> Table:
        """Return the table in a file, without targets from another one."""
        from hassenet.tables import read_anndata, read_table
        from hassenet.tables.annotated import is_annotated

        if is_annotated(path):
            self._check_only("layer", "var_names")
            return read_anndata(path, layer=self.layer, names=self.var_names)
        self._check_only("sep", "decimal", "encoding", "transpose")
        return read_table(
            path,
            sep=self.mark,
            decimal=self.decimal,
            encoding=self.encoding,
            transpose=self.transpose,
            only=None if only is None else {*only},
            max_unfolded=self.max_unfolded,
            **({} if self.max_columns is None else {"max_columns": self.max_columns}),
        )

    def _check_only(self, *names: str) -> None:
        """Refuse options about tables of another format, or about those that are read a block at a time."""
        about = [name for name in _OF_FORMATS if name not in names and getattr(self, name) is not None]
        if about:
            raise click.UsageError(
                f"--{about[0].replace('_', '-')} is about {_OF_FORMATS[about[0]]}; leave it out"
            )


_OF_FORMATS = dict.fromkeys(("sep", "decimal", "encoding", "transpose"), "text tables") | dict.fromkeys(
    ("layer", "var_names"), "AnnData (.h5ad)"
)
_OF_FORMATS["cache"] = "tables that are read a block at a time: folders of Parquet or Arrow, and large files"
"""Options that not every format has."""
NAMES = tuple(field.name for field in fields(TableOptions))
"""The names of these options."""


def reading_options(command: C) -> C:
    """Give a command the options about one table."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def targets_option(command: C) -> C:
    """Give a command the option for a second table with the targets."""
    return _TARGETS(command)


def cache_option(command: C) -> C:
    """Give a command the option for a folder of decoded blocks."""
    return _CACHE(command)


def spreadsheet_option(command: C) -> C:
    """Give a command the option for tables that spreadsheets open."""
    return _SPREADSHEET(command)


def gathered(options: Mapping[str, Any]) -> dict[str, Any]:
    """Return options with those about a table as one, called ``reading``."""
    reading = TableOptions(**{name: options[name] for name in NAMES if name in options})
    return {name: value for name, value in options.items() if name not in NAMES} | {"reading": reading}


def times_in(_: click.Context, __: click.Parameter, text: str | None) -> tuple[float, ...]:
    """Return the times in ``12,24``."""
    try:
        times = () if text is None else tuple(float(part) for part in text.split(","))
    except ValueError:
        times = (-1.0,)
    if not all(0 <= time < float("inf") for time in times):
        raise click.BadParameter(f"they are numbers ≥ 0 with commas between, as 12,24; got {text!r}")
    return times


def name_of(path: Path) -> str:
    """Return what messages call a table.

    >>> name_of(Path("data/people.csv")), name_of(Path("-"))
    ('people.csv', 'standard input')
    """
    return "standard input" if str(path) == "-" else path.name


def columns_named(table: Table | Stream, texts: Iterable[str], what: str) -> tuple[str, ...]:
    """Return the columns that texts name: one each or, with commas between, several.

    Raises
    ------
    FeatureError
        If the table lacks one.
    """
    there = _without_rows(table)
    found = [name for text in texts for name in _split(there, text)]
    there.require_columns(found, what)
    return tuple(dict.fromkeys(found))


def _without_rows(table: Table | Stream) -> Table:
    """Return a table that has the columns of a stream, and no rows; a table as it is."""
    import numpy as np

    from hassenet.tables import Table

    return table if isinstance(table, Table) else Table(dict.fromkeys(map(str, table.columns), np.empty(0)))


def may_name(texts: Iterable[str]) -> set[str]:
    """Return the columns that texts may name: each as it stands, and what stands between its commas."""
    return {name for text in texts for name in (text, *(part.strip() for part in text.split(",")))}


def _split(table: Table, text: str) -> list[str]:
    """Return the names in a text; a name of a column may have commas of its own."""
    return [text] if text in table.columns or "," not in text else [name.strip() for name in text.split(",")]


def check_not_turned(table: Table, names: Iterable[str]) -> None:
    """Refuse a table of which not the columns but the rows are called so.

    Raises
    ------
    FeatureError
        If it has none of these columns, and some of them in its first one.
    """
    from hassenet.errors import FeatureError, listing

    wanted = set(names)
    if not table.columns or wanted & set(table.columns):
        return
    rows = [name for name in _first_names(table) if name in wanted]
    if rows:
        raise FeatureError(
            f"a table has a row an example and a column a variable; {listing(rows, 3)} are rows of this one; turn it: "
            "--transpose"
        )
    if _looks_turned(table):
        raise FeatureError(
            f"the target is a column of the table; there is no {listing(names, 3)}, and the rows look like variables; "
            "turn them, with the targets from another file: --transpose --targets FILE"
        )


def _first_names(table: Table) -> tuple[str, ...]:
    """Return the names in the first column, none where it holds what is not a name, as lists."""
    from hassenet.errors import DataError

    try:
        return table.names_in(table.columns[0])
    except DataError:
        return ()


def _looks_turned(table: Table) -> bool:
    """Return whether names stand in the first column, each once, and numbers in all others."""
    first, *others = table.columns
    names = _first_names(table)
    return (
        len(others) > 1
        and len(set(names)) == len(table)
        and bool(table.not_numbers([first]))
        and not table.not_numbers(others)
    )
