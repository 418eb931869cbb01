"""Modules that import each other, as one script: a page loads one file in the place of a dozen.

What each module exports is kept under its name in `laModules`, so that a script which is loaded
later, with the same modules in it, uses those that run already. Only the forms that our scripts
use are read: `import { a, b as c } from "./d.js"`, and `export` before what it declares.
"""

import re
from collections.abc import Callable, Iterable
from pathlib import Path

from rjsmin import jsmin

from lesson_extensions.shared.words import _, in_script

Find = Callable[[str], Path]

IMPORT = re.compile(r"^import\s*\{([^}]*)\}\s*from\s*\"\./([\w.]+)\";?", re.MULTILINE)
EXPORT = re.compile(r"^export\s+((?:async\s+)?function\*?|class|const)\s+([\w$]+)", re.MULTILINE)
OTHER = re.compile(r"^(?:import\b(?!\()|export\b).*", re.MULTILINE)
NESTED = re.compile(r"^.*\$\{[^}`]*`.*$", re.MULTILINE)  # jsmin takes the inner text for code
URL = "import.meta.url"
JOINT = "-"
PAGE = "page"  # with which the names of a page's scripts begin
# One that fails, and those that need it, are reported; the others run all the same
START = """globalThis.laModules ??= {};
const laRun = (name, body) => {
  try {
    laModules[name] ??= body();
  } catch (error) {
    reportError(error);
  }
};
"""


class Unlinkable(Exception):
    """A script has a form of import or export that is not read here."""


def closure(names: Iterable[str], find: Find) -> dict[str, str]:
    """The text of each of these modules and of what they import, the imported first."""
    found: dict[str, str] = {}

    def visit(name: str, above: tuple[str, ...]) -> None:
        if name in above:
            raise Unlinkable(f"{find(name)}: imports itself, by way of {' and '.join(above[1:])}")
        if name not in found:
            text = in_script(find(name).read_text("utf-8"), _)
            for _names, other in IMPORT.findall(text):
                visit(other, (*above, name))
            found[name] = text

    for name in names:
        visit(name, ())
    return found


def wrapped(name: str, text: str, path: Path, url: str) -> str:
    """One module as a function that is called once, and whose result is what it exports."""
    exported = [match[2] for match in EXPORT.finditer(text)]
    text = IMPORT.sub(
        lambda match: f'const {{{match[1].replace(" as ", ": ")}}} = laModules["{match[2]}"];', text
    )
    text = EXPORT.sub(r"\1 \2", text).replace(URL, url)
    if other := OTHER.search(text):
        raise Unlinkable(
            f"{path}: {other[0]!r} cannot be served; write `import {{ name }} from "
            '"./module.js";`, or `export` before a function, a class or a const'
        )
    if nested := NESTED.search(text):
        raise Unlinkable(f"{path}: {nested[0].strip()!r} has a `text` within a `text`; part them")
    body = f'"use strict";\n{text.strip()}\nreturn {{{", ".join(exported)}}};'
    return f'laRun("{name}", () => {{\n{body}\n}});\n'


def joined(names: Iterable[str]) -> str:
    """The name of the file in which these modules are linked."""
    return f"{JOINT.join([PAGE, *names])}.js"


def served(name: str, find: Find) -> str:
    """What is served under this name.

    That of several modules is a classic script, which runs them in their order: it loads from a
    folder as well. That of one is a module, which exports what its source does.
    """
    stem = name.removesuffix(".js")
    if JOINT in stem:
        return script([f"{part}.js" for part in stem.split(JOINT)[1:]], find)
    path = find(name)
    if path.with_suffix(".LICENSE.txt").exists():
        return path.read_text("utf-8")  # another's, as it came
    return module(name, find)


def script(names: Iterable[str], find: Find) -> str:
    texts = closure(names, find)
    parts = [wrapped(name, text, find(name), "laUrl") for name, text in texts.items()]
    return lean(f"{{{START}const laUrl = document.currentScript.src;\n{''.join(parts)}}}")


def module(name: str, find: Find) -> str:
    texts = closure([name], find)
    parts = [wrapped(each, text, find(each), URL) for each, text in texts.items()]
    exported = ", ".join(match[2] for match in EXPORT.finditer(texts[name]))
    end = f'export const {{{exported}}} = laModules["{name}"];\n' if exported else ""
    return lean(f"{START}{''.join(parts)}{end}")


def lean(text: str) -> str:
    """The same without comments and blanks; of some 47 kB of a lesson's, 13 are sent."""
    return str(jsmin(text)) + "\n"
