from .hierarchy_classifier import DaskHierarchyClassifier as DaskHierarchyClassifier
from .hierarchy_ordinal import DaskHierarchyOrdinalClassifier as DaskHierarchyOrdinalClassifier
from .hierarchy_outcomes import DaskHierarchyOutcomes as DaskHierarchyOutcomes
from .hierarchy_regressor import DaskHierarchyRegressor as DaskHierarchyRegressor
from .hierarchy_survival import DaskHierarchySurvival as DaskHierarchySurvival
from .mpi import fit_on_ranks as fit_on_ranks
from .mpi import rows_of_rank as rows_of_rank
from .network_classifier import DaskNetworkClassifier as DaskNetworkClassifier
from .network_regressor import DaskNetworkRegressor as DaskNetworkRegressor
from .network_survival import DaskNetworkSurvival as DaskNetworkSurvival

__all__ = [
    "DaskHierarchyClassifier",
    "DaskHierarchyOrdinalClassifier",
    "DaskHierarchyOutcomes",
    "DaskHierarchyRegressor",
    "DaskHierarchySurvival",
    "DaskNetworkClassifier",
    "DaskNetworkRegressor",
    "DaskNetworkSurvival",
    "fit_on_ranks",
    "rows_of_rank",
]
