"""A file that is compressed otherwise, an archive, or elsewhere is refused by what it is, by whatever reads it."""

from __future__ import annotations

import bz2
import lzma
import zipfile
from io import BytesIO, StringIO

import pytest

import hassenet as hn
from hassenet import readers
from hassenet.errors import DataError, ParameterError
from hassenet.tables import read_anndata, read_plink, read_table

# Of one file each; of others the first.
READERS = {
    name: getattr(readers, name)
    for name in readers.__all__
    if name.startswith(("read_", "format_"))
    and name
    not in {"read_codes", "read_gene_sets", "read_networkx", "read_reactome", "read_relation", "read_snps"}
} | {
    "read_codes": lambda path: readers.read_codes(path, "ATC"),
    "read_reactome": lambda path: readers.read_reactome(path, path),
    "read_snps": lambda path: readers.read_snps(path, window=5),
}
TABLES = {
    "read_table": read_table,
    "read_anndata": read_anndata,
    "read_plink": read_plink,
    "open": hn.data.open,
}


def zipped(content):
    archive = BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("file", content)
    return archive.getvalue()


OTHERWISE = {
    "bzip2": (bz2.compress, "is compressed by bzip2; unpack it, or compress it by gzip"),
    "xz": (lzma.compress, "is compressed by xz; unpack it, or compress it by gzip"),
    "zip": (zipped, "is a zip archive, as workbooks"),
    "zstd": (b"\x28\xb5\x2f\xfd".__add__, "is compressed by zstd; unpack it"),
    "pdf": (b"%PDF-1.7".__add__, "is a PDF"),
}


@pytest.mark.parametrize("name", READERS)
@pytest.mark.parametrize("how", OTHERWISE)
def test_what_is_not_text_is_refused_by_what_it_is(tmp_path, name, how):
    make, message = OTHERWISE[how]
    path = tmp_path / "file"
    path.write_bytes(make(b"child\tparent\nA\tX\nB\tX\n"))
    with pytest.raises(DataError, match=message):
        READERS[name](path)


def test_names_may_begin_as_a_compressed_file_does(tmp_path):
    path = tmp_path / "edges.tsv"
    path.write_text("BZh91AYE\tX\nB\tX\n")
    assert readers.read_edges(path).hierarchy.ranks == (("BZh91AYE", "B"), ("X",))


@pytest.mark.parametrize("name", [*READERS, *TABLES])
@pytest.mark.parametrize("address", ["https://example.org/go.obo", "s3://bucket/cells.h5ad"])
def test_the_address_of_a_file_elsewhere_is_refused_as_one(name, address):
    with pytest.raises(
        ParameterError, match="a file is on this machine; .* is an address; download it first"
    ):
        {**READERS, **TABLES}[name](address)


GIVEN = {
    "text": StringIO("a,b\n"),
    "bytes in memory": BytesIO(b"a,b\n"),
    "bytes": b"edges.csv",
    "None": None,
    "": "",
}


@pytest.mark.parametrize("name", ["read_table", "read_plink", "read_newick", "read_obo", "format_of"])
@pytest.mark.parametrize("given", GIVEN)
def test_what_is_not_a_path_is_refused_as_such(name, given):
    with pytest.raises(ParameterError, match="a file is named by its path; got"):
        {**READERS, **TABLES}[name](GIVEN[given])
