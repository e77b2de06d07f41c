"""Losses L(ŷ, y) and the models of p(y|x) they come from; each gives the other.

>>> Bernoulli().loss
BinaryCrossEntropy()
>>> CrossEntropy().likelihood
Categorical()
"""

from hassenet.likelihoods.base import Likelihood, Loss
from hassenet.likelihoods.bernoulli import Bernoulli, BinaryCrossEntropy
from hassenet.likelihoods.categorical import Categorical, CrossEntropy
from hassenet.likelihoods.cox import Cox, CoxLoss
from hassenet.likelihoods.discrete_time import DiscreteTime, DiscreteTimeLoss
from hassenet.likelihoods.gaussian import Gaussian, GaussianLoss, SquaredError
from hassenet.likelihoods.heads import Composite, Heads
from hassenet.likelihoods.joint import Joint, Product
from hassenet.likelihoods.laplace import AbsoluteError, Laplace
from hassenet.likelihoods.learned_dispersion import LearnedDispersion, LearnedDispersionLoss
from hassenet.likelihoods.learned_scale import LearnedScale, LearnedScaleLoss
from hassenet.likelihoods.negative_binomial import NegativeBinomial, NegativeBinomialLoss
from hassenet.likelihoods.ordinal import Ordinal, OrdinalLoss
from hassenet.likelihoods.own import OwnLoss
from hassenet.likelihoods.poisson import Poisson, PoissonLoss
from hassenet.likelihoods.quantile import AsymmetricLaplace, QuantileLoss
from hassenet.likelihoods.student import StudentT, StudentTLoss
from hassenet.likelihoods.table import LOSSES, as_loss, canonical_loss
from hassenet.likelihoods.zero_inflated import ZeroInflated, ZeroInflatedLoss

__all__ = [
    "LOSSES",
    "AbsoluteError",
    "AsymmetricLaplace",
    "Bernoulli",
    "BinaryCrossEntropy",
    "Categorical",
    "Composite",
    "Cox",
    "CoxLoss",
    "CrossEntropy",
    "DiscreteTime",
    "DiscreteTimeLoss",
    "Gaussian",
    "GaussianLoss",
    "Heads",
    "Joint",
    "Laplace",
    "LearnedDispersion",
    "LearnedDispersionLoss",
    "LearnedScale",
    "LearnedScaleLoss",
    "Likelihood",
    "Loss",
    "NegativeBinomial",
    "NegativeBinomialLoss",
    "Ordinal",
    "OrdinalLoss",
    "OwnLoss",
    "Poisson",
    "PoissonLoss",
    "Product",
    "QuantileLoss",
    "SquaredError",
    "StudentT",
    "StudentTLoss",
    "ZeroInflated",
    "ZeroInflatedLoss",
    "as_loss",
    "canonical_loss",
]
