"""Changes to the two files of a model folder."""

from __future__ import annotations

import json
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.numpy import load as read_tensors
from safetensors.numpy import save as write_tensors

JSON, TENSORS = "model.json", "model.safetensors"
Edit = Callable[[dict[str, Any]], object]


def edit_json(folder: Path, change: Edit) -> None:
    document = json.loads((folder / JSON).read_text())
    change(document)
    (folder / JSON).write_text(json.dumps(document))


def write_signed(folder: Path, data: bytes) -> None:
    """Write tensors and their digest, so that other rules have to find the fault."""
    (folder / TENSORS).write_bytes(data)
    edit_json(folder, lambda document: document.update(digest=sha256(data).hexdigest()))


def edit_tensors(folder: Path, change: Edit) -> None:
    arrays = dict(read_tensors((folder / TENSORS).read_bytes()))
    change(arrays)
    write_signed(folder, write_tensors({name: np.ascontiguousarray(array) for name, array in arrays.items()}))
