"""scikit-learn's interface: estimators on a hierarchy that choose their settings, and supersets of its two MLPs.

Those called ``Hierarchy…`` are for those who have a hierarchy: they choose their settings themselves. Of
``NetworkClassifier`` and ``NetworkRegressor`` changing the import is enough: parameters, defaults, fitted attributes
and warnings are those of scikit-learn 1.9's ``MLPClassifier`` and ``MLPRegressor``. A hierarchy, other losses and
activations come as further parameters. ``NetworkSurvival`` is alike for times until an event.
"""

from hassenet.estimators.classifier import NetworkClassifier
from hassenet.estimators.hierarchy_classifier import HierarchyClassifier
from hassenet.estimators.hierarchy_ordinal import HierarchyOrdinalClassifier
from hassenet.estimators.hierarchy_outcomes import HierarchyOutcomes
from hassenet.estimators.hierarchy_regressor import HierarchyRegressor
from hassenet.estimators.hierarchy_survival import HierarchySurvival
from hassenet.estimators.regressor import NetworkRegressor
from hassenet.estimators.survival import NetworkSurvival

__all__ = [
    "HierarchyClassifier",
    "HierarchyOrdinalClassifier",
    "HierarchyOutcomes",
    "HierarchyRegressor",
    "HierarchySurvival",
    "NetworkClassifier",
    "NetworkRegressor",
    "NetworkSurvival",
]
