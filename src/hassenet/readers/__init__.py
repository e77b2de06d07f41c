"""Files to hierarchies: one module a format.

A reader takes a path and returns a :class:`Reading`: the :class:`~hassenet.hierarchy.Hierarchy`, and the report of what
was read, what was dropped, and why. What all formats share stands in modules below them: ``sheet`` and ``delimited``
(text to rows of cells that know their line), ``relation`` (rows to pairs) and ``building`` (pairs to a hierarchy); the
bytes of a file become text in ``hassenet.files``. A new format is one new module on top of these and one name here.
"""

from hassenet.readers.annotations import read_annotations
from hassenet.readers.clades import read_clades
from hassenet.readers.codes import read_codes
from hassenet.readers.edges import read_edges
from hassenet.readers.formats import format_of
from hassenet.readers.gene_sets import read_gmt
from hassenet.readers.graphml import read_graphml
from hassenet.readers.json import read_json
from hassenet.readers.json_graphs import read_json_graph
from hassenet.readers.lineages import read_column_lineages, read_lineages
from hassenet.readers.msigdb import read_msigdb
from hassenet.readers.networkx import read_networkx
from hassenet.readers.newick import read_newick
from hassenet.readers.obo import read_obo
from hassenet.readers.obographs import read_obographs
from hassenet.readers.ontology import read_ontology
from hassenet.readers.paths import read_paths
from hassenet.readers.reactome import read_reactome
from hassenet.readers.reading import Reading
from hassenet.readers.relation import Relation, read_relation
from hassenet.readers.set_mappings import read_gene_sets
from hassenet.readers.snps import read_snps
from hassenet.readers.taxonomy import read_taxonomy
from hassenet.readers.term_names import read_names
from hassenet.readers.topology import read_topology
from hassenet.readers.tree import read_tree
from hassenet.readers.writing import write_edges, write_graphml, write_json

__all__ = [
    "Reading",
    "Relation",
    "format_of",
    "read_annotations",
    "read_clades",
    "read_codes",
    "read_column_lineages",
    "read_edges",
    "read_gene_sets",
    "read_gmt",
    "read_graphml",
    "read_json",
    "read_json_graph",
    "read_lineages",
    "read_msigdb",
    "read_names",
    "read_networkx",
    "read_newick",
    "read_obo",
    "read_obographs",
    "read_ontology",
    "read_paths",
    "read_reactome",
    "read_relation",
    "read_snps",
    "read_taxonomy",
    "read_topology",
    "read_tree",
    "write_edges",
    "write_graphml",
    "write_json",
]
