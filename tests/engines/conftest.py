"""What the tests of engines share stands beside them: an engine of their own."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))  # matrices.py, whatever pytest's import mode
