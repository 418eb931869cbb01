"""{exercise}: work for the reader, graded in the browser, and proven at build.

grader.py grades, wherever it runs; directive.py reads and proves what an author wrote; nodes.py
makes its HTML; static/exercise.js and exercise_desk.js give it an editor and buttons.
"""

from pathlib import Path

from sphinx.util.fileutil import copy_asset_file

from lesson_extensions.exercise import directive, grader, nodes
from lesson_extensions.shared.assets import add_assets

STATIC = Path(__file__).parent / "static"


def serve_grader(app, exception):
    """Put grader.py where exercise.js finds it."""
    if not exception and app.builder.format == "html":
        target = Path(app.outdir) / "_static" / nodes.GRADER
        target.parent.mkdir(exist_ok=True)
        copy_asset_file(grader.__file__, target, force=True)  # over an older one


def setup(app):
    nodes.setup(app)
    directive.setup(app)
    app.connect("build-finished", serve_grader)
    add_assets(app)  # exercise.js imports progress.js from there
    add_assets(app, "exercise.css", "exercise.js", folder=STATIC, on=nodes.exercise)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
