"""What a page was warned of, in a box at its top: for who writes it, with `nox -s preview`.

Only where `warnings_in_page` is on. Then a page that cannot be read at all is written too, with
nothing but the box; and a page that was warned of is read again at each build, so that the box goes
when what was wrong has been mended, in whatever file.
"""

import json
import logging
import os
import re
from collections.abc import Callable
from copy import copy
from html import escape
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util import logging as sphinx_logging
from sphinx.util.typing import ExtensionMetadata

from lesson_extensions.shared.assets import add_assets

logger = sphinx_logging.getLogger(__name__)

TYPE = re.compile(r"( \[[\w.-]+\])+\Z")  # which Sphinx adds, for suppress_warnings


class Warnings(logging.Handler):
    """Notes the warnings of a build by page, and shows each page its own."""

    def __init__(self, app: Sphinx) -> None:
        super().__init__(logging.WARNING)
        self.app = app
        self.of: dict[str, list[tuple[str, str]]] = {}  # docname → [(place, text)]
        self.unreadable: dict[str, str] = {}  # docname → what is read in place of the page
        self.kept = Path(app.doctreedir) / "warned.json"  # from one build to the next
        self.translate = sphinx_logging.WarningLogRecordTranslator(app).filter
        self.addFilter(sphinx_logging.WarningSuppressor(app))

    def emit(self, record: logging.LogRecord) -> None:
        """Note a warning once: Sphinx holds some back, and hands them on a second time."""
        record = copy(record)  # what is written to the terminal is not to be changed here
        self.translate(record)  # type: ignore[arg-type]  # Sphinx's logger makes no other
        env = self.app.env
        location: str = getattr(record, "location", None) or ""
        path, _, line = location.rpartition(":") if ":" in location else (location, "", "")
        docname = path and env.path2doc(path)
        if docname not in env.found_docs:  # a file that a page includes
            docname = env.current_document.docname
        if docname:
            name = os.path.relpath(path or env.doc2path(docname), self.app.confdir)
            place = f"{name}:{line}" if line.isdigit() else name
            text = TYPE.sub("", logging.LogRecord.getMessage(record))
            warning = place, text.strip()
            warnings = self.of.setdefault(docname, [])
            if warning not in warnings:
                warnings.append(warning)

    def goes_on(self, read_doc: Callable[..., None]) -> Callable[..., None]:
        """`read_doc`, which reads a page that raises an error as an empty one, with a warning."""

        def read(docname: str, **options: Any) -> None:
            try:
                read_doc(docname, **options)
            except Exception as error:
                what = f"this page cannot be read: {type(error).__name__}: {error}"
                logger.warning(what, location=docname, type="unreadable")
                self.app.emit("env-purge-doc", self.app.env, docname)
                self.app.env.clear_doc(docname)
                self.unreadable[docname] = f"# {docname}\n"
                read_doc(docname, **options)

        return read

    def replace(self, app: Sphinx, docname: str, content: list[str]) -> None:
        content[0] = self.unreadable.get(docname, content[0])

    def show(
        self,
        app: Sphinx,
        pagename: str,
        templatename: str,
        context: dict[str, Any],
        doctree: nodes.document | None,
    ) -> None:
        if warnings := self.of.get(pagename):
            context["body"] = box(warnings) + context.get("body", "")

    def read_again(self, app: Sphinx, env: BuildEnvironment, *changes: set[str]) -> list[str]:
        """The pages that the last build was warned of."""
        warned = json.loads(self.kept.read_text("utf-8")) if self.kept.is_file() else []
        return [name for name in warned if name in env.found_docs]

    def keep(self, app: Sphinx, exception: Exception | None) -> None:
        if not exception:
            self.kept.write_text(json.dumps(sorted(self.of)), "utf-8")


def box(warnings: list[tuple[str, str]]) -> str:
    items = "".join(
        f"<li><code>{escape(place)}</code><pre>{escape(text)}</pre></li>\n"
        for place, text in warnings
    )
    title = "This page has a fault" if len(warnings) == 1 else "This page has faults"
    return (
        f'<div class="la-warnings" role="alert">\n<p class="la-warnings__title">{title}</p>\n'
        f"<ul>\n{items}</ul>\n</div>\n"
    )


def begin(app: Sphinx) -> None:
    if app.config.warnings_in_page and app.builder.format == "html":
        warnings = Warnings(app)
        logging.getLogger(sphinx_logging.NAMESPACE).addHandler(warnings)
        vars(app.builder)["read_doc"] = warnings.goes_on(app.builder.read_doc)
        app.connect("env-get-outdated", warnings.read_again)
        app.connect("source-read", warnings.replace)
        app.connect("html-page-context", warnings.show)
        app.connect("build-finished", warnings.keep)


def setup(app: Sphinx) -> ExtensionMetadata:
    app.add_config_value("warnings_in_page", False, "", bool)
    app.connect("builder-inited", begin)
    add_assets(app, "warnings_in_page.css", folder=Path(__file__).parent / "static")
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
