"""The door to matplotlib, which is installed with the extra ``plot``; imported before all that draws."""

from __future__ import annotations

from hassenet.errors import HassenetError

try:
    import matplotlib  # noqa: F401
except ImportError as error:
    raise HassenetError(
        f'pictures are drawn by matplotlib, which is not there ({error}); install it: pip install "hassenet[plot]"'
    ) from None
