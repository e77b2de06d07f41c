"""The workers of a Dask cluster, as this room asks them."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any, final

from hassenet.distributed.admission import REFUSED, Versions, told, versions
from hassenet.distributed.tree import summed
from hassenet.errors import HassenetError, HassenetWarning, ParameterError, listing
from hassenet.files.optional import dask, distributed

Future = Any
_PATIENCE = 60  # seconds


@final
@dataclass(frozen=True)
class Cluster:
    """A client of Dask with workers that have this version of hassenet.

    A worker is admitted when it is there, or joins, with the same version, engines and instruction level: then it has a
    resource, in Dask's sense, that each call asks for. One that has others is given nothing to compute.

    Attributes
    ----------
    client : distributed.Client
    """

    client: Any

    @staticmethod
    def of(client: Any = None) -> Cluster:
        """Return the cluster of a client, by default of the one that was made last.

        Raises
        ------
        ParameterError
            If there is no client, or it has no workers.
        HassenetError
            If a worker has another version of hassenet, other engines or another instruction level, or has not got it.
        """
        found = Cluster(_known(client))
        found.check_workers()
        found.admit()
        return found

    def check_workers(self) -> None:
        """Raise where there are no workers, or some would not compute the same."""
        if not self._workers:
            raise ParameterError(
                "a training has workers to compute it; the client has none; start some, or client.wait_for_workers(1)"
            )
        here, there = versions(), self.client.run(versions, on_error="return")
        # One that is lost while it is asked (an OSError of its connection) computes nothing.
        others = {w: found for w, found in there.items() if found != here and not isinstance(found, OSError)}
        if others:
            worker, found = next(iter(others.items()))
            raise HassenetError(
                f"all workers have the hassenet of the client, {told(here)}; {listing(others, 3)} "
                f"{'has' if len(others) == 1 else 'have'} not: {worker} has {told(found)}; {_remedy(here, found)}"
            )

    @property
    def _workers(self) -> Mapping[str, Any]:
        """What is known of each worker, by its address: asked of the scheduler.

        What ``scheduler_info`` returns the client overwrites every two seconds with an answer that names no worker.
        """
        found: Mapping[str, Any] = self.client.sync(self.client.scheduler.identity)["workers"]
        return found

    @cached_property
    def _here(self) -> Versions:
        return versions()

    @property
    def _resource(self) -> str:
        return f"hassenet {told(self._here)}"

    def admit(self) -> None:
        """Let each worker that computes the same, also one that joins later, say so; others leave a note."""
        self.client.register_plugin(_admission(self._here, self._resource))

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Warn at the end of those that joined meanwhile and were refused."""
        before = len(self.client.get_events(REFUSED))
        yield
        refused = [note for _, note in self.client.get_events(REFUSED)[before:]]
        if refused:
            each = dict.fromkeys(f"{note['worker']} has {note['found']}" for note in refused)
            warnings.warn(
                f"all workers have the hassenet of the client, {told(self._here)}; of those that joined later "
                f"{'; '.join(each)}; they computed nothing; install the same there",
                HassenetWarning,
                stacklevel=3,
            )

    def submit(self, function: Callable[..., Any], *arguments: Any) -> Future:
        """Return the promise of a call by some worker; a worker that is lost has it computed by another."""
        return self.client.submit(function, *arguments, pure=False, resources={self._resource: 1})

    def kept(self, value: Any) -> Future:
        """Return the promise of a value for calls by workers; the scheduler keeps it, so that no worker can lose it."""
        return self.submit(_itself, value)

    def each(self, function: Callable[..., Any], items: Sequence[Any], *rest: Any) -> list[Future]:
        """Return the promise of the function of each item."""
        return [self.submit(function, item, *rest) for item in items]

    def total(self, futures: Sequence[Future], add: Callable[[Sequence[Any]], Any]) -> Any:
        """Return the sum of what is promised, added by the workers in a fixed order."""
        return self.result(summed(futures, lambda some: self.submit(_added, add, *some)))

    def result(self, future: Future) -> Any:
        """Return what is promised.

        Raises
        ------
        HassenetError
            If several workers were lost while they computed it.
        """
        return self._brought([future], lambda: future.result())

    def results(self, futures: Sequence[Future]) -> list[Any]:
        """Return all that is promised, in its order."""
        found: list[Any] = self._brought(futures, lambda: self.client.gather(list(futures)))
        return found

    def _brought(self, futures: Sequence[Future], bring: Callable[[], Any]) -> Any:
        try:
            while not self._are_done(futures):
                self._warn_if_nobody_computes()
            return bring()
        except distributed().KilledWorker as error:
            raise HassenetError(
                "a task is given up when the workers that compute it are lost again and again; the last was "
                f"{error.last_worker.address}; give the workers more memory, or make the partitions smaller"
            ) from error

    def _are_done(self, futures: Sequence[Future]) -> bool:
        try:
            distributed().wait(list(futures), timeout=_PATIENCE)
        except TimeoutError:
            return False
        return True

    def _warn_if_nobody_computes(self) -> None:
        """Say why nothing goes on, where no worker is left; one that comes will be given the work."""
        there = self._workers
        if not any(self._resource in one["resources"] for one in there.values()):
            warnings.warn(
                f"a training goes on when there are workers with the hassenet of the client, {told(self._here)}; of "
                f"{len(there)} none has it; start some",
                HassenetWarning,
                stacklevel=2,
            )


@contextmanager
def large_values() -> Iterator[None]:
    """Let targets and parameters go to the scheduler without a warning of their size: there they cannot be lost."""
    with dask("config").set({"distributed.admin.large-graph-warning-threshold": "1 TB"}):
        yield


def _admission(here: Versions, resource: str) -> Any:
    """Return what each worker does when it is there or joins; its class travels itself: some have no hassenet."""

    class Admission(distributed().WorkerPlugin):  # type: ignore[misc]  # Dask has no types
        name = resource

        async def setup(self, worker: Any) -> None:
            try:
                from hassenet.distributed.admission import admitted
            except ImportError as error:
                worker.log_event(REFUSED, {"worker": worker.address, "found": f"none ({error})"})
                return
            await admitted(worker, here, resource)

    return Admission()


def _remedy(here: Any, found: Any) -> str:
    """Return what to do: of workers that differ in the level alone, to have all take one that each processor has."""
    if isinstance(found, tuple) and found[:2] == here[:2]:
        return "set HASSENET_LEVEL to one that all have, as baseline, for the client and the workers"
    return "install the same there"


def _known(client: Any) -> Any:
    module = distributed()
    if client is None:
        try:
            return module.get_client()
        except ValueError:
            raise ParameterError(
                "a training on several machines has a client of Dask; there is none; make one, as "
                "client = distributed.Client('scheduler:8786'), or give client=…"
            ) from None
    if not isinstance(client, module.Client):
        raise ParameterError(f"client is a distributed.Client or None; got {client!r}")
    if client.status == "closed":
        raise ParameterError(
            "a training has a client that is open; this one was closed; make another, or give client=None"
        )
    return client


def _itself(value: Any) -> Any:
    return value


def _added(add: Callable[[Sequence[Any]], Any], *some: Any) -> Any:
    return add(some)
