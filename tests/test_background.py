"""The tests hold in the background of a shell too, which lets its jobs ignore Ctrl-C."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
PRESSES_CTRL_C = "training/test_fit.py::test_after_ctrl_c_the_handler_of_before_is_back"


def test_the_tests_that_press_ctrl_c_pass_where_it_is_ignored() -> None:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(HERE / PRESSES_CTRL_C)]
    ignored = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        run = subprocess.run(command, cwd=HERE.parent, capture_output=True, text=True)
    finally:
        signal.signal(signal.SIGINT, ignored)
    assert run.returncode == 0, run.stdout
