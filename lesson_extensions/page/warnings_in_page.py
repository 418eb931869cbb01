"""What a page was warned of, in a box at its top: for who writes it, with `nox -s preview`.

Only where `warnings_in_page` is on. Then a page that cannot be read at all is written too, with
nothing but the box; and a page that was warned of is read again at each build, so that the box goes
when what was wrong has been mended, in whatever file.
"""

import json
import logging
import os
import re
from copy import copy
from html import escape
from pathlib import Path

from sphinx.util import logging as sphinx_logging

from lesson_extensions.shared.assets import add_assets

logger = sphinx_logging.getLogger(__name__)

TYPE = re.compile(r"( \[[\w.-]+\])+\Z")  # which Sphinx adds, for suppress_warnings


class Warnings(logging.Handler):
    """Notes the warnings of a build by page: docname → [(place, text)]."""

    def __init__(self, app):
        super().__init__(logging.WARNING)
        self.app = app
        self.of = {}
        self.unreadable = {}  # docname → what is read in place of the page
        self.translate = sphinx_logging.WarningLogRecordTranslator(app).filter
        self.addFilter(sphinx_logging.WarningSuppressor(app))

    def emit(self, record):
        """Note a warning once: Sphinx holds some back, and hands them on a second time."""
        record = copy(record)  # what is written to the terminal is not to be changed here
        self.translate(record)
        env = self.app.env
        location = record.location or ""
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


def begin(app):
    app.warnings_in_page = None
    if app.config.warnings_in_page and app.builder.format == "html":
        app.warnings_in_page = Warnings(app)
        logging.getLogger(sphinx_logging.NAMESPACE).addHandler(app.warnings_in_page)
        app.builder.read_doc = goes_on(app, app.builder.read_doc)


def goes_on(app, read_doc):
    """`read_doc`, which reads a page that raises an error as an empty one, with a warning."""

    def read(docname, **options):
        try:
            read_doc(docname, **options)
        except Exception as error:
            what = f"this page cannot be read: {type(error).__name__}: {error}"
            logger.warning(what, location=docname, type="unreadable")
            app.emit("env-purge-doc", app.env, docname)
            app.env.clear_doc(docname)
            app.warnings_in_page.unreadable[docname] = f"# {docname}\n"
            read_doc(docname, **options)

    return read


def replace(app, docname, content):
    if app.warnings_in_page and docname in app.warnings_in_page.unreadable:
        content[0] = app.warnings_in_page.unreadable[docname]


def show(app, pagename, templatename, context, doctree):
    if app.warnings_in_page and (warnings := app.warnings_in_page.of.get(pagename)):
        context["body"] = box(warnings) + context.get("body", "")


def box(warnings):
    items = "".join(
        f"<li><code>{escape(place)}</code><pre>{escape(text)}</pre></li>\n"
        for place, text in warnings
    )
    title = "This page has a fault" if len(warnings) == 1 else "This page has faults"
    return (
        f'<div class="la-warnings" role="alert">\n<p class="la-warnings__title">{title}</p>\n'
        f"<ul>\n{items}</ul>\n</div>\n"
    )


# -- From one build to the next ------------------------------------------------------------------


def kept(app):
    return Path(app.doctreedir) / "warned.json"


def read_again(app, env, added, changed, removed):
    """The pages that the last build was warned of."""
    if not app.warnings_in_page or not kept(app).is_file():
        return []
    return [name for name in json.loads(kept(app).read_text("utf-8")) if name in env.found_docs]


def keep(app, exception):
    if app.warnings_in_page and not exception:
        kept(app).write_text(json.dumps(sorted(app.warnings_in_page.of)), "utf-8")


def setup(app):
    app.add_config_value("warnings_in_page", False, "", bool)
    app.connect("builder-inited", begin)
    app.connect("env-get-outdated", read_again)
    app.connect("source-read", replace)
    app.connect("html-page-context", show)
    app.connect("build-finished", keep)
    add_assets(app, "warnings_in_page.css", folder=Path(__file__).parent / "static")
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
