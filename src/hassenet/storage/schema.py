"""What ``model.json`` holds, field by field."""

from __future__ import annotations

from typing import Annotated, Any, Literal, get_args

from msgspec import Meta, Struct

from hassenet.data.marks import Decimal, Thousands
from hassenet.data.temporal import Part
from hassenet.outcomes.amount import Noise
from hassenet.outcomes.count import Dispersion

JSON_NAME = "model.json"
TENSORS_NAME = "model.safetensors"
AttachmentName = Literal["costs.png", "hierarchy.png"]
ATTACHMENTS: tuple[str, ...] = get_args(AttachmentName)
"""What may stand in a model folder beside the model."""
FORMAT: Literal["hassenet"] = "hassenet"
VERSIONS: tuple[Literal[1], Literal[2], Literal[3]] = (1, 2, 3)
"""The second has ensembles, steps and what goes with them, the third a seal; folders are written as the last one."""

SEALED = 3
"""The first version with a seal."""


class Head(Struct, frozen=True):
    """What every version has: enough to tell what a file is."""

    format: str
    version: int


class NetworkRecord(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A network without its numbers.

    Attributes
    ----------
    signed : list of int
        The layers in which covers have signs; left out where there is none.
    """

    ranks: list[list[Any]]
    layers: list[Literal["complete", "sparse"]]
    activations: list[str | list[str]]
    dtype: Literal["float32", "float64"]
    signed: list[Annotated[int, Meta(ge=0)]] = []


class EnsembleRecord(Struct, frozen=True, forbid_unknown_fields=True):
    """The members of an ensemble after the first: further networks without their numbers, and which each member is.

    Attributes
    ----------
    networks : list of NetworkRecord
        Those that differ from the first member's in more than numbers.
    members : list of int
        Of each member after the first: 0 where it is like the first, else the place among ``networks``, from 1.
    """

    networks: list[NetworkRecord]
    members: list[Annotated[int, Meta(ge=0)]]


class CompleteRecord(Struct, frozen=True, forbid_unknown_fields=True, tag_field="step", tag="complete"):
    """A step that refuses gaps."""


class FillRecord(Struct, frozen=True, forbid_unknown_fields=True, tag_field="step", tag="fill"):
    """A step that fills gaps; its numbers are an array."""


class LogarithmRecord(
    Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, tag_field="step", tag="log10"
):
    """A logarithm, of all features or of those at some places."""

    offset: float
    places: list[int] | None = None


class ScalingRecord(Struct, frozen=True, forbid_unknown_fields=True, tag_field="step", tag="scaling"):
    """A scaling; its numbers are two arrays."""


class SoftClipRecord(Struct, frozen=True, forbid_unknown_fields=True, tag_field="step", tag="soft_clip"):
    """A smooth bound."""

    limit: float


StepRecord = CompleteRecord | FillRecord | LogarithmRecord | ScalingRecord | SoftClipRecord


class NumericalRecord(
    Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, tag_field="column", tag="numbers"
):
    """A column of numbers with gaps, or with marks of its own."""

    name: str
    gaps: bool
    decimal: Decimal
    thousands: Thousands
    negated: bool = False


class CategoricalRecord(
    Struct, frozen=True, forbid_unknown_fields=True, tag_field="column", tag="categories"
):
    """A column of categories."""

    name: str
    gaps: bool
    levels: list[str]
    pooled: list[str]


class TemporalRecord(Struct, frozen=True, forbid_unknown_fields=True, tag_field="column", tag="dates"):
    """A column of dates."""

    name: str
    gaps: bool
    first: str
    parts: list[Part]
    form: str


VariableRecord = NumericalRecord | CategoricalRecord | TemporalRecord


class EncodingRecord(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Features made of columns; what fills their gaps is an array. Of genotypes, the alleles of each."""

    variables: list[VariableRecord]
    alleles: list[str] = []


class AmountRecord(Struct, frozen=True, forbid_unknown_fields=True, tag_field="outcome", tag="amount"):
    """A number."""

    name: str
    noise: Noise
    mean: float
    scale: float


class ClassesRecord(Struct, frozen=True, forbid_unknown_fields=True, tag_field="outcome", tag="classes"):
    """A class."""

    name: str
    classes: list[str | int | float | bool]


class OrderedRecord(Struct, frozen=True, forbid_unknown_fields=True, tag_field="outcome", tag="ordered"):
    """A class of some that have an order."""

    name: str
    classes: list[str | int | float | bool]


class CountRecord(Struct, frozen=True, forbid_unknown_fields=True, tag_field="outcome", tag="count"):
    """A count."""

    name: str
    dispersion: Dispersion


class QuantilesRecord(Struct, frozen=True, forbid_unknown_fields=True, tag_field="outcome", tag="quantiles"):
    """Quantiles of a number."""

    name: str
    shares: list[float]
    mean: float
    scale: float


class HazardRatioRecord(Struct, frozen=True, forbid_unknown_fields=True, tag_field="outcome", tag="hazards"):
    """A time until an event; its baseline, of so many times, is three arrays."""

    name: str
    event: str
    seen: str | None
    stratum: str | None
    labels: list[str]
    rows: Annotated[int, Meta(ge=0)] | None


class IntervalHazardsRecord(
    Struct, frozen=True, forbid_unknown_fields=True, tag_field="outcome", tag="intervals"
):
    """A time until an event, in intervals."""

    name: str
    event: str
    seen: str | None
    intervals: int
    cuts: list[float]


OutcomeRecord = (
    AmountRecord
    | ClassesRecord
    | OrderedRecord
    | CountRecord
    | QuantilesRecord
    | HazardRatioRecord
    | IntervalHazardsRecord
)


class OffsetRecord(Struct, frozen=True, forbid_unknown_fields=True):
    """A column that is added to signals."""

    column: str
    is_exposure: bool


class ModelRecord(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What a Model adds to its network; what has a default is left out of a folder that does without it."""

    features: list[str]
    task: Literal["classification", "regression", "outcomes"]
    targets: list[str]
    classes: list[str | int | float | bool] | None
    scaled: bool
    log10: float | None
    metrics: dict[str, dict[str, float]]
    stopped: str
    epochs: Annotated[int, Meta(ge=0)] = 0
    steps: list[StepRecord] | None = None
    targets_scaled: bool = False
    temperature: float | None = None
    residuals: Annotated[int, Meta(ge=0)] = 0
    settings: dict[str, Any] = {}
    encoding: EncodingRecord | None = None
    outcomes: list[OutcomeRecord] = []
    offset: OffsetRecord | None = None


class BaselineRecord(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What a SurvivalModel adds to its network: how many times its baseline has, those of all strata.

    Older folders have a table in place of ``rows``, of all strata by the times of all.
    """

    rows: Annotated[int, Meta(ge=0)] | None = None
    times: Annotated[int, Meta(ge=0)] | None = None
    strata: Annotated[int, Meta(ge=1)] | None = None


class Document(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """All of ``model.json``.

    Attributes
    ----------
    digest : str
        The SHA-256 of ``model.safetensors``.
    network : NetworkRecord
        The network, or the first member of an ensemble, which adds ``ensemble``.
    baseline : BaselineRecord, optional
        Of a survival model, which has no ``model``.
    attachments : dict from str to str
        The SHA-256 of each picture that was written beside the model, by its name.
    seal : str, optional
        The SHA-256 of all bytes before this field, which is the last; from the third version on it is there.
    """

    format: Literal["hassenet"]
    version: Literal[1, 2, 3]
    digest: str
    network: NetworkRecord
    model: ModelRecord | None
    ensemble: EnsembleRecord | None = None
    attachments: dict[AttachmentName, str] = {}
    baseline: BaselineRecord | None = None
    seal: str | None = None
