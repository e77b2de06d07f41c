"""An encoding as a record and an array, and back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from numpy.typing import NDArray

from hassenet.data.categorical import Categorical
from hassenet.data.encoding import Encoding
from hassenet.data.marks import Marks
from hassenet.data.numerical import Numerical
from hassenet.data.temporal import Temporal
from hassenet.data.variable import Variable
from hassenet.errors import StorageError
from hassenet.storage.schema import (
    CategoricalRecord,
    EncodingRecord,
    NumericalRecord,
    TemporalRecord,
    VariableRecord,
)
from hassenet.storage.tensors import Arrays, Expected

_NAME = "encoding.values"


def record_of(encoding: Encoding | None) -> EncodingRecord | None:
    """Return what ``model.json`` says of an encoding.

    Raises
    ------
    StorageError
        If a variable is not one of the library's.
    """
    return (
        None
        if encoding is None
        else EncodingRecord([_record(v) for v in encoding.variables], list(encoding.alleles))
    )


def _record(variable: Variable) -> VariableRecord:
    match variable:
        case Numerical(name=name, gaps=gaps, marks=marks, negated=negated):
            return NumericalRecord(name, gaps, *marks, negated)
        case Categorical(name=name, gaps=gaps, levels=levels, pooled=pooled):
            return CategoricalRecord(name, gaps, list(levels), list(pooled))
        case Temporal(name=name, gaps=gaps, first=first, parts_used=parts, form=form):
            return TemporalRecord(name, gaps, first, list(parts), form)
    raise StorageError(
        f"the variables that can be saved are those of the library; got a {type(variable).__name__}; encode it before"
    )


def arrays_of(encoding: Encoding | None) -> dict[str, NDArray[Any]]:
    """Return the numbers that fill gaps."""
    return {} if encoding is None else {_NAME: encoding.values}


def expected(record: EncodingRecord | None, n: int) -> dict[str, Expected]:
    """Return the array that an encoding of n features must have."""
    return {} if record is None else {_NAME: Expected("float64", (n,))}


def encoding_from(record: EncodingRecord | None, arrays: Arrays, features: Sequence[str]) -> Encoding | None:
    """Return the encoding of a record and its array.

    Raises
    ------
    HassenetError
        If it breaks a rule of encodings.
    """
    if record is None:
        return None
    variables = tuple(map(_variable, record.variables))
    return Encoding(tuple(features), variables, arrays[_NAME], tuple(record.alleles))


def _variable(record: VariableRecord) -> Variable:
    match record:
        case NumericalRecord():
            marks = Marks(record.decimal, record.thousands)
            return Numerical(record.name, record.gaps, marks, record.negated)
        case CategoricalRecord():
            return Categorical(record.name, tuple(record.levels), record.gaps, tuple(record.pooled))
        case TemporalRecord():
            return Temporal(record.name, record.first, tuple(record.parts), record.form, record.gaps)
