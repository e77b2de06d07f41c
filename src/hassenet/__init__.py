"""hassenet: neural networks whose architecture is a hierarchy, a finite graded poset.

>>> import hassenet as hn
>>> hn.Hierarchy.subsets(3)
Hierarchy(shape=(3, 3, 1), covers=9, density=0.75)
"""

import lazy_loader

__version__ = "0.1.0"

# The public names and where each lives stand in __init__.pyi; a room is imported when one of its names is first
# asked for, so that importing hassenet costs nothing of what is not used.
__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
