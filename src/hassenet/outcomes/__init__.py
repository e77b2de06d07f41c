"""What is predicted beside one class or plain numbers: times, counts, ordered classes, quantiles, and several at once.

An outcome is a target of a kind: how it stands in a table, the loss of its outputs, and what these say of it. A
:class:`hassenet.Model` has them as ``outcomes``.
"""

from hassenet.outcomes.amount import Amount
from hassenet.outcomes.classes import Classes
from hassenet.outcomes.count import Count
from hassenet.outcomes.hazard_ratio import HazardRatio
from hassenet.outcomes.interval_hazards import IntervalHazards
from hassenet.outcomes.offset_column import OffsetColumn
from hassenet.outcomes.ordered_classes import OrderedClasses
from hassenet.outcomes.outcome import Outcome
from hassenet.outcomes.outcomes import Outcomes
from hassenet.outcomes.quantiles import Quantiles

__all__ = [
    "Amount",
    "Classes",
    "Count",
    "HazardRatio",
    "IntervalHazards",
    "OffsetColumn",
    "OrderedClasses",
    "Outcome",
    "Outcomes",
    "Quantiles",
]
