"""What the files of a book are called."""

import re

from sphinx.config import Config

FORMS = {"epub": "EPUB, for readers of books", "pdf": "PDF, to print"}


def file_name(config: Config, form: str) -> str:
    """Such as linear-algebra-with-numpy.epub."""
    return f"{slug(str(config.project))}.{form}"


def slug(text: str) -> str:
    """Letters, digits and hyphens, for a file or an id."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
