"""XML that declares entities or refers to another file is refused before it is read, whatever the parser would do."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from hassenet.errors import DataError
from hassenet.files.xml import check_declarations
from hassenet.hierarchy import Hierarchy
from hassenet.readers import read_graphml, write_graphml

H = Hierarchy.from_covers([("a", "b")])
LAUGHS = "".join(f'<!ENTITY l{k} "{f"&l{k - 1};" * 10 if k else "ha"}">\n' for k in range(30))
DECLARATIONS = {
    "entities of entities": f"<!DOCTYPE graphml [\n{LAUGHS}]>",
    "one entity that nothing uses": '<!DOCTYPE graphml [<!ENTITY a "b">]>',
    "a file of this machine": '<!DOCTYPE graphml [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
    "an address": '<!DOCTYPE graphml [<!ENTITY a PUBLIC "x" "http://127.0.0.1:9/x">]>',
    "an entity of parameters": '<!DOCTYPE graphml [<!ENTITY % a "<!ELEMENT graphml ANY>"> %a;]>',
    "a DTD in another file": '<!DOCTYPE graphml SYSTEM "graphml.dtd">',
    "a public DTD": '<!DOCTYPE graphml PUBLIC "-//X//Y" "http://127.0.0.1:9/graphml.dtd">',
}


def declaring(path: Path, declaration: str, encoding: str = "utf-8") -> Path:
    write_graphml(H, path)
    text = path.read_text("utf-8")
    start = text.index("<graphml")
    head = f'<?xml version="1.0" encoding="{encoding}"?>\n'
    path.write_bytes((head + declaration + text[start:]).encode(encoding))
    return path


@pytest.mark.parametrize("what", DECLARATIONS)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_declarations_are_refused_by_their_line(tmp_path, what, encoding):
    path = declaring(tmp_path / "H.graphml", DECLARATIONS[what], encoding)
    with pytest.raises(DataError, match="XML declares no entities and refers to no other file: line [23] "):
        read_graphml(path)


def test_declarations_in_a_gzipped_file_are_refused_too(tmp_path):
    path = declaring(tmp_path / "H.graphml", DECLARATIONS["entities of entities"])
    zipped = tmp_path / "H.graphml.gz"
    zipped.write_bytes(gzip.compress(path.read_bytes()))
    with pytest.raises(DataError, match="declares the entity 'l0'"):
        read_graphml(zipped)


@pytest.mark.parametrize("declaration", ["", "<!DOCTYPE graphml>", "<!-- <!ENTITY a 'b'> -->"])
def test_files_without_are_read(tmp_path, declaration):
    assert read_graphml(declaring(tmp_path / "H.graphml", declaration)).hierarchy == H


@pytest.mark.parametrize(
    "content", [b"", b"no XML", b"<a", b'<?xml version="1.0" encoding="nowhere"?><a/>', b"\xff\xfe<"]
)
def test_what_is_wrong_otherwise_is_left_to_the_reader(content):
    assert check_declarations(content) is None
