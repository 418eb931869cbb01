"""The one place that registers what features serve: style sheets, scripts, and Python.

All scripts lie in one folder that is named after what it holds: a page finds those that it was
built with, and a browser may keep them for good. A page loads its own as one file: linking.py.
"""

import hashlib
import os
import shutil
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.builders.html._assets import _JavaScript
from sphinx.config import Config

from lesson_extensions.shared import linking
from lesson_extensions.shared.words import _, in_script

STATIC = Path(__file__).parent / "static"  # what scripts of features import
_folders: WeakKeyDictionary[Sphinx, list[Path]] = WeakKeyDictionary()
_python: WeakKeyDictionary[Sphinx, set[str]] = WeakKeyDictionary()


def add_assets(
    app: Sphinx, *names: str, folder: Path = STATIC, on: Any = None, later: bool = False
) -> None:
    """Serve `folder` and load its named files: style sheets, and modules.

    With a class of nodes as `on`, only the pages that hold such a node load them; else all pages.
    With `later`, its modules are loaded when the reader first moves, scrolls or presses a key.
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
            if name.endswith(".js"):
                when: dict[str, Any] = {"data-la-later": ""} if later else {}
                app.add_js_file(f"{served_folder(app)}/{name}", **when)
            elif on:
                app.add_css_file(name)

    for name in names:
        if not (folder / name).is_file():
            raise FileNotFoundError(folder / name)
    for sheet in ("tokens.css", "controls.css"):
        app.add_css_file(sheet, priority=400)  # before all sheets that use or change them
    if app not in _folders:
        _folders[app] = [STATIC]
        app.add_config_value("scripts_version", "", "html", str)  # another: all pages name it
        app.connect("config-inited", name_scripts)
        app.connect("builder-inited", serve_scripts)
        app.connect("html-page-context", link_scripts, priority=950)  # once all have added theirs
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
        text = in_script(path.read_text("utf-8"), _).encode()  # another language, another name
        digest.update(f"{path.name} {len(text)} ".encode() + text)
    config.scripts_version = digest.hexdigest()[:10]


def served_folder(app: Sphinx) -> str:
    """Where the scripts are, below _static/."""
    return f"features/{app.config.scripts_version}"


def finder(app: Sphinx) -> linking.Find:
    """Where the source of a script is, by its name."""
    paths = {path.name: path for path in scripts_of(app)}

    def find(name: str) -> Path:
        return paths.get(name) or STATIC / name  # which is not there: the error names it

    return find


def serve_scripts(app: Sphinx) -> None:
    """Put all scripts into the folder of this version, in the place of an older one.

    Those which others load when they need them, each with what it imports; a page's are linked
    when it is written.
    """
    folder = Path(app.outdir) / "_static" / served_folder(app)
    if app.builder.format == "html" and not folder.is_dir():
        shutil.rmtree(folder.parent, ignore_errors=True)
        folder.mkdir(parents=True)
        for path in scripts_of(app):
            (folder / path.name).write_text(linking.served(path.name, finder(app)), "utf-8")


def link_scripts(
    app: Sphinx,
    pagename: str,
    templatename: str,
    context: dict[str, Any],
    doctree: nodes.document | None,
) -> None:
    """Have the page load one script in the place of all of ours, and name what comes later."""
    ours = [each for each in context["script_files"] if is_served(app, each)]
    later = [each for each in ours if "data-la-later" in each.attributes]
    now = [name_of(each) for each in ours if each not in later]
    rest = [deferred(each) for each in context["script_files"] if each not in ours]
    if later:
        now.append("later")
        address = context["pathto"](link(app, [name_of(each) for each in later]), resource=True)
        meta = f'<meta name="la-later" content="{address}">'
        context["metatags"] = context.get("metatags", "") + meta
    if now:
        rest.append(_JavaScript(link(app, now), priority=500, defer="defer"))
    context["script_files"] = rest


def deferred(script: _JavaScript) -> _JavaScript:
    """The same, run once the page is read: else reading stops, and the page is laid out for it."""
    if not script.filename or {"async", "defer"} & script.attributes.keys():
        return script
    attributes = {**script.attributes, "defer": "defer"}
    return _JavaScript(script.filename, priority=script.priority, **attributes)


def link(app: Sphinx, names: list[str]) -> str:
    """Write the scripts as one, where another page has not had it written, and say where it is."""
    name = linking.joined(names)
    address = f"_static/{served_folder(app)}/{name}"
    path = Path(app.outdir) / address
    if not path.is_file():
        draft = path.with_suffix(f".{os.getpid()}")  # pages are written by several processes
        draft.write_text(linking.served(name, finder(app)), "utf-8")
        draft.replace(path)
    return address


def name_of(asset: _JavaScript) -> str:
    return Path(str(asset.filename)).stem


def is_served(app: Sphinx, asset: Any) -> bool:
    return str(getattr(asset, "filename", "")).startswith(f"_static/{served_folder(app)}/")


def add_python(app: Sphinx, *modules: str) -> None:
    """Serve modules to the reader's Python, where the same `import` finds them.

    A script of the page calls their functions by the event la-call, which live/ answers. Beside
    what is served they may import the standard library and NumPy.
    """
    _python.setdefault(app, set()).update(modules)


def python_modules(app: Sphinx) -> list[str]:
    """The names of all modules that are served."""
    return sorted(_python.get(app, ()))
