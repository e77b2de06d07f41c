"""Examples as a network takes them: features, targets, weights, and the steps that prepare them.

``open`` and ``Stream`` are handed on: examples that are read a block at a time.
"""

from importlib import import_module as _import_module

__all__ = ["Stream", "open"]

_ABOVE = "hassenet.streams"  # on a higher floor: imported when it is asked for


def __getattr__(name: str) -> object:
    if name in __all__:
        return getattr(_import_module(_ABOVE), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
