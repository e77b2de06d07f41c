"""The choice of settings by cross-validation inside the rows to learn from: what is tried, what is kept, how heavily.

Nothing here reads tables or knows of scikit-learn: a :class:`Problem` is numbers, a :class:`Search` says how settings
are compared, and a :class:`Selection` is what was found. ``HierarchyClassifier`` and ``HierarchyRegressor`` use them.
"""

from hassenet.selection.candidate import Candidate
from hassenet.selection.effort import Effort
from hassenet.selection.problem import Problem
from hassenet.selection.search import Search
from hassenet.selection.selection import Selection
from hassenet.selection.setting import Setting

__all__ = ["Candidate", "Effort", "Problem", "Search", "Selection", "Setting"]
