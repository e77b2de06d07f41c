"""An honest protocol: a network beside its twins and the usual models on the same folds, and what that shows."""

from hassenet.protocol.comparing import compare
from hassenet.protocol.comparison import Comparison
from hassenet.protocol.difference import Difference, paired_difference
from hassenet.protocol.verdict import Verdict, verdict

__all__ = ["Comparison", "Difference", "Verdict", "compare", "paired_difference", "verdict"]
