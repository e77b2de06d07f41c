"""What scikit-learn may change without notice is taken from it in one place."""

from __future__ import annotations

import ast
from pathlib import Path

import hassenet

SOURCE = Path(hassenet.__file__).parent


def private_names(path: Path) -> set[str]:
    imports = (
        node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.ImportFrom)
    )
    of_scikit_learn = (node for node in imports if (node.module or "").split(".")[0] == "sklearn")
    names = {f"{node.module}.{alias.name}" for node in of_scikit_learn for alias in node.names}
    return {name for name in names if "._" in name}


def test_one_file_imports_private_names_of_scikit_learn():
    found = {path.relative_to(SOURCE).as_posix() for path in SOURCE.rglob("*.py") if private_names(path)}
    assert found == {"estimators/scikit_learn.py"}
