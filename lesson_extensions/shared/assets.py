"""The one place that registers what features serve: style sheets, scripts, and Python.

Scripts import each other, so all lie in one folder that is named after what it holds: a page finds
those that it was built with, and a browser may keep them for good.
"""

import hashlib
import re
import shutil
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config

# Whole lines, for who reads the source: a reader's browser would load a quarter more with them
COMMENT = re.compile(
    r"^[ \t]*(?:/\*\*(?:(?!\*/).)*\*/|// [^\n]*)[ \t]*\n", re.MULTILINE | re.DOTALL
)
STATIC = Path(__file__).parent / "static"  # what scripts of features import
_folders: WeakKeyDictionary[Sphinx, list[Path]] = WeakKeyDictionary()
_python: WeakKeyDictionary[Sphinx, set[str]] = WeakKeyDictionary()


def add_assets(app: Sphinx, *names: str, folder: Path = STATIC, on: Any = None) -> None:
    """Serve `folder` and load its named files: style sheets, and modules.

    With a class of nodes as `on`, only the pages that hold such a node load them; else all pages.
    Raises FileNotFoundError for a name that the folder does not hold.
    """

    def load_where_used(
        app: Sphinx,
        pagename: str,
        templatename: str,
        context: dict[str, Any],
        doctree: nodes.document | None,
    ) -> None:
        if on and (doctree is None or next(doctree.findall(on), None) is None):
            return
        for name in names:  # during this event Sphinx adds files to this page only
            if name.endswith(".js"):  # a module: deferred, and shares no globals
                app.add_js_file(f"features/{app.config.scripts_version}/{name}", type="module")
            elif on:
                app.add_css_file(name)

    for name in names:
        if not (folder / name).is_file():
            raise FileNotFoundError(folder / name)
    app.add_css_file("tokens.css", priority=400)  # before all sheets that use or change them
    if app not in _folders:
        _folders[app] = [STATIC]
        app.add_config_value("scripts_version", "", "html", str)  # another: all pages name it
        app.connect("config-inited", name_scripts)
        app.connect("builder-inited", serve_scripts)
    if folder not in _folders[app]:
        _folders[app].append(folder)
    for name in names:
        if name.endswith(".css") and not on:
            app.add_css_file(name)  # now, so that the site's own sheet comes after it
    app.connect("html-page-context", load_where_used)


def scripts_of(app: Sphinx) -> list[Path]:
    return sorted(path for folder in _folders[app] for path in folder.glob("*.js"))


def name_scripts(app: Sphinx, config: Config) -> None:
    """Serve the folders, and find the name of the one of the scripts."""
    config.html_static_path = [*config.html_static_path, *map(str, _folders[app])]
    digest = hashlib.sha256()
    for path in scripts_of(app):
        digest.update(f"{path.name} {path.stat().st_size} ".encode() + path.read_bytes())
    config.scripts_version = digest.hexdigest()[:10]


def serve_scripts(app: Sphinx) -> None:
    """Put all scripts into the folder of this version, in the place of an older one."""
    folder = Path(app.outdir) / "_static/features" / app.config.scripts_version
    if app.builder.format == "html" and not folder.is_dir():
        shutil.rmtree(folder.parent, ignore_errors=True)
        folder.mkdir(parents=True)
        for path in scripts_of(app):
            text = path.read_text("utf-8")
            is_ours = not path.with_suffix(".LICENSE.txt").exists()
            (folder / path.name).write_text(COMMENT.sub("", text) if is_ours else text, "utf-8")


def add_python(app: Sphinx, *modules: str) -> None:
    """Serve modules to the reader's Python, where the same `import` finds them.

    A script of the page calls their functions by the event la-call, which live/ answers. Beside
    what is served they may import the standard library and NumPy.
    """
    _python.setdefault(app, set()).update(modules)


def python_modules(app: Sphinx) -> list[str]:
    """The names of all modules that are served."""
    return sorted(_python.get(app, ()))
