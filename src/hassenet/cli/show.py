"""``hassenet show``: what a model or a hierarchy is."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from hassenet.cli.guard import guarded
from hassenet.cli.place import Place
from hassenet.cli.terminal import echo

if TYPE_CHECKING:
    from hassenet.model import Model
    from hassenet.network import Ensemble, Network


@click.command()
@click.argument("path", metavar="MODEL|HIERARCHY", type=Place(exists=True), required=False)
@click.option("--engine", is_flag=True, help="Show what computes here: engine, instruction level, threads.")
@guarded
def show(path: Path | None, engine: bool) -> None:
    """Show a model folder, or the hierarchy in a file: an edge list, or one of the formats of hassenet hierarchy.

    \b
    Examples:
      hassenet show model
      hassenet show pathways.tsv
      hassenet show --engine
    """  # noqa: D301 - click looks for the character that \b stands for
    from hassenet.engines import get_engine

    if engine:
        echo(get_engine().description())
    elif path is None:
        raise click.UsageError("show takes a model folder, a file with a hierarchy, or --engine; give one")
    if path is not None:
        echo(_folder(path) if path.is_dir() else _hierarchy(path))


def _hierarchy(path: Path) -> str:
    from hassenet.cli.hierarchy.reading import ReadingOptions, read
    from hassenet.cli.ranks import ranks
    from hassenet.errors import DataError, HierarchyError
    from hassenet.storage.schema import JSON_NAME, TENSORS_NAME

    takes = "show takes a model folder, or a file with a hierarchy"
    others = (
        "options are those of hassenet hierarchy, which reads it too; a table of data is for hassenet fit"
    )
    if path.name in (JSON_NAME, TENSORS_NAME):
        raise DataError(f"{takes}; {path} is a file of a model; show its folder: hassenet show {path.parent}")
    try:
        H, report = read([path], ReadingOptions())
    except (DataError, HierarchyError) as error:
        remedy = f"; {others}" if "--" in str(error) else ""
        raise DataError(f"{takes}; {path.name} is neither: {error}{remedy}") from None
    return f"{path.name}: hierarchy\n\n{report}\n\n{ranks(H)}"


def _folder(path: Path) -> str:
    from hassenet.model import Model
    from hassenet.network import Network
    from hassenet.storage import load
    from hassenet.survival import SurvivalModel

    found = load(path)
    if isinstance(found, Model):
        parts = [_about(path, found), _network(found.network), _described(found), _summary(found)]
        return "\n\n".join(part for part in parts if part)
    if isinstance(found, SurvivalModel):
        model = Model.of(found)
        return "\n\n".join([_about(path, model), f"{found.baseline}", _network(found.network)])
    kind = "network" if isinstance(found, Network) else "ensemble"
    return f"{path.name}: {kind}\n\n{_network(found)}"


def _about(path: Path, model: Model) -> str:
    from hassenet.cli.text import short
    from hassenet.errors import listing
    from hassenet.model.columns import columns_described

    some = listing(map(short, model.features), 3)
    classes = f": {listing(model.classes)}" if model.classes else ""
    lines = [
        f"{path.name}: {model.what}{classes}",
        f"features: {len(model.features):,} ({some})" + model.preparation.words,
    ]
    lines += [f"{name}: {value}" for name, value in columns_described(model).items()]
    return "\n".join(lines)


def _described(model: Model) -> str:
    """Return what was chosen, a line each."""
    from hassenet.model.described import described

    return "\n".join(f"{name}: {value}" for name, value in described(model).items())


def _summary(model: Model) -> str:
    from hassenet.cli.fit.summary import summary

    return summary(model)


def _network(net: Network | Ensemble) -> str:
    from hassenet.cli.ranks import ranks
    from hassenet.network import Ensemble

    several = _several(net) if isinstance(net, Ensemble) else ""
    one = Ensemble.of(net).heaviest
    return f"{several}{ranks(one.hierarchy, one)}\nparameters: {net.n_parameters:,} ({net.dtype})"


def _several(ensemble: Ensemble) -> str:
    """Return how many networks there are, and which of them the table of ranks is of."""
    from hassenet.errors import counted

    kinds = {net.hierarchy.shape for net in ensemble}
    alike = "alike" if len(kinds) == 1 else f"of {counted(len(kinds), 'shape')}; the one that counts most:"
    return f"{counted(len(ensemble), 'network')}, whose outputs are averaged, {alike}\n"
