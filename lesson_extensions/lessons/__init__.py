"""A lesson's front matter: how long it takes, what it builds on, and what it asks its reader to do.

facts.py judges it and shows it below the title; domain.py keeps it for who shows lessons, as the
Logic Matrix does: shared/lessons.py reads it there.
"""

from pathlib import Path

from sphinx.application import Sphinx
from sphinx.util.typing import ExtensionMetadata

from lesson_extensions.lessons import domain, facts
from lesson_extensions.shared.assets import add_assets

STATIC = Path(__file__).parent / "static"


def setup(app: Sphinx) -> ExtensionMetadata:
    app.add_domain(domain.LessonsDomain)
    app.connect("doctree-read", facts.read_lesson)
    app.connect("env-updated", domain.check_names)  # at each build, also when nothing was read
    app.connect("html-page-context", facts.tell_the_page)
    add_assets(app, "lessons.css", folder=STATIC)
    return {
        "version": "1",
        "env_version": 1,
        "parallel_read_safe": True,
        "parallel_write_safe": True,
    }
