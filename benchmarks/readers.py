"""Seconds and memory to read, reduce and rank Reactome and the Gene Ontology, and the relays that each rank needs.

    python benchmarks/readers.py FOLDER

FOLDER holds, somewhere below it and gzipped or not, what the two projects give out: ReactomePathways.gmt,
ReactomePathwaysRelation.txt and ReactomePathways.txt; go-basic.obo or go.obo with goa_human.gaf. In place of the last
two it takes go_edges.tsv (child, parent, relation, namespace) and human_symbol2go.tsv (symbol, term, evidence,
namespace). Each row is a process of its own on one core: seconds from the files to the hierarchy, how many of them the
processor worked for it, and the peak of its memory beyond that of the imports.
"""

from __future__ import annotations

import os

os.environ["OMP_NUM_THREADS"] = "1"

import argparse
import json
import resource
import subprocess
import sys
from collections.abc import Callable, Sequence
from itertools import chain
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

from hassenet import readers
from hassenet.readers import Reading

PROCESS = "biological_process"
RANKS = ("below", "above")


def reactome(files: Sequence[Path], rank: Any) -> Reading:
    return readers.read_reactome(*files, rank=rank)


def obo(files: Sequence[Path], rank: Any) -> Reading:
    ontology, annotations = files
    return readers.read_obo(ontology, namespace=PROCESS, annotations=annotations, rank=rank)


def edges(files: Sequence[Path], rank: Any) -> Reading:
    terms, genes = files
    features = readers.read_relation(genes, lower=0, upper=1, where={3: "BP"})
    chosen = {2: {"isa", "part of"}, 3: "BP"}
    return readers.read_edges(terms, lower=0, upper=1, where=chosen, features=features, rank=rank)


WORKLOADS: dict[str, tuple[Callable[..., Reading], tuple[str, ...]]] = {
    "Reactome": (reactome, ("ReactomePathways.gmt", "ReactomePathwaysRelation.txt", "ReactomePathways.txt")),
    "GO, basic OBO and GAF": (obo, ("go-basic.obo", "goa_human.gaf")),
    "GO, OBO and GAF": (obo, ("go.obo", "goa_human.gaf")),
    "GO, tables": (edges, ("go_edges.tsv", "human_symbol2go.tsv")),
}


def found(folder: Path, names: Sequence[str]) -> list[Path]:
    """Return the files of a workload, or none if one is not there."""
    places = [next(chain(folder.rglob(name), folder.rglob(f"{name}.gz")), None) for name in names]
    return [] if None in places else [place for place in places if place is not None]


def measure(name: str, rank: str, files: Sequence[Path]) -> dict[str, Any]:
    """Read, reduce and rank; called in a process of its own."""
    start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began, worked = perf_counter(), process_time()
    H, report = WORKLOADS[name][0](files, rank)
    seconds, processor = perf_counter() - began, process_time() - worked
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began = perf_counter()
    graded = H.graded()
    return {
        "name": name,
        "rank": rank,
        "report": str(report),
        "elements": H.n_elements,
        "covers": H.n_covers,
        "depth": H.depth,
        "shape": H.shape,
        "relays": graded.n_elements - H.n_elements,
        "seconds": seconds,
        "processor_seconds": processor,
        "seconds_of_grading": perf_counter() - began,
        "megabytes": (peak - start) / 1024,
        "megabytes_of_imports": start / 1024,
    }


def shown(row: dict[str, Any]) -> str:
    counts = f"elements {row['elements']:,}; covers {row['covers']:,}; depth {row['depth']}"
    read = (
        f"{row['seconds']:.2f} s to read, reduce and rank, {row['processor_seconds']:.2f} s of them at work"
    )
    memory = f"{row['megabytes']:.0f} MB beyond {row['megabytes_of_imports']:.0f} MB of imports"
    return (
        f"{row['name']}, rank {row['rank']}\n"
        f"  {counts}; shape {row['shape']}\n"
        f"  {read}; {memory}\n"
        f"  {row['relays']:,} relays, put in within {row['seconds_of_grading']:.2f} s"
    )


def apart(name: str, rank: str, files: Sequence[Path]) -> dict[str, Any]:
    """Measure in another process."""
    command = [sys.executable, __file__, "--one", name, rank, *map(str, files)]
    return dict(json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout))


def print_rows(name: str, files: Sequence[Path]) -> None:
    """Print the report of a workload, and its figures with each rank."""
    for rank in RANKS:
        row = apart(name, rank, files)
        print(row["report"] + "\n" if rank == RANKS[0] else "", shown(row), "", sep="\n", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--one", nargs="+", help=argparse.SUPPRESS)
    o = parser.parse_args()
    if o.one:
        name, rank, *files = o.one
        print(json.dumps(measure(name, rank, [Path(file) for file in files])))
        return
    if o.folder is None:
        parser.error("give the folder of the files")
    for name, (_, names) in WORKLOADS.items():
        files = found(o.folder, names)
        if files:
            print_rows(name, files)


if __name__ == "__main__":
    main()
