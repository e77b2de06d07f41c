"""scikit-learn's interface: ``NetworkClassifier`` and ``NetworkRegressor``, supersets of its two MLPs.

Changing the import is enough: parameters, defaults, fitted attributes and warnings are those of scikit-learn 1.9's
``MLPClassifier`` and ``MLPRegressor``. A hierarchy, other losses and activations come as further parameters.
"""

from hassenet.estimators.classifier import NetworkClassifier
from hassenet.estimators.regressor import NetworkRegressor

__all__ = ["NetworkClassifier", "NetworkRegressor"]
