"""Live cells: what runs at build can be run, and changed, in the reader's browser.

marking.py marks the runnable texts of a page; static/live.js gives them their buttons, and
static/worker.js runs them with the runtime that runtime.py reads and serving.py serves. Without a
runtime nothing is marked, and the page is what it was. change_it.py asks the reader to change one.
"""

from pathlib import Path

from sphinx.application import Sphinx
from sphinx.util.typing import ExtensionMetadata

from lesson_extensions.live import change_it, marking, notices, serving
from lesson_extensions.shared import pristine
from lesson_extensions.shared.assets import add_assets, add_python
from lesson_extensions.shared.notices import add_notices

STATIC = Path(__file__).parent / "static"


def setup(app: Sphinx) -> ExtensionMetadata:
    marking.setup(app)
    change_it.setup(app)
    serving.setup(app)
    add_notices(app, notices.find)
    add_python(app, pristine.__name__)
    add_assets(app, "live.css", "live.js", folder=STATIC)
    add_assets(app, "change_it.css", folder=STATIC, on=change_it.change_it)
    return {
        "version": "1",
        "env_version": 1,  # raise it when a node that is kept with a page changes its place
        "parallel_read_safe": True,
        "parallel_write_safe": True,
    }
