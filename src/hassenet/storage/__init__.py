"""Models on disk: a folder with ``model.json`` (strict, versioned) and ``model.safetensors``. Nothing is unpickled.

========================  =====================================================================================
``model.json``            format, version, digest of the arrays; names of the elements by rank, which layers are
                          sparse, activations, number type; for a Model: features, task, targets, classes, metrics
``model.safetensors``     ``theta``; for a sparse layer i ``covers.i.indptr`` and ``covers.i.indices``; for a Model
                          that scales ``scaling.mean`` and ``scaling.scale``; for one with the course of its
                          training ``history``, a row an epoch, columns as the fields of ``Epoch``
========================  =====================================================================================
"""

from hassenet.storage.folder import ATTACHMENTS, check_replaceable
from hassenet.storage.loading import load
from hassenet.storage.saving import save

__all__ = ["ATTACHMENTS", "check_replaceable", "load", "save"]
