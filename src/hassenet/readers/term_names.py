"""The names of an ontology's terms, whatever its file."""

from __future__ import annotations

from hassenet.files.content import FileContent, FilePath
from hassenet.readers import obo, obographs
from hassenet.readers.foreign import kind_of


def read_names(path: FilePath) -> dict[str, str]:
    """Return the name of each term of an OBO file by its identifier, for ``H.rename``; obsolete terms are left out.

    A name that two terms have is followed by the identifier. Files of OBO Graphs (JSON) are read too.
    """
    content = FileContent.of(path)
    return (obographs if kind_of(content.text) == "JSON" else obo).names_of(content)
