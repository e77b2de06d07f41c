"""What ``model.json`` holds, field by field."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from msgspec import Meta, Struct

JSON_NAME = "model.json"
TENSORS_NAME = "model.safetensors"
FORMAT: Literal["hassenet"] = "hassenet"
VERSION: Literal[1] = 1


class Head(Struct, frozen=True):
    """What every version has: enough to tell what a file is."""

    format: str
    version: int


class NetworkRecord(Struct, frozen=True, forbid_unknown_fields=True):
    """A network without its numbers."""

    ranks: list[list[Any]]
    layers: list[Literal["complete", "sparse"]]
    activations: list[str | list[str]]
    dtype: Literal["float32", "float64"]


class ModelRecord(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What a Model adds to its network; ``epochs`` is left out of a folder without a history."""

    features: list[str]
    task: Literal["classification", "regression"]
    targets: list[str]
    classes: list[str | int | float | bool] | None
    scaled: bool
    log10: float | None
    metrics: dict[str, dict[str, float]]
    stopped: str
    epochs: Annotated[int, Meta(ge=0)] = 0


class Document(Struct, frozen=True, forbid_unknown_fields=True):
    """All of ``model.json``; ``digest`` is the SHA-256 of ``model.safetensors``."""

    format: Literal["hassenet"]
    version: Literal[1]
    digest: str
    network: NetworkRecord
    model: ModelRecord | None
