"""Where the compiled engine was not built, its face cannot be imported, so its examples are not collected."""

from __future__ import annotations

from importlib.util import find_spec

collect_ignore = [] if find_spec("hassenet.engines._native") else ["src/hassenet/engines/native.py"]
