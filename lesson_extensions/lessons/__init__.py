"""A lesson's front matter, shown below its title: how long it takes, and what it builds on."""

from pathlib import Path

from lesson_extensions.lessons import facts
from lesson_extensions.shared.assets import add_assets

STATIC = Path(__file__).parent / "static"


def setup(app):
    app.connect("doctree-read", facts.show_facts)
    add_assets(app, "lessons.css", folder=STATIC)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
