"""{exercise}: work for the reader, graded in the browser, and proven at build.

directive.py reads what an author wrote, prove.py proves it, and nodes.py makes its HTML;
static/exercise.js and exercise_desk.js give it an editor and buttons. grade.py grades it, with
reader.py, in which the reader's program runs apart, calls.py, which sees what it calls, differ.py,
which says how two values differ, and up_to.py, the tests for what is unique only up to something:
these also run in the reader's browser.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.util.typing import ExtensionMetadata

STATIC = Path(__file__).parent / "static"


def setup(app: Sphinx) -> ExtensionMetadata:
    # here: prove.py is used where no Sphinx is
    from lesson_extensions.exercise import directive, nodes
    from lesson_extensions.shared.assets import add_assets, add_python

    nodes.setup(app)
    directive.setup(app)
    add_python(app, *(module.__name__ for module in directive.GRADERS))
    add_assets(app, "exercise.css", "exercise.js", folder=STATIC, on=nodes.exercise, later=True)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
