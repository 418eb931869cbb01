"""{beside}: a task in Octave and in NumPy, side by side, each with what it printed.

directive.py reads Octave's results from a file that tools/octave.py records; the NumPy side is a
`>>>` session like any other.
"""

from pathlib import Path

from sphinx.application import Sphinx
from sphinx.util.typing import ExtensionMetadata

from lesson_extensions.beside import directive
from lesson_extensions.shared.assets import add_assets

STATIC = Path(__file__).parent / "static"


def setup(app: Sphinx) -> ExtensionMetadata:
    app.add_config_value("beside_results", "_data/octave.toml", "env", str)  # in the source folder
    app.add_node(directive.beside, html=(directive.visit_beside, directive.depart_beside))
    app.add_directive("beside", directive.BesideDirective)
    add_assets(app, "beside.css", folder=STATIC, on=directive.beside)
    return {
        "version": "1",
        "env_version": 1,
        "parallel_read_safe": True,
        "parallel_write_safe": True,
    }
