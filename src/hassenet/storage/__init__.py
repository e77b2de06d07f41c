"""Models on disk: a folder with ``model.json`` (strict, versioned) and ``model.safetensors``. Nothing is unpickled.

========================  =====================================================================================
``model.json``            format, version, digest of the arrays; names of the elements by rank, which layers are
                          sparse, activations, number type; for an Ensemble what further members are; for a Model:
                          features, task, targets, classes, metrics, steps of the preparation, temperature, settings;
                          digests of the pictures beside it; last, ``seal``, the SHA-256 of all bytes before it
``model.safetensors``     ``theta``; for a sparse layer i ``covers.i.indptr`` and ``covers.i.indices``; for a further
                          member i of an Ensemble ``ensemble.theta.i``, for a further architecture j of its members
                          ``ensemble.network.j.covers.i.indptr`` and ``.indices``, and ``ensemble.weights``; for a
                          Model that scales ``scaling.mean`` and ``scaling.scale``, for a step i of one with steps
                          ``steps.i.values`` or ``steps.i.mean`` and ``.scale``; for a regression with scaled targets
                          ``targets.mean`` and ``targets.scale``, for one with intervals ``residuals``; for one with
                          the course of its training ``history``, a row an epoch, columns as the fields of ``Epoch``
========================  =====================================================================================
"""

from hassenet.storage.folder import check_replaceable
from hassenet.storage.loading import load
from hassenet.storage.saving import save
from hassenet.storage.schema import ATTACHMENTS

__all__ = ["ATTACHMENTS", "check_replaceable", "load", "save"]
