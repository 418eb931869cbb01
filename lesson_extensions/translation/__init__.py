"""A site in another language than its sources: pages, words of the interface, and the way between.

A language is a second build, `-D language=es`, of the same sources. pages.py puts the translations
into a page before anything reads it; switch.py leads from each page to itself in the others.
"""

from sphinx.application import Sphinx
from sphinx.util.typing import ExtensionMetadata

from lesson_extensions.translation import pages, switch


def setup(app: Sphinx) -> ExtensionMetadata:
    app.add_config_value("translation_folder", "locale", "env", str)
    app.add_config_value("translation_languages", [], "html", list)  # built beside each other
    app.connect("config-inited", switch.place, priority=100)  # before all who read addresses
    app.connect("env-get-outdated", pages.changed)
    app.connect("source-read", pages.translate, priority=100)
    app.connect("doctree-read", pages.keep_anchors)
    app.connect("html-page-context", switch.tell_the_page)
    app.connect("build-finished", switch.forget, priority=999)
    return {
        "version": "1",
        "env_version": 1,
        "parallel_read_safe": True,
        "parallel_write_safe": True,
    }
