"""``hassenet show``: what a model or a hierarchy is."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from hassenet.cli._guard import guarded

if TYPE_CHECKING:
    from hassenet.hierarchy import Hierarchy
    from hassenet.model import Model
    from hassenet.network import Network


@click.command()
@click.argument(
    "path", metavar="MODEL|HIERARCHY", type=click.Path(exists=True, path_type=Path), required=False
)
@click.option("--engine", is_flag=True, help="Show what computes here: engine, instruction level, threads.")
@guarded
def show(path: Path | None, engine: bool) -> None:
    """Show a model folder, or the hierarchy in an edge list (CSV or TSV: lower element, upper element).

    \b
    Examples:
      hassenet show model
      hassenet show pathways.tsv
      hassenet show --engine
    """  # noqa: D301 - click looks for the character that \b stands for
    from hassenet.engines import get_engine

    if engine:
        click.echo(get_engine().description())
    elif path is None:
        raise click.UsageError("show takes a model folder, an edge list, or --engine; give one")
    if path is not None:
        click.echo(_folder(path) if path.is_dir() else _edges(path))


def _edges(path: Path) -> str:
    from hassenet.errors import DataError
    from hassenet.readers import read_edges
    from hassenet.storage.schema import JSON_NAME, TENSORS_NAME

    takes = "show takes a model folder, or an edge list of two columns"
    if path.name in (JSON_NAME, TENSORS_NAME):
        raise DataError(f"{takes}; {path} is a file of a model; show its folder: hassenet show {path.parent}")
    try:
        H = read_edges(path)
    except DataError as error:
        raise DataError(f"{takes}; {path.name} is neither: {error}") from None
    return f"{path.name}: hierarchy\n\n{_ranks(H, None)}"


def _folder(path: Path) -> str:
    from hassenet.network import Network
    from hassenet.storage import load

    found = load(path)
    if isinstance(found, Network):
        return f"{path.name}: network\n\n{_network(found)}"
    return "\n\n".join([_about(path, found), _network(found.network), _learned(found)]).rstrip()


def _about(path: Path, model: Model) -> str:
    from hassenet.cli._text import short
    from hassenet.errors import listing

    steps = [f"log10(x + {model.log10:g})"] if model.log10 is not None else []
    steps += ["standardised"] if model.scaling is not None else []
    some = listing(map(short, model.features), 3)
    classes = f": {listing(model.classes)}" if model.classes else ""
    lines = [
        f"{path.name}: {model.task} of {listing(model.targets)}{classes}",
        f"features: {len(model.features):,} ({some})" + "".join(f", {step}" for step in steps),
    ]
    return "\n".join(lines)


def _learned(model: Model) -> str:
    from hassenet.cli._report import learned

    return learned(model)


def _network(net: Network) -> str:
    return f"{_ranks(net.hierarchy, net)}\nparameters: {net.n_parameters:,} ({net.dtype})"


def _ranks(H: Hierarchy, net: Network | None) -> str:
    from hassenet.cli._text import columns

    head = ["rank", "elements", "relays", "covers below", "density", *(["activation"] if net else [])]
    rows = [_rank(H, i) + _activation(net, i) for i in range(H.depth + 1)]
    skips = "" if H.is_graded else f"\n{H.skips.shape[1]:,} covers skip ranks: fit puts in relays for them"
    total = f"elements: {H.n_elements:,}; covers: {H.n_covers:,}; density: {H.density:.3g}"
    return f"{columns([head, *rows])}\n{total}{skips}"


def _rank(H: Hierarchy, i: int) -> list[str]:
    row = [str(i), f"{H.shape[i]:,}", f"{int(H.relays(i).sum()):,}"]
    if i == 0:
        return [*row, "", ""]
    layer = H.layers[i - 1]
    return [*row, f"{layer.n:,}", f"{layer.n / (layer.shape[0] * layer.shape[1]):.3g}"]


def _activation(net: Network | None, i: int) -> list[str]:
    if net is None:
        return []
    return [repr(net.activations[i - 1]) if i else ""]
