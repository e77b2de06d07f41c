"""Hierarchies made from hierarchies: pure functions, each with a report that says in numbers what changed.

A step takes a :class:`~hassenet.hierarchy.Hierarchy` and returns :class:`Shaped`, the new hierarchy and the report.
Steps look through relays: they change the order, and what was graded is graded again afterwards.
"""

from hassenet.shaping.collapsing import Merged, collapse
from hassenet.shaping.covariates import covariates
from hassenet.shaping.dense import dense_on_top
from hassenet.shaping.head_names import ElementHead, RankHead
from hassenet.shaping.heads import crown, head_per_element, head_per_rank
from hassenet.shaping.levels import between
from hassenet.shaping.measuring import column, with_measurements
from hassenet.shaping.pruning import features_below, prune
from hassenet.shaping.ranking import RankingRow, Rankings, rankings, rerank
from hassenet.shaping.restricting import restrict
from hassenet.shaping.shaped import Shaped
from hassenet.shaping.thinning import thin
from hassenet.shaping.widening import Unit, widen

__all__ = [
    "ElementHead",
    "Merged",
    "RankHead",
    "RankingRow",
    "Rankings",
    "Shaped",
    "Unit",
    "between",
    "collapse",
    "column",
    "covariates",
    "crown",
    "dense_on_top",
    "features_below",
    "head_per_element",
    "head_per_rank",
    "prune",
    "rankings",
    "rerank",
    "restrict",
    "thin",
    "widen",
    "with_measurements",
]
