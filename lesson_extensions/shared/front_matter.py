"""The one place that reads the front matter of a page."""

import json
from typing import Any

from myst_parser.config.main import TopmatterReadError, read_topmatter
from sphinx.environment import BuildEnvironment

LAST = 1000  # pages that give no `order` come last, by file name


def read(env: BuildEnvironment, docname: str, key: str, default: Any = None) -> Any:
    """What the front matter of a page that was read says under `key`: MyST keeps it as JSON."""
    value = env.metadata[docname].get(key, default)
    try:
        return json.loads(value)
    except (TypeError, ValueError):
        return value  # a plain word, or the default


def read_ahead(env: BuildEnvironment, docname: str, key: str, default: Any = None) -> Any:
    """The same for a page that may not have been read yet.

    Front matter that is no YAML, or not in UTF-8, counts as none: MyST and Sphinx warn of it when
    they read the page.
    """
    try:
        front_matter = read_topmatter(env.doc2path(docname).read_text("utf-8"))
    except (TopmatterReadError, UnicodeDecodeError):
        front_matter = None
    return (front_matter or {}).get(key, default)
