"""Errors of the system as people read them: what is wrong, where, and what to do."""

from __future__ import annotations

import errno
from collections.abc import Mapping

_REMEDIES: Mapping[int, str] = {
    errno.EACCES: "choose another place, or change its permissions",
    errno.EPERM: "choose another place, or change its permissions",
    errno.EROFS: "choose another place",
    errno.ENOENT: "correct the path, or make the folder",
    errno.ENOTDIR: "correct the path",
    errno.EISDIR: "give a file",
    errno.ENAMETOOLONG: "choose a shorter name",
    errno.ENOSPC: "free some space, or choose another place",
    errno.EDQUOT: "free some space, or choose another place",
    errno.EIO: "is the drive still there?",
}


def in_words(error: OSError) -> str:
    """Return what the system says, of which path, and a remedy; the text of an error that has no number.

    Examples
    --------
    >>> in_words(FileNotFoundError(errno.ENOENT, "No such file or directory", "data.csv"))
    "No such file or directory: 'data.csv'; correct the path, or make the folder"
    """
    if error.strerror is None or error.filename is None:
        return str(error)
    remedy = _REMEDIES.get(error.errno or 0, "choose another place")
    return f"{error.strerror}: {str(error.filename)!r}; {remedy}"
