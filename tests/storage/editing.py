"""Changes to the two files of a model folder, which carry true digests afterwards."""

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


def seal(text: bytes) -> bytes:
    """Return the text of an object with the digest of all before it as its last field."""
    body = text.removesuffix(b"}")
    return body + b',"seal":"' + sha256(body).hexdigest().encode() + b'"}'


def resealed(document: dict[str, Any]) -> bytes:
    """Return a document as text, with a true seal if it had one."""
    others = {name: value for name, value in document.items() if name != "seal"}
    text = json.dumps(others).encode()
    return seal(text) if "seal" in document else text


def edit_json(folder: Path, change: Edit) -> None:
    document = json.loads((folder / JSON).read_text())
    change(document)
    (folder / JSON).write_bytes(resealed(document))


def write_signed(folder: Path, data: bytes) -> None:
    """Write tensors and their digest, so that other rules have to find the fault."""
    (folder / TENSORS).write_bytes(data)
    edit_json(folder, lambda document: document.update(digest=sha256(data).hexdigest()))


def edit_tensors(folder: Path, change: Edit) -> None:
    arrays = dict(read_tensors((folder / TENSORS).read_bytes()))
    change(arrays)
    write_signed(folder, write_tensors({name: np.ascontiguousarray(array) for name, array in arrays.items()}))
