"""A network with what it needs to predict from raw tables."""

from hassenet.data.fill import Fill
from hassenet.data.logarithm import Logarithm
from hassenet.data.scaling import Scaling
from hassenet.data.soft_clip import SoftClip
from hassenet.model.model import Model
from hassenet.model.residuals import Interval, Residuals
from hassenet.task.label import Label

__all__ = ["Fill", "Interval", "Label", "Logarithm", "Model", "Residuals", "Scaling", "SoftClip"]
