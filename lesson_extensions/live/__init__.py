"""Live cells: what runs at build can be run, and changed, in the reader's browser.

Here the runnable texts of a page are marked; static/live.js gives them their buttons, and
static/worker.js runs them with the runtime that runtime.py serves. Without a runtime nothing is
marked, and the page is what it was.
"""

import json
import re
from pathlib import Path

from docutils import nodes
from sphinx.errors import ExtensionError
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective
from sphinx.util.fileutil import copy_asset_file
from sphinx.util.matching import patfilter

from lesson_extensions.live import notices, runtime
from lesson_extensions.shared.assets import add_assets
from lesson_extensions.shared.notices import add_notices

logger = logging.getLogger(__name__)

STATIC = Path(__file__).parent / "static"


class live(nodes.General, nodes.Element):
    """Stands around a runnable text and its output: `kind` is cell or session."""


class in_browser(nodes.General, nodes.Element):
    """How the next runnable text differs in the browser: `reason`; `runs` is False if it can't."""


class InBrowserDirective(SphinxDirective):
    """Why the text below prints something else in the browser, or cannot run there.

    ```{in-browser} The times are those of your machine.
    :runs: no
    ```

    becomes: in_browser (reason, runs), which MarkRunnable moves into the text below.
    """

    required_arguments = 1
    final_argument_whitespace = True
    option_spec = {"runs": lambda value: {"no": False, "yes": True}[value]}

    def run(self):
        node = in_browser(reason=self.arguments[0], runs=self.options.get("runs", True))
        self.set_source_info(node)
        return [node]


def kind_of(node):
    """cell, session, or None for what cannot be run."""
    if isinstance(node, nodes.container) and node.get("nb_element") == "cell_code":
        return "cell"
    if isinstance(node, nodes.literal_block) and node.astext().startswith(">>>"):
        return "session"
    return None


class MarkRunnable(SphinxPostTransform):
    """cell or session → live > cell or session, with the reason of the in_browser before it."""

    default_priority = 6  # after the cards are drawn: their snippets run too
    formats = ("html",)

    def run(self, **kwargs):
        for node in list(self.document.findall(lambda node: kind_of(node) is not None)):
            note = node.previous_sibling()
            reason, runs = "", True
            if isinstance(note, in_browser):
                reason, runs = note["reason"], note["runs"]
                note.parent.remove(note)
            if not self.config.live_address:
                continue
            wrapper = live(kind=kind_of(node), reason=reason, runs=runs)
            node.parent.replace(node, wrapper)  # replace_self would give the wrapper its classes
            wrapper += node
        for note in list(self.document.findall(in_browser)):
            logger.warning(
                "no runnable text follows this; put it right above a code cell or a session",
                location=note,
                type="live",
            )
            note.parent.remove(note)


def visit_live(self, node):
    kind, runs = node["kind"], "yes" if node["runs"] else "no"
    attributes = {"data-la-kind": kind, "data-la-runs": runs, "data-la-reason": node["reason"]}
    self.body.append(self.starttag(node, "div", CLASS="la-live", **attributes))


def depart_live(self, node):
    self.body.append("</div>\n")


def pass_over(self, node):
    raise nodes.SkipNode


def name_versions(app, config):
    """{{ browser_numpy }} in a page: the version that runs in the reader's browser."""
    version = runtime.PINS["packages"]["numpy"]["version"]
    config.myst_substitutions = {**config.myst_substitutions, "browser_numpy": version}


def find_runtime(app):
    """Read and check the runtime before a page is written; a wrong file stops the build."""
    app.config.live_address = ""
    folder = Path(app.confdir) / app.config.live_runtime
    if app.builder.format != "html":
        return
    if runtime.missing_from(folder):
        logger.info("no runtime in %s: pages get no Run buttons (see `nox -s runtime`)", folder)
        return
    facts = runtime.facts(folder, app.outdir)
    found = runtime.known.get(facts)
    if not found or not (Path(app.outdir) / found[0]).is_dir():
        try:
            files = runtime.served(folder)
        except runtime.WrongHash as error:
            raise ExtensionError(f"{folder}: {error}") from error
        listed = runtime.manifest(files)["files"].values()
        first = sum(file["bytes"] for file in listed if file["first"])
        found = runtime.known[facts] = runtime.publish(files, app.outdir), first
    app.config.live_address, app.config.live_bytes = found


def tell_the_page(app, pagename, templatename, context, doctree):
    """Say in the head of a page where its runtime is, and how many bytes a first run loads."""
    if app.config.live_address:
        address = context["pathto"](app.config.live_address, resource=True)
        meta = f'<meta name="la-runtime" content="{address}" data-bytes="{app.config.live_bytes}">'
        context["metatags"] = context.get("metatags", "") + meta


def serve_rest(app, exception):
    """Put the service worker at the root, since it rules what lies below it; list the errors."""
    if exception or not app.config.live_address:
        return
    copy_asset_file(STATIC / "offline.js", app.outdir)
    pages = sorted(patfilter(app.env.found_docs, app.config.live_gallery))
    gallery = [gallery_entry(app, docname) for docname in pages if docname in app.env.titles]
    text = json.dumps(gallery, ensure_ascii=False)
    (Path(app.outdir) / "_static/errors.json").write_text(text, "utf-8")


def gallery_entry(app, docname):
    """How live.js finds the page of an error: by the message that is its title.

    Numbers and names in quotes are those of the reader's arrays, and … stands for anything.
    """
    title = app.env.titles[docname].astext()
    pattern = re.sub(r"\d+", r"\\d+", re.escape(title).replace("…", ".*"))
    pattern = re.sub(r"'[^']*'", "'[^']*'", pattern)
    return {"title": title, "pattern": pattern, "address": app.builder.get_target_uri(docname)}


def setup(app):
    app.add_config_value("live_runtime", "docs/_build/runtime", "html", str)
    app.add_config_value("live_gallery", "errors/*", "html", str)
    app.add_config_value("live_address", "", "")
    app.add_config_value("live_bytes", 0, "")
    app.add_node(live, html=(visit_live, depart_live))
    app.add_node(in_browser, html=(pass_over, None))
    app.add_directive("in-browser", InBrowserDirective)
    app.add_post_transform(MarkRunnable)
    app.connect("config-inited", name_versions)
    app.connect("builder-inited", find_runtime)
    app.connect("html-page-context", tell_the_page)
    app.connect("build-finished", serve_rest)
    add_notices(app, notices.find)
    add_assets(app, "live.css", "live.js", folder=STATIC)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
