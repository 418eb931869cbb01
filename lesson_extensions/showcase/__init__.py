"""A reader's notebook: author, licence and data below its title, and its data out of the search."""

from pathlib import Path

from sphinx.application import Sphinx
from sphinx.util.typing import ExtensionMetadata

from lesson_extensions.shared.assets import add_assets
from lesson_extensions.showcase import facts

STATIC = Path(__file__).parent / "static"


def setup(app: Sphinx) -> ExtensionMetadata:
    app.add_config_value("showcase_notebooks", "showcase/*", "env", str)
    app.connect("doctree-read", facts.show_facts)
    app.connect("doctree-read", facts.leave_out_of_search)
    add_assets(app, "showcase.css", folder=STATIC, on=facts.is_facts)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
