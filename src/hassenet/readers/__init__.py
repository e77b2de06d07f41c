"""Files to hierarchies: one module a format.

A reader takes a path and returns a :class:`~hassenet.hierarchy.Hierarchy`. What all formats share stands in
two modules below them: ``_text`` (bytes of a file, gzipped or not, to text) and ``_table`` (text to rows of
cells that know their line). A new format is one new module on top of these and one name here.
"""

from hassenet.readers.edges import read_edges
from hassenet.readers.lineages import read_column_lineages, read_lineages

__all__ = ["read_column_lineages", "read_edges", "read_lineages"]
