"""What a user did wrong becomes one message, never a traceback."""

from __future__ import annotations

import signal
import sys
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import wraps
from io import TextIOWrapper
from pathlib import Path
from threading import current_thread, main_thread
from types import FrameType
from typing import Any, ParamSpec, final

import click

from hassenet.cli.system_errors import in_words
from hassenet.cli.terminal import note, shown
from hassenet.errors import HassenetError, HassenetWarning

P = ParamSpec("P")
INTERRUPTED = 130
"""The exit code of a run that Ctrl-C ended, 128 + the number of SIGINT; of another signal it is made that of it."""
_OUT_OF_MEMORY = "out of memory; use fewer rows or features, or allow more (ulimit -v)"
_WORDS_OF_MEMORY = (
    "failed to map segment",
    "cannot allocate memory",
    "can't start new thread",
    "failed to launch worker thread",
    "bad_alloc",
    "malloc of size",
)
_ENDING = [signal.Signals[name] for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
_AGAIN = [signal.Signals[name] for name in ("SIGALRM",) if hasattr(signal, name)]
_SOON = 0.02  # seconds


def guarded(command: Callable[P, None]) -> Callable[P, None]:
    """Return the command with errors as messages (exit code 1) and warnings as notes, both on stderr."""

    @wraps(command)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> None:
        with warnings.catch_warnings(), _ended_as_by_ctrl_c() as ending:
            warnings.showwarning = _note_once()
            warnings.simplefilter("always", HassenetWarning)
            _run(lambda: command(*args, **kwargs), kwargs, ending)

    return wrapper


@contextmanager
def uninterrupted() -> Iterator[None]:
    """Let Ctrl-C, and what else asks a run to end, do nothing for the moment that writing takes."""
    with _handled(dict.fromkeys((signal.SIGINT, *_ENDING, *_AGAIN), signal.SIG_IGN)):
        yield


@final
class Ending:
    """A handler of signals that ends a run as Ctrl-C does, and keeps which signal it was."""

    def __init__(self) -> None:
        self.number: int = signal.SIGINT
        self._comes_again = False

    @property
    def exit_code(self) -> int:
        """The exit code of the run, as shells have it: 130 of Ctrl-C, 143 of SIGTERM, 129 of SIGHUP."""
        return 128 + self.number

    def asked(self, number: int) -> None:
        """Note a signal that asked for the end, where a training saw it."""
        self.number = number

    def __call__(self, number: int, frame: FrameType | None) -> None:
        """End the run; in a moment, where Python would pass over what is raised."""
        self.asked(number)
        self.again(number, frame)

    def again(self, _: int, frame: FrameType | None) -> None:
        """End the run that was asked to end."""
        self._comes_again = bool(_AGAIN) and _is_passed_over(frame)
        if not self._comes_again:
            raise KeyboardInterrupt
        signal.setitimer(signal.ITIMER_REAL, _SOON)

    def forget(self) -> None:
        """Let what was to come again not come: with the handlers of before it would end the process."""
        if self._comes_again:
            signal.setitimer(signal.ITIMER_REAL, 0)


def _is_passed_over(frame: FrameType | None) -> bool:
    """Return whether a module is being imported, whose own code may catch what is raised, or be left half made."""
    while frame is not None and frame.f_code.co_filename != __file__:
        if frame.f_code.co_filename.startswith("<frozen importlib"):
            return True
        frame = frame.f_back
    return False


@contextmanager
def _ended_as_by_ctrl_c() -> Iterator[Ending]:
    """Let a run that is killed (SIGTERM), or whose terminal is closed (SIGHUP), end as by Ctrl-C.

    A signal that is ignored, as under nohup, stays so.
    """
    ending = Ending()
    usual = {signal.SIG_DFL, signal.default_int_handler}
    handlers: dict[signal.Signals, Any] = dict.fromkeys((signal.SIGINT, *_ENDING), ending)
    handlers |= dict.fromkeys(_AGAIN, ending.again)
    with _handled({n: handler for n, handler in handlers.items() if signal.getsignal(n) in usual}):
        try:
            yield ending
        finally:
            ending.forget()


@contextmanager
def _handled(handlers: Mapping[signal.Signals, Any]) -> Iterator[None]:
    """Let signals have these handlers, and then those that they had."""
    if current_thread() is not main_thread():  # elsewhere no signal comes
        yield
        return
    before = {number: signal.signal(number, handler) for number, handler in handlers.items()}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _run(command: Callable[[], None], options: Mapping[str, Any], ending: Ending) -> None:
    _never_fail_on_a_letter()
    try:
        command()
    except click.exceptions.Exit as end:
        raise click.exceptions.Exit(_code(end.exit_code, ending)) from None
    except BrokenPipeError:  # of `hassenet show … | head`: click ends quietly
        raise
    except MemoryError:
        raise click.ClickException(_OUT_OF_MEMORY) from None
    except (HassenetError, OSError) as error:
        text = in_words(error) if isinstance(error, OSError) else str(error)
        raise click.ClickException(_OUT_OF_MEMORY if _is_of_memory(error) else shown(text)) from None
    except (ImportError, RuntimeError, SystemError) as error:
        if not _is_of_memory(error):
            raise
        raise click.ClickException(_OUT_OF_MEMORY) from None
    except KeyboardInterrupt:
        click.echo(f"\ninterrupted{_what_is_left(options.get('out'), options.get('checkpoint'))}", err=True)
        sys.exit(ending.exit_code)


def _what_is_left(out: object, checkpoint: object) -> str:
    """Return what there is after Ctrl-C: nothing, or a folder to go on from."""
    if isinstance(checkpoint, Path) and checkpoint.exists():
        return shown(f": what was done is kept in {checkpoint}; the same command goes on from there")
    return "; nothing was written" if isinstance(out, Path) and not out.exists() else ""


def _code(code: int, ending: Ending) -> int:
    """Return the exit code of a command that ended by itself: where it was interrupted, that of the signal."""
    return ending.exit_code if code == INTERRUPTED else code


def _is_of_memory(error: BaseException) -> bool:
    """Return whether a library that could not be loaded, or got no thread, says that memory is at an end."""
    return any(words in str(error).lower() for words in _WORDS_OF_MEMORY)


def _never_fail_on_a_letter() -> None:
    """Let a terminal that lacks a letter of a name show its number instead."""
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")


def _note_once() -> Callable[..., None]:
    """Return what shows a warning as a note, and one that comes again not a second time."""
    seen: set[str] = set()

    def show(message: Warning | str, *_: object, **__: object) -> None:
        if str(message) not in seen:
            seen.add(str(message))
            note(message)

    return show
