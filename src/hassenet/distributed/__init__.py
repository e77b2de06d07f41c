"""Several machines: estimators on Dask, and trainings whose processes share each batch by MPI."""

import lazy_loader

# A rank of MPI has no use for the estimators and their libraries: a name is imported when it is asked for.
__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
