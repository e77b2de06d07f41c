"""How Sphinx builds the documents: `make docs`. Neither the build nor the pages fetch anything from a network."""

from __future__ import annotations

import sys
from pathlib import Path

from hassenet import __version__

sys.path.insert(0, str(Path(__file__).parent))
from docstrings import process

project = "hassenet"
author = "The hassenet developers"
copyright = author
release = version = __version__

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.autosummary", "sphinx.ext.napoleon"]
exclude_patterns = ["_build"]

html_theme = "furo"
html_title = "hassenet"
html_copy_source = False
html_static_path = ["_static"]
html_css_files = ["wide.css"]

# Formulas are Unicode text, as in the code, so that pages need no MathJax.
myst_enable_extensions = ["colon_fence"]
myst_heading_anchors = 3
highlight_language = "text"  # an indented block is a formula; code is fenced and says its language

# ---------------------------------------------------------------- docstrings

napoleon_google_docstring = False
napoleon_use_ivar = True  # attributes stand in the class's text alone, not once more as members
napoleon_use_rtype = False
autosummary_generate = False
autodoc_typehints = "none"  # the docstrings give types, with shapes
autodoc_member_order = "bysource"
autodoc_class_signature = "mixed"
python_maximum_signature_line_length = 88
add_module_names = False
# A type such as "(n_parameters,) array" is a shape in words; Sphinx takes it for an ambiguous link.
suppress_warnings = ["ref.python"]


def setup(app):
    app.connect("autodoc-process-docstring", process, priority=400)  # before napoleon's
