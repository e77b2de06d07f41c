"""What is known of the columns of a model's table, and of the directions in which its outputs go with them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable

from hassenet.data.encoding import Encoding
from hassenet.data.variable import features_of
from hassenet.errors import listing
from hassenet.hierarchy import Covariate
from hassenet.model.model import Model
from hassenet.network import Ensemble, Network, directions
from hassenet.task.columns import features_from

_SHOWN = 8


def columns_described(model: Model) -> dict[str, str]:
    """Return a name and a value of each thing to know: kinds of columns, gaps, alleles, covariates, signs, directions.

    Examples
    --------
    >>> from hassenet.data.categorical import Categorical
    >>> from hassenet.hierarchy import Hierarchy
    >>> sex = Categorical("sex", ("f", "m"))
    >>> net = Network(
    ...     Hierarchy.complete(3, 1, names=[["age", "sex=f", "sex=m"], ["ill"]]), output="sigmoid"
    ... )
    >>> encoding = Encoding(("age", "sex=f", "sex=m"), (sex,), [40.0, 1.0, 0.0])
    >>> model = Model(net, encoding.features, "classification", ("ill",), ("no", "yes"), encoding=encoding)
    >>> columns_described(model)
    {'categories': "'sex' (2 levels)"}
    """
    found = {
        **({} if model.encoding is None else _of_encoding(model.encoding)),
        "covariates": listing(_covariates(model), _SHOWN),
        "covers with a sign": _signs(Ensemble.of(model.network).heaviest),
        "directions": _ways(model),
    }
    return {name: value for name, value in found.items() if value}


def covariate_columns(model: Model) -> dict[str, tuple[Hashable, ...]]:
    """Return the covariates that each column was made into, of those that are more than a number, as a category."""
    if model.encoding is None:
        return {}
    own = {*_places(model)}
    features = {feature: k for k, feature in enumerate(model.encoding.features)}
    several = (v for v in model.encoding.variables if v.is_covering)
    return {v.name: features_of(v) for v in several if own.issuperset(features[f] for f in features_of(v))}


def _of_encoding(encoding: Encoding) -> dict[str, str]:
    kinds: dict[str, list[str]] = defaultdict(list)
    for variable in encoding.variables:
        if variable.details:
            kinds[variable.words].append(f"{variable.name!r} ({variable.details})")
    found = {kind: _some(texts) for kind, texts in kinds.items()}
    gaps = listing((v.name for v in encoding.variables if v.gaps), _SHOWN)
    alleles = [f"{f!r} ({a})" for f, a in zip(encoding.features, encoding.alleles, strict=False) if a]
    return {**found, "with gaps": gaps, "alleles, the first counted": _some(alleles)}


def _some(texts: list[str]) -> str:
    more = f" and {len(texts) - _SHOWN:,} more" if len(texts) > _SHOWN else ""
    return ", ".join(texts[:_SHOWN]) + more


def _places(model: Model) -> list[int]:
    features = Ensemble.of(model.network).heaviest.hierarchy.ranks[0]
    return [k for k, e in enumerate(features) if isinstance(e, Covariate)]


def _covariates(model: Model) -> tuple[str, ...]:
    """Return the columns that are covariates."""
    own = {model.features[k] for k in _places(model)}
    if model.encoding is None:
        return tuple(name for name in model.features if name in own)
    return tuple(c for c in model.encoding.columns if own.intersection(features_from(model.encoding, c)))


def _signs(net: Network) -> str:
    """Return how many covers activate and how many inhibit, and how many are free."""
    signs = net.plan.signs
    if signs is None or not signs.any():
        return ""
    up, down = int((signs > 0).sum()), int((signs < 0).sum())
    return f"{up:,} activate, {down:,} inhibit, {net.hierarchy.n_covers - up - down:,} are free"


def _ways(model: Model) -> str:
    """Return the features with which no output falls, and those with which none rises, in all networks."""
    found = [directions(net) for net in Ensemble.of(model.network) if net.plan.signs is not None]
    if len(found) < len(Ensemble.of(model.network).networks):
        return ""
    rank = Ensemble.of(model.network).heaviest.hierarchy.ranks[0]
    way = {f: {one.get(e, 0) for one in found} for e, f in zip(rank, model.features, strict=True)}
    up, down = ([f for f, signs in way.items() if signs == {sign}] for sign in (1, -1))
    parts = [
        f"never {what} with {listing(names, _SHOWN)}"
        for what, names in (("falls", up), ("rises", down))
        if names
    ]
    return "; ".join(parts)
