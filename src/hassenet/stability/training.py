"""One training of a study."""

from __future__ import annotations

from hassenet.data.examples import Examples
from hassenet.errors import ParameterError, TargetError
from hassenet.hierarchy import Hierarchy
from hassenet.network import Network
from hassenet.stability.recipe import Train


def trained(train: Train, H: Hierarchy, data: Examples, seed: int) -> Network:
    """Return the network that a training makes of the examples; it hears of weights and offsets where there are any."""
    beside = {"sample_weight": data.weight, "offset": data.offset}
    given = {name: value for name, value in beside.items() if value is not None}
    try:
        net = train(H, data.X, data.Y, seed, **given)
    except TargetError as error:
        raise TargetError(
            f"{error} (these are the rows that one training of the study drew; give the study more of such rows)"
        ) from None
    if not isinstance(net, Network):
        raise ParameterError(
            f"a training returns a network; {train!r} returned {type(net).__name__}; of a fit return fit(…).network"
        )
    return net
