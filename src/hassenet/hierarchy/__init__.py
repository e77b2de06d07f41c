"""H: a hierarchy, a finite graded poset with an order on each rank, and what is computed on it."""

from hassenet.hierarchy.covariate import Covariate
from hassenet.hierarchy.hierarchy import Hierarchy
from hassenet.hierarchy.relation import Ranking
from hassenet.hierarchy.relay import Relay
from hassenet.hierarchy.report import Change, Count, Report
from hassenet.hierarchy.restriction import Restriction

__all__ = ["Change", "Count", "Covariate", "Hierarchy", "Ranking", "Relay", "Report", "Restriction"]
