"""The one door to packages that hassenet can use and does not need."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from hassenet.errors import HassenetError


def biopython(module: str) -> Any:
    """Return a module of Biopython, of the extra ``trees``."""
    return _imported(f"Bio.{module}", "trees in Newick and NEXUS are parsed by Biopython", "trees")


def bed_reader() -> Any:
    """Return bed_reader, of the extra ``genetics``."""
    return _imported("bed_reader", "genotypes of PLINK are read by bed-reader", "genetics")


def dask(module: str = "") -> Any:
    """Return dask, of the extra ``dask``, or one of its modules."""
    return _imported(f"dask.{module}".rstrip("."), "tables on several machines are held by Dask", "dask")


def distributed() -> Any:
    """Return distributed, Dask's scheduler and workers, of the extra ``dask``."""
    return _imported("distributed", "several machines work together by Dask's distributed", "dask")


def h5py() -> Any:
    """Return h5py, of the extra ``singlecell``."""
    return _imported("h5py", "files of AnnData are read by h5py", "singlecell")


def matplotlib() -> Any:
    """Return matplotlib, of the extra ``plot``."""
    return _imported("matplotlib", "pictures are drawn by matplotlib", "plot")


def mpi4py() -> Any:
    """Return the module MPI of mpi4py, of the extra ``mpi``."""
    try:
        return _imported("mpi4py.MPI", "processes are joined in MPI by mpi4py", "mpi")
    except RuntimeError as error:
        raise HassenetError(
            f"mpi4py joins processes by a library of MPI, which is not there ({str(error).splitlines()[0]}); take that "
            "of the cluster, named by MPI4PY_LIBMPI, or pip install mpich"
        ) from None


def networkx() -> Any:
    """Return networkx, of the extra ``graphs``."""
    return _imported("networkx", "GraphML is read and written by networkx", "graphs")


def obonet() -> Any:
    """Return obonet, of the extra ``ontologies``."""
    return _imported("obonet", "OBO is parsed by obonet", "ontologies")


def pandas() -> Any:
    """Return pandas, of the extra ``tables``."""
    return _imported("pandas", "data frames are made by pandas", "tables")


def pyarrow(module: str = "") -> Any:
    """Return pyarrow, of the extra ``tables``, or one of its modules."""
    return _imported(f"pyarrow.{module}".rstrip("."), "tables are read by pyarrow", "tables")


def zarr() -> Any:
    """Return zarr, of the extra ``streams``."""
    return _imported("zarr", "arrays in chunks are read by zarr", "streams")


def _imported(module: str, use: str, extra: str) -> Any:
    """Return a module, or say what it is for and which extra installs it.

    >>> _imported("nowhere", "poems are written by nowhere", "poems")
    Traceback (most recent call last):
    hassenet.errors.HassenetError: poems are written by nowhere, which is not there (No module named 'nowhere'); install
    it: pip install "hassenet[poems]"
    """
    try:
        return import_module(module)  # not sys.modules: another thread may be in the middle of importing it
    except ImportError as error:
        raise HassenetError(
            f'{use}, which is not there ({error}); install it: pip install "hassenet[{extra}]"'
        ) from None
