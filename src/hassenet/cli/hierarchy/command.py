"""``hassenet hierarchy``: files in any format to a hierarchy, its report, and a file that every command reads."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from hassenet.cli.guard import guarded
from hassenet.cli.hierarchy.bounds import bounds, kinds
from hassenet.cli.place import Place
from hassenet.cli.reading import spreadsheet_option
from hassenet.cli.terminal import echo

if TYPE_CHECKING:
    from hassenet.cli.hierarchy.reading import ReadingOptions
    from hassenet.cli.hierarchy.shaping import ShapingOptions
    from hassenet.hierarchy import Hierarchy
    from hassenet.hierarchy.report import Report

_FILE = Place(exists=True, dir_okay=False)
NAMES_OF_FORMATS = (
    "edges",
    "gmt",
    "reactome",
    "obo",
    "graphml",
    "json",
    "json-graph",
    "obographs",
    "msigdb",
    "tree",
    "newick",
    "lineages",
    "taxonomy",
    "clades",
    "snps",
    "columns",
    "paths",
    "codes",
    "ontology",
    "topology",
)
ASPECTS = ("biological_process", "molecular_function", "cellular_component")


@click.command()
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=_FILE)
@click.option(
    "--out",
    type=Place(dir_okay=False),
    help="File to make: .csv, .tsv, .json or .graphml, each also with .gz.  [default: only the report]",
)
@click.option(
    "--format", "format_", type=click.Choice(NAMES_OF_FORMATS), help="[default: that of the first file]"
)
@click.option(
    "--lower", metavar="COLUMN", help="Of edges, relations: the lower element, by name or by number from 0."
)
@click.option("--upper", metavar="COLUMN", help="Of edges, relations: the upper element.")
@click.option(
    "--where",
    multiple=True,
    metavar="COLUMN=VALUE,…",
    help="Of edges, relations: the lines to read; may be repeated.",
)
@click.option(
    "--split", metavar="TEXT", help="Of edges, relations: what stands between names in one cell, as ';'."
)
@click.option(
    "--sign",
    metavar="COLUMN",
    help="Of edges, relations: what activates (1) and what inhibits (-1); or two columns of 1 and 0, PLUS,MINUS.",
)
@click.option(
    "--relation",
    type=click.Choice(["order", "covers"]),
    help="Of edges: any order, or covers alone.  [default: order]",
)
@click.option("--feature-columns", metavar="FEATURE,ELEMENT", help="Of a table of features: its two columns.")
@click.option(
    "--feature-where",
    multiple=True,
    metavar="COLUMN=VALUE,…",
    help="Of a table of features: the lines to read; may be repeated.",
)
@click.option(
    "--feature-split", metavar="TEXT", help="Of a table of features: what stands between names in a cell."
)
@click.option(
    "--feature",
    type=click.Choice(["symbol", "identifier"]),
    help="Of annotations (GAF): what features are called.  [default: symbol]",
)
@click.option(
    "--without-evidence",
    multiple=True,
    metavar="CODE,…",
    help="Of annotations: those to leave out, as IEA,ND; may be repeated.",
)
@click.option(
    "--aspect", type=click.Choice(ASPECTS), help="Of annotations (GAF): those to keep.  [default: all]"
)
@click.option(
    "--sep", help="Of lineages, taxonomies, trees: what stands between levels.  [default: |, ; or |, /]"
)
@click.option(
    "--columns",
    metavar="COLUMN,…",
    help="Of paths: the columns from features to the root.  [default: all, in order]",
)
@click.option(
    "--relations",
    multiple=True,
    metavar="NAME,…",
    help='Of OBO: what means "lies below"; may be repeated.  [default: is_a, part_of]',
)
@click.option(
    "--namespace",
    multiple=True,
    metavar="NAME,…",
    help="Of OBO: the terms to keep; may be repeated.  [default: all]",
)
@click.option(
    "--sets", type=click.Choice(["name", "identifier"]), help="Of GMT: what sets are called.  [default: name]"
)
@click.option("--system", type=click.Choice(["ATC", "ICD-10", "MeSH"]), help="Of codes: how they are made.")
@click.option("--window", type=int, metavar="BASES", help="Of SNPs: how far around a gene they belong to it.")
@click.option("--species", metavar="LETTERS", help="Of Reactome: the species in identifiers.  [default: HSA]")
@click.option(
    "--arrows",
    type=click.Choice(["up", "down"]),
    help="Of graphs: where edges lead.  [default: up, lower to upper]",
)
@click.option(
    "--label", metavar="ATTRIBUTE", help="Of graphs: what names the nodes.  [default: their identifiers]"
)
@click.option("--name", metavar="KEY", help='Of trees in JSON: what names the objects.  [default: "name"]')
@click.option(
    "--rank",
    type=click.Choice(["below", "above"]),
    help="Longest chain from below, or from above.  [default: below]",
)
@click.option(
    "--measurements",
    callback=kinds,
    metavar="KIND,…",
    help='Put what was measured below each feature, called "FEATURE KIND".',
)
@click.option("--features", type=_FILE, metavar="TABLE", help="Keep what the columns of this table reach.")
@click.option("--between", callback=bounds, metavar="LOW:HIGH", help="Keep the features and these ranks.")
@click.option(
    "--prune",
    callback=bounds,
    metavar="FEWEST:MOST",
    help="Drop elements with fewer or with more features below; one of the two may be left out.",
)
@click.option("--keep", multiple=True, metavar="ELEMENT", help="Of --prune: keep it anyway; may be repeated.")
@click.option("--collapse", is_flag=True, help="Make each chain one element.")
@click.option("--thin", is_flag=True, help="Drop elements with one cover below and one above.")
@click.option(
    "--rerank",
    type=click.Choice(["below", "above"]),
    help="Rank anew what is left, from below or from above.",
)
@click.option("--rankings", is_flag=True, help="Print how many relays each choice of rank would need.")
@click.option("--strict", is_flag=True, help="Refuse what does not fit, instead of leaving it out.")
@spreadsheet_option
@click.option("--force", is_flag=True, help="Replace a file that is there.")
@click.option("--quiet", is_flag=True, help="Print errors only.")
@guarded
def hierarchy(
    files: tuple[Path, ...],
    out: Path | None,
    strict: bool,
    rankings: bool,
    spreadsheet_safe: bool | None,
    force: bool,
    quiet: bool,
    **options: Any,
) -> None:
    """Read a hierarchy, reduce it to its covers, shape it, say what was dropped and why, and write it.

    FILES are, for each format: EDGES [FEATURES]; GRAPH [FEATURES] (GraphML, JSON); SETS [RELATIONS] (GMT, MSigDB); for
    reactome GMT RELATIONS [NAMES]; ONTOLOGY [ANNOTATIONS] (OBO, OBO Graphs); BIM [GENES] [HIERARCHY] (SNPs); one file
    otherwise. All may be gzipped. An
    option that is not of the format is refused.

    Steps of shaping are taken in the order --measurements, --features, --between, --prune, --collapse, --thin,
    --rerank, whatever the order on the command line. For another order write the hierarchy and read it again.

    \b
    Examples:
      hassenet hierarchy pathways.tsv
      hassenet hierarchy go.obo goa_human.gaf.gz --namespace biological_process \\
        --prune 10:500 --thin --rerank below --out go.tsv.gz
      hassenet hierarchy ReactomePathways.gmt ReactomePathwaysRelation.txt ReactomePathways.txt \\
        --features genes.csv --out reactome.tsv
    """  # noqa: D301 - click looks for the character that \b stands for
    from hassenet.cli.hierarchy.output import Output
    from hassenet.cli.hierarchy.reading import read
    from hassenet.cli.hierarchy.shaping import shaped

    output = None if out is None else Output.of(out, force, bool(spreadsheet_safe))
    reading_options, shaping_options = _sorted(options, strict)
    H, report = read(files, reading_options)
    H, reports = shaped(H, shaping_options.steps)
    if strict:
        for step in reports:
            step.check()
    # The lines are made first, so that no file is left where that fails.
    lines = [] if quiet else _printed(H, [report, *reports], rankings, out)
    if output is not None:
        output.write(H)
    if lines:
        echo("\n".join(lines))


def _sorted(options: dict[str, Any], strict: bool) -> tuple[ReadingOptions, ShapingOptions]:
    """Return the options of reading, and those of shaping."""
    from hassenet.cli.hierarchy.output import columns_of
    from hassenet.cli.hierarchy.reading import ReadingOptions
    from hassenet.cli.hierarchy.shaping import ShapingOptions

    names = ("measurements", "between", "prune", "keep", "collapse", "thin", "rerank")
    of_shaping, table = {name: options.pop(name) for name in names}, options.pop("features")
    columns = None if table is None else columns_of(table)
    reading = ReadingOptions(format=options.pop("format_"), strict=strict, **options)
    return reading, ShapingOptions(columns=columns, **of_shaping)


def _printed(H: Hierarchy, reports: list[Report], rankings: bool, out: Path | None) -> list[str]:
    """Return the lines that are printed."""
    from hassenet import shaping
    from hassenet.cli.ranks import ranks

    choices = [f"\n{shaping.rankings(H)}"] if rankings else []
    return [*map(str, reports), "", ranks(H), *choices, *([f"written: {out}"] if out else [])]
