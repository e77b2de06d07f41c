"""The kernel that NumPy's BLAS has chosen for the processor, by which large products are rounded."""

from __future__ import annotations

from contextlib import suppress
from ctypes import CDLL, c_char_p
from importlib import import_module

from threadpoolctl import threadpool_info

_LINKED = "numpy.linalg._umath_linalg"
_ASKED = [f"{maker}openblas_get_corename{width}" for maker in ("scipy_", "") for width in ("64_", "")]


def kernel() -> str:
    """Return its name, or "unknown".

    OpenBLAS is asked itself: to look through all libraries that are loaded takes much longer, and finds those of other
    packages, which come and go with what is imported.

    >>> kernel() == kernel() != ""
    True
    """
    return _of_openblas() or _of_libraries() or "unknown"


def _of_openblas() -> str:
    with suppress(ImportError, OSError, AttributeError, StopIteration):
        library = CDLL(import_module(_LINKED).__file__)  # what is linked to it is found in it
        ask = next(getattr(library, name) for name in _ASKED if hasattr(library, name))
        ask.restype = c_char_p
        return str(ask().decode())
    return ""


def _of_libraries() -> str:
    known = [one for one in threadpool_info() if "architecture" in one]
    own = [one for one in known if "numpy" in str(one.get("filepath"))]
    return ", ".join(sorted({str(one["architecture"]) for one in own or known}))
