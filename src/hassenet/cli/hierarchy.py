"""``hassenet hierarchy``: files in any format to a hierarchy, its report, and a file that every command reads."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from hassenet.cli._guard import guarded

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
NAMES_OF_FORMATS = (
    "edges",
    "gmt",
    "reactome",
    "obo",
    "graphml",
    "json",
    "tree",
    "lineages",
    "columns",
    "paths",
    "ontology",
)


@click.command()
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=_FILE)
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    help="File to make: .csv, .tsv, .json or .graphml, each also with .gz.  [default: only the report]",
)
@click.option(
    "--format", "format_", type=click.Choice(NAMES_OF_FORMATS), help="[default: told by the first file]"
)
@click.option("--features", type=_FILE, metavar="TABLE", help="Keep what the columns of this table reach.")
@click.option("--lower", metavar="COLUMN", help="Of edges: the lower element, by name or by number from 0.")
@click.option("--upper", metavar="COLUMN", help="Of edges: the upper element.")
@click.option(
    "--where", multiple=True, metavar="COLUMN=VALUE,…", help="Of edges: the lines to read; may be repeated."
)
@click.option("--feature-columns", metavar="FEATURE,ELEMENT", help="Of a table of features: its two columns.")
@click.option(
    "--feature-where",
    multiple=True,
    metavar="COLUMN=VALUE,…",
    help="Of a table of features: the lines to read; may be repeated.",
)
@click.option("--sep", help="Of lineages: what stands between levels.  [default: |]")
@click.option(
    "--relations",
    multiple=True,
    metavar="NAME",
    help='Of OBO: what means "lies below"; may be repeated.  [default: is_a, part_of]',
)
@click.option(
    "--namespace",
    multiple=True,
    metavar="NAME",
    help="Of OBO: the terms to keep; may be repeated.  [default: all]",
)
@click.option(
    "--sets", type=click.Choice(["name", "identifier"]), help="Of GMT: what sets are called.  [default: name]"
)
@click.option(
    "--rank",
    type=click.Choice(["below", "above"]),
    help="Longest chain from below, or from above.  [default: below]",
)
@click.option("--strict", is_flag=True, help="Refuse what does not fit, instead of leaving it out.")
@click.option("--force", is_flag=True, help="Replace a file that is there.")
@click.option("--quiet", is_flag=True, help="Print errors only.")
@guarded
def hierarchy(
    files: tuple[Path, ...],
    out: Path | None,
    features: Path | None,
    force: bool,
    quiet: bool,
    format_: str | None,
    **options: Any,
) -> None:
    """Read a hierarchy, reduce it to its covers, say what was dropped and why, and write it.

    FILES are, for each format: EDGES [FEATURES]; GMT [RELATIONS]; for reactome GMT RELATIONS [NAMES]; OBO
    [ANNOTATIONS]; one file otherwise. All may be gzipped.

    \b
    Examples:
      hassenet hierarchy pathways.tsv
      hassenet hierarchy go.obo goa_human.gaf.gz --namespace biological_process --out go.tsv.gz
      hassenet hierarchy ReactomePathways.gmt ReactomePathwaysRelation.txt ReactomePathways.txt \\
        --features genes.csv --out reactome.tsv
    """  # noqa: D301 - click looks for the character that \b stands for
    from hassenet.cli._hierarchy import Output, columns_of
    from hassenet.cli._reading import ReadingOptions, read, restriction, shaped

    output = None if out is None else Output.of(out, force)
    steps = [] if features is None else [restriction(columns_of(features))]
    reading = read(files, ReadingOptions(format=format_, **options))
    H, reports = shaped(reading, steps)
    if options["strict"]:
        for report in reports:
            report.check()
    if output is not None:
        output.write(H)
    if not quiet:
        from hassenet.cli._ranks import ranks

        click.echo("\n".join([*map(str, reports), "", ranks(H), *([f"written: {out}"] if out else [])]))
