"""A network with what it needs to predict from raw tables."""

from hassenet.data.categorical import Categorical
from hassenet.data.columns_found import Recognised
from hassenet.data.encoding import Encoding
from hassenet.data.fill import Fill
from hassenet.data.found import LeftOut
from hassenet.data.logarithm import Logarithm
from hassenet.data.numerical import Numerical
from hassenet.data.recognition import recognised
from hassenet.data.scaling import Scaling
from hassenet.data.soft_clip import SoftClip
from hassenet.data.temporal import Temporal
from hassenet.model.model import Model
from hassenet.model.residuals import Interval, Residuals
from hassenet.task.label import Label

__all__ = [
    "Categorical",
    "Encoding",
    "Fill",
    "Interval",
    "Label",
    "LeftOut",
    "Logarithm",
    "Model",
    "Numerical",
    "Recognised",
    "Residuals",
    "Scaling",
    "SoftClip",
    "Temporal",
    "recognised",
]
