"""What many names are looked up in is made once: else the time grows with the square of the columns."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import hassenet as hn
from hassenet.data import stream as streams
from hassenet.tables import read_table

SOURCES = sorted((Path(__file__).parents[1] / "src").rglob("*.py"))
_MADE = re.compile(r"\bin (set|list|tuple|frozenset|sorted)\(|\bin \{\*")
_MAKERS = {"set", "list", "tuple", "frozenset", "sorted"}


def made_for_each(text: str) -> Iterator[str]:
    """Yield what comprehensions look up in collections that are made for each item."""
    for node in ast.walk(ast.parse(text)):
        for condition in (test for one in getattr(node, "generators", ()) for test in one.ifs):
            for compared in (part for part in ast.walk(condition) if isinstance(part, ast.Compare)):
                yield from (ast.unparse(compared) for place in compared.comparators if _is_made(place))


def _is_made(place: ast.expr) -> bool:
    if isinstance(place, ast.Set):
        return any(isinstance(part, ast.Starred) for part in place.elts)
    return isinstance(place, ast.Call) and isinstance(place.func, ast.Name) and place.func.id in _MAKERS


def test_a_collection_in_which_many_names_are_looked_up_is_made_once():
    texts = {path.name: text for path in SOURCES if _MADE.search(text := path.read_text("utf-8"))}
    found = {name: [*made_for_each(text)] for name, text in texts.items()}
    assert {name: places for name, places in found.items() if places} == {}
    assert [*made_for_each("[n for n in x if n not in {*a, 1} and n in set(b)]")] == [
        "n not in {*a, 1}",
        "n in set(b)",
    ]


@pytest.fixture
def wide(tmp_path):
    columns = {f"x{k}": np.arange(3.0) for k in range(30)}
    pq.write_table(pa.table(columns), tmp_path / "x.parquet")
    return tmp_path / "x.parquet"


def test_the_columns_of_a_file_are_looked_up_together(wide, monkeypatch):
    asked = []
    schema = pq.ParquetFile.schema_arrow.fget
    counted = property(lambda file: asked.append(file) or schema(file))
    monkeypatch.setattr(pq.ParquetFile, "schema_arrow", counted)
    assert len(read_table(wide).columns) == 30
    assert len(asked) < 9


def test_the_columns_of_a_block_are_looked_up_together(wide, monkeypatch):
    stream, asked = hn.data.open(wide), []
    columns_of = streams.columns_of
    monkeypatch.setattr(streams, "columns_of", lambda block: asked.append(block) or columns_of(block))
    assert stream.sample().columns == stream.features
    assert len(asked) == len(stream.source.sizes) == 1
