"""Serves the reader's Python: the runtime, where it is, and what else the scripts ask for."""

import json
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.errors import ExtensionError
from sphinx.util import logging

from lesson_extensions.live import runtime
from lesson_extensions.shared.assets import python_modules
from lesson_extensions.shared.gallery import gallery_of

logger = logging.getLogger(__name__)


def name_versions(app: Sphinx, config: Config) -> None:
    """{{ browser_numpy }} in a page: the version that runs in the reader's browser."""
    version = runtime.PINS["packages"]["numpy"]["version"]
    config.myst_substitutions = {**config.myst_substitutions, "browser_numpy": version}


def note_version(app: Sphinx, config: Config) -> None:
    """Have every page written again where the runtime is another, since each names its folder."""
    folder = Path(app.confdir) / config.live_runtime
    if not runtime.missing_from(folder):
        config.live_version = runtime.version(python_modules(app))


def find_runtime(app: Sphinx) -> None:
    """Read and check the runtime before a page is written; a wrong file stops the build."""
    app.config.live_address = ""
    folder = Path(app.confdir) / app.config.live_runtime
    if app.builder.format != "html":
        return
    if runtime.missing_from(folder):
        logger.info("no runtime in %s: pages get no Run buttons (see `nox -s runtime`)", folder)
        return
    modules = python_modules(app)
    place = Path(app.outdir, app.config.live_shared)
    facts = runtime.facts(folder, place, modules)
    found = runtime.known.get(facts)
    if not found or not (place / found[0]).is_dir():
        try:
            files = runtime.served(folder, modules)
        except runtime.WrongHash as error:
            raise ExtensionError(f"{folder}: {error}") from error
        listed = runtime.manifest(files)["files"].values()
        first = sum(file["bytes"] for file in listed if file["first"])
        found = runtime.known[facts] = runtime.publish(files, place), first
    address, app.config.live_bytes = found
    app.config.live_address = f"{app.config.live_shared}{address}"


def tell_the_page(
    app: Sphinx,
    pagename: str,
    templatename: str,
    context: dict[str, Any],
    doctree: nodes.document | None,
) -> None:
    """Say in the head of a page where its runtime is, and how many bytes a first run loads."""
    if app.config.live_address:
        address = context["pathto"](app.config.live_address, resource=True)
        page = app.config.live_help
        help = f' data-help="{context["pathto"](page)}"' if page else ""
        size = app.config.live_bytes
        meta = f'<meta name="la-runtime" content="{address}" data-bytes="{size}"{help}>'
        context["metatags"] = context.get("metatags", "") + meta


def serve_rest(app: Sphinx, exception: Exception | None) -> None:
    """List the errors, for who runs into one."""
    if exception or not app.config.live_address:
        return
    text = json.dumps(gallery_of(app, app.builder.get_target_uri), ensure_ascii=False)
    (Path(app.outdir) / "_static/errors.json").write_text(text, "utf-8")


def setup(app: Sphinx) -> None:
    app.setup_extension("lesson_extensions.shared.gallery")
    app.add_config_value("live_runtime", "docs/_build/runtime", "html", str)
    app.add_config_value("live_shared", "", "html", str)  # "../": with the site above this one
    app.add_config_value("live_help", "", "html", str)
    app.add_config_value("live_version", "", "html", str)
    app.add_config_value("live_address", "", "")
    app.add_config_value("live_bytes", 0, "")
    app.connect("config-inited", name_versions)
    app.connect("config-inited", note_version)
    app.connect("builder-inited", find_runtime)
    app.connect("html-page-context", tell_the_page)
    app.connect("build-finished", serve_rest)
