"""Whose work runs in the reader's browser: what is served of it, each part with its licence."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from email.parser import Parser
from pathlib import Path

from sphinx.application import Sphinx

from lesson_extensions.live.runtime import PINS
from lesson_extensions.shared.notices import LICENCE, of_distribution

HERE = Path(__file__).parent
PYODIDE = """\
Pyodide {version}: Python, compiled to WebAssembly. Copyright its contributors and Mozilla.

This Source Code Form is subject to the terms of the Mozilla Public License, v. 2.0. If a copy of
the MPL was not distributed with this file, You can obtain one at https://mozilla.org/MPL/2.0/.

The files are those of the release, unchanged. Their source:
https://github.com/pyodide/pyodide/tree/{version}
"""


def find(app: Sphinx) -> Iterator[tuple[str, str]]:
    yield "CodeMirror (the code editor)", (HERE / "static/editor.LICENSE.txt").read_text("utf-8")
    if not app.config.live_address:
        return  # no runtime is served
    yield f"Pyodide {PINS['pyodide']}", PYODIDE.format(version=PINS["pyodide"])
    python = f"Python {PINS['python']}"
    yield f"{python} and its library", (HERE / "python.LICENSE.txt").read_text("utf-8")
    yield of_distribution("ipython")
    for package in PINS["packages"].values():
        yield of_wheel(Path(app.confdir, app.config.live_runtime, package["file"]))


def of_wheel(path: Path) -> tuple[str, str]:
    """The notice of a wheel: name, version and its licence files, those of its fonts too.

    Raises LookupError where it has none: then nobody may serve what is in it.
    """
    with zipfile.ZipFile(path) as wheel:
        names = sorted(wheel.namelist())
        (about,) = (name for name in names if name.endswith(".dist-info/METADATA"))
        metadata = Parser().parsestr(wheel.read(about).decode())
        texts = [
            wheel.read(name).decode("utf-8", "replace").strip()
            for name in names
            if LICENCE.search(name) and not name.endswith(".py")
        ]
    if not texts:
        raise LookupError(f"the wheel {path.name} has no licence file")
    return f"{metadata['Name']} {metadata['Version']}", "\n\n".join(dict.fromkeys(texts))
