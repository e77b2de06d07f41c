"""N = (H, F, G): a network, its parameters, and its elements as people count them."""

from hassenet.network.directions import directions, monotone
from hassenet.network.ensemble import Ensemble
from hassenet.network.initialisation import initial_theta
from hassenet.network.network import AffineMap, Network
from hassenet.network.orientation import oriented
from hassenet.network.parameters import Parameters
from hassenet.network.vanishing import prune, vanished

__all__ = [
    "AffineMap",
    "Ensemble",
    "Network",
    "Parameters",
    "directions",
    "initial_theta",
    "monotone",
    "oriented",
    "prune",
    "vanished",
]
