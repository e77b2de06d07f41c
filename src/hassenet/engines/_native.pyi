from collections.abc import Mapping, Sequence
from typing import Any

from numpy.typing import NDArray

activations: Mapping[str, int]
losses: Mapping[str, int]
rules: Mapping[str, int]

class Plan:
    def __init__(
        self,
        sizes: Sequence[int],
        layers: Sequence[tuple[Any, Any, bool]],
        codes: NDArray[Any],
        blocks: Sequence[int],
    ) -> None: ...
    @property
    def n_parameters(self) -> int: ...

def forward(
    plan: Plan,
    theta: NDArray[Any],
    X: Any,
    rank: int,
    places: NDArray[Any],
    out: NDArray[Any],
    threads: int = 0,
) -> None: ...
def cost(
    plan: Plan,
    theta: NDArray[Any],
    X: Any,
    Y: NDArray[Any] | None,
    weight: NDArray[Any] | None,
    objective: tuple[Any, ...],
    threads: int = 0,
) -> float: ...
def gradient(
    plan: Plan,
    theta: NDArray[Any],
    X: Any,
    Y: NDArray[Any] | None,
    weight: NDArray[Any] | None,
    objective: tuple[Any, ...],
    out: NDArray[Any],
    dropout: tuple[Any, ...] | None = None,
    threads: int = 0,
) -> float: ...
def train(
    plan: Plan,
    theta: NDArray[Any],
    state: Sequence[NDArray[Any]],
    X: Any,
    Y: NDArray[Any] | None,
    weight: NDArray[Any] | None,
    order: NDArray[Any],
    objective: tuple[Any, ...],
    optimizer: tuple[Any, ...],
    rates: NDArray[Any],
    batch_size: int,
    costs: NDArray[Any],
    dropout: tuple[Any, ...] | None = None,
    stop: NDArray[Any] | None = None,
    threads: int = 0,
) -> int: ...
def levels() -> list[str]: ...
def level() -> str: ...
def use_level(name: str) -> None: ...
def use_blas(sgemm: Any, dgemm: Any) -> None: ...
def threads() -> int: ...
def set_threads(n: int) -> None: ...
