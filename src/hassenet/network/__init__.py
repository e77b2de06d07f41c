"""N = (H, F, G): a network, its parameters, and its elements as people count them."""

from __future__ import annotations

from hassenet.network.network import AffineMap, Network

__all__ = ["AffineMap", "Network"]
