"""The columns of a table as they were found, put together to an encoding."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from itertools import accumulate, chain
from types import MappingProxyType
from typing import NamedTuple, final

import numpy as np

from hassenet.data.encoding import Encoding
from hassenet.data.found import Found, LeftOut
from hassenet.data.kinds import Kind
from hassenet.data.variable import features_of
from hassenet.errors import FeatureError


@final
class Recognised(NamedTuple):
    """The columns of a table, as they were found on the rows to learn from.

    Attributes
    ----------
    encoding : Encoding
    gaps : mapping from str to float
        The share of rows that miss a value, of each column that has such rows.
    left_out : tuple of LeftOut
    amounts : tuple of int, optional
        The places of the features that are numbers and not truth values; None where all are.
    asked : mapping from str to str, optional
        What columns were asked for as.
    """

    encoding: Encoding
    gaps: dict[str, float]
    left_out: tuple[LeftOut, ...]
    amounts: tuple[int, ...] | None = None
    asked: Mapping[str, Kind] = MappingProxyType({})


def check_covariates(found: Recognised, covariates: Collection[str]) -> None:
    """Refuse covariates from which nothing is learned."""
    nothing = [one for one in found.left_out if one.name in covariates]
    if nothing:
        why = ", ".join(f"{one.name!r} is left out, {one.why}" for one in nothing)
        raise FeatureError(f"a covariate says something of each row; {why}; name another")


def joined(found: Sequence[Found | LeftOut]) -> Recognised:
    """Return the encoding of all columns that are learned from."""
    kept = [one for one in found if isinstance(one, Found)]
    features = [
        f for one in kept for f in ((one.name,) if one.variable is None else features_of(one.variable))
    ]
    encoding = Encoding(
        tuple(features),
        tuple(one.variable for one in kept if one.variable is not None),
        np.array([value for one in kept for value in one.usual], np.float64),
    )
    return Recognised(
        encoding,
        {one.name: one.gaps for one in kept if one.gaps},
        tuple(one for one in found if isinstance(one, LeftOut)),
        _amounts(encoding, kept),
    )


def _amounts(encoding: Encoding, found: Sequence[Found]) -> tuple[int, ...] | None:
    truths = {one.name for one in found if one.of_truths}
    numbers = {*encoding.plain, *(v.name for v in encoding.variables if not v.is_covering)} - truths
    places = tuple(k for k, feature in enumerate(encoding.features) if feature in numbers)
    return None if len(places) == len(encoding.features) else places


def side_by_side(parts: Sequence[Recognised]) -> Recognised:
    """Return what the columns of all parts are, one part after the other."""
    encodings = [part.encoding for part in parts]
    encoding = Encoding(
        tuple(chain.from_iterable(one.features for one in encodings)),
        tuple(chain.from_iterable(one.variables for one in encodings)),
        np.concatenate([np.empty(0), *(one.values for one in encodings)]),
    )
    starts = accumulate((len(one.features) for one in encodings), initial=0)
    amounts = tuple(start + k for start, part in zip(starts, parts, strict=False) for k in _places(part))
    return Recognised(
        encoding,
        {name: share for part in parts for name, share in part.gaps.items()},
        tuple(chain.from_iterable(part.left_out for part in parts)),
        None if len(amounts) == len(encoding.features) else amounts,
    )


def _places(found: Recognised) -> Sequence[int]:
    return range(len(found.encoding.features)) if found.amounts is None else found.amounts
