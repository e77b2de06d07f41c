"""Several machines: estimators on Dask, and trainings whose processes share each batch by MPI."""

from hassenet.distributed.hierarchy_classifier import DaskHierarchyClassifier
from hassenet.distributed.hierarchy_ordinal import DaskHierarchyOrdinalClassifier
from hassenet.distributed.hierarchy_regressor import DaskHierarchyRegressor
from hassenet.distributed.hierarchy_survival import DaskHierarchySurvival
from hassenet.distributed.mpi import fit_on_ranks, rows_of_rank
from hassenet.distributed.network_classifier import DaskNetworkClassifier
from hassenet.distributed.network_regressor import DaskNetworkRegressor
from hassenet.distributed.network_survival import DaskNetworkSurvival

__all__ = [
    "DaskHierarchyClassifier",
    "DaskHierarchyOrdinalClassifier",
    "DaskHierarchyRegressor",
    "DaskHierarchySurvival",
    "DaskNetworkClassifier",
    "DaskNetworkRegressor",
    "DaskNetworkSurvival",
    "fit_on_ranks",
    "rows_of_rank",
]
