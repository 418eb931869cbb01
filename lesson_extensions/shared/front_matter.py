"""The one place that reads the front matter of a page."""

import json

from myst_parser.config.main import TopmatterReadError, read_topmatter


def read(env, docname, key, default=None):
    """What the front matter of a page that was read says under `key`: MyST keeps it as JSON."""
    value = env.metadata[docname].get(key, default)
    try:
        return json.loads(value)
    except (TypeError, ValueError):
        return value  # a plain word, or the default


def read_ahead(env, docname, key, default=None):
    """The same for a page that may not have been read yet.

    Front matter that is no YAML counts as none: MyST warns of it when it reads the page.
    """
    try:
        front_matter = read_topmatter(env.doc2path(docname).read_text("utf-8"))
    except TopmatterReadError:
        front_matter = None
    return (front_matter or {}).get(key, default)
