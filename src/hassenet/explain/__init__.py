"""What each element of a network contributes to an output: methods, each a function to a :class:`Relevance`."""

from hassenet.explain.ablating import ablation
from hassenet.explain.covariate_columns import with_covariate_columns
from hassenet.explain.elements import of_elements
from hassenet.explain.examples import per_example
from hassenet.explain.features import features_of_ranks
from hassenet.explain.flow import Flow, relevance_flow
from hassenet.explain.gradient import gradient_times_feature
from hassenet.explain.groups import difference
from hassenet.explain.integrated import integrated_gradients
from hassenet.explain.layerwise import layerwise_relevance
from hassenet.explain.local import local_affine
from hassenet.explain.outputs import Explained, explained, of_class
from hassenet.explain.relevance import Relevance, Score
from hassenet.explain.rescale import deeplift

__all__ = [
    "Explained",
    "Flow",
    "Relevance",
    "Score",
    "ablation",
    "deeplift",
    "difference",
    "explained",
    "features_of_ranks",
    "gradient_times_feature",
    "integrated_gradients",
    "layerwise_relevance",
    "local_affine",
    "of_class",
    "of_elements",
    "per_example",
    "relevance_flow",
    "with_covariate_columns",
]
