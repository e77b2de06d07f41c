"""What each element of a network contributes to an output: methods, each a function to a :class:`Relevance`."""

from hassenet.explain._explained import Explained, explained, of_class
from hassenet.explain.gradient import gradient_times_feature
from hassenet.explain.relevance import Relevance, Score

__all__ = ["Explained", "Relevance", "Score", "explained", "gradient_times_feature", "of_class"]
