"""What to give where a network is asked for and something that has one is given."""

from __future__ import annotations

from hassenet.errors import ParameterError

# The attribute by which a thing is known, and what to do with it; the first that it has counts.
_REMEDIES = {
    "named_steps": "give the network of its last step, pipeline[-1].network_, and X as pipeline[:-1].transform(X)",
    "best_estimator_": "take its best_estimator_, and of that the network_",
    "network_": "give its network_",
    "ensemble_": "give its ensemble_, and X as model_.prepare(X)",
    "prepare": "give its network, and X as model.prepare(X)",
    "network": "give its network",
    "ensemble": "give its ensemble",
    "fit": "fit it, and give its network_",
}


def remedy(given: object) -> str:
    """Return what to give in place of something that is not a network but may have one.

    >>> remedy("a.hsn")
    'give a Network, or an Ensemble of several'
    """
    of_kind = (text for attribute, text in _REMEDIES.items() if hasattr(given, attribute))
    return next(of_kind, "give a Network, or an Ensemble of several")


def no_network(what: str, given: object) -> ParameterError:
    """Return the error for something that is not a network."""
    return ParameterError(f"{what} is that of a network; got {_article(given)}; {remedy(given)}")


def _article(given: object) -> str:
    name = type(given).__name__
    return f"an {name}" if name[0] in "AEIOU" else f"a {name}"
