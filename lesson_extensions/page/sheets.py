"""A page loads its style sheets as one, in which stands what something on such a page can use.

Of the rules of themes and extensions a fifth is for what this site does not have. What a class or
id is named after is looked for in the pages that load the sheet, and in all scripts.
"""

import hashlib
import json
import re
from pathlib import Path
from typing import Any

import lightningcss
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.builders.html._assets import _CascadingStyleSheet
from sphinx.errors import ExtensionError
from sphinx.util.typing import ExtensionMetadata

LINK = re.compile(r'(_static/sheets-\w{8}\.css)(?:\?v=\w+)?"')
USES = re.compile(r'(?:class|id|for|data-theme)="([^"]*)"')
WORDS = re.compile(r"[\w-]+")
NAMES = re.compile(r"[.#](-?[A-Za-z_][\w-]*)")
ADDRESS = re.compile(r"""url\((?:"[^"]*"|'[^']*'|[^)]*)\)""")
READ = re.compile(r"var\((--[\w-]+)")
SET = re.compile(r"""(?<=[{;])(--[\w-]+):(?:[^;{}"']|"[^"]*"|'[^']*')*(?:;|(?=\}))""")
# Names that a script may put together, and those of code that a reader's browser colours
OURS, SHORT = "la-", 3
APART = {"maths.css"}  # holds a font, and weighs less beside text than among it
ICON = re.compile(
    r"--icon-(?!search)[\w-]+:\s*url\((?:\"[^\"]*\"|'[^']*')\);?"
)  # of notes; ours show none
LARGE = 100_000  # bytes: the runtime and the editor, which bring the styles of what they show


def join(
    app: Sphinx,
    pagename: str,
    templatename: str,
    context: dict[str, Any],
    doctree: nodes.document | None,
) -> None:
    """Have the page load one sheet, and note which it stands for."""
    names = [str(each.filename) for each in context["css_files"]]
    joins = [name for name in names if name.startswith("_static/") and Path(name).name not in APART]
    if not joins:
        return
    own = [name.removeprefix("_static/") for name in joins]
    digest = hashlib.sha256(json.dumps(own).encode()).hexdigest()[:8]
    folder = listed(app)
    folder.mkdir(exist_ok=True)
    (folder / f"sheets-{digest}.json").write_text(json.dumps(own), "utf-8")
    rest = [each for each in context["css_files"] if str(each.filename) not in joins]
    sheet = _CascadingStyleSheet(f"_static/sheets-{digest}.css", priority=200)
    context["css_files"] = [*rest, sheet]


def listed(app: Sphinx) -> Path:
    """Where the lists lie, which outlast a build: a page without a change is not written anew."""
    return Path(app.doctreedir, "sheets")


def deliver(app: Sphinx, exception: Exception | None) -> None:
    if not exception and app.builder.format == "html":
        write(Path(app.outdir), listed(app))


def write(site: Path, lists: Path) -> None:
    """Write the sheets that the pages of `site` load, and tell each page their versions.

    Raises ExtensionError for a style sheet that cannot be read.
    """
    pages = {path: path.read_text("utf-8") for path in site.rglob("*.html")}
    uses: dict[str, set[str]] = {}
    for page in pages.values():
        for address in LINK.findall(page):
            found = uses.setdefault(Path(address).name, set())
            for words in USES.findall(page):
                found.update(words.split())
    scripts = [path for path in site.glob("_static/**/*.js") if path.stat().st_size < LARGE]
    in_scripts = {word for path in scripts for word in WORDS.findall(path.read_text("utf-8"))}
    named_in_pages = {name for page in pages.values() for name in READ.findall(page)}
    versions = {}
    for name, used in uses.items():
        sheets = json.loads((lists / name).with_suffix(".json").read_text("utf-8"))
        texts = [(site / "_static" / sheet).read_text("utf-8") for sheet in sheets]
        text = ICON.sub("", "\n".join(texts))
        unused = {word for word in names_in(text) - used - in_scripts if is_known(word)}
        try:
            lean = lightningcss.process_stylesheet(text, filename=name, unused_symbols=unused)
        except ValueError as error:
            raise ExtensionError(f"{' + '.join(sheets)}: {error}") from error
        lean = without_unread(lean, used | in_scripts | named_in_pages)
        (site / "_static" / name).write_text(lean, "utf-8")
        versions[name] = hashlib.sha256(lean.encode()).hexdigest()[:8]
    for path, page in pages.items():
        told = LINK.sub(lambda link: f'{link[1]}?v={versions[Path(link[1]).name]}"', page)
        if told != page:
            path.write_text(told, "utf-8")


def without_unread(sheet: str, named: set[str]) -> str:
    """The sheet without the variables that nothing reads, and those that only such read."""
    read = set(READ.findall(sheet)) | named
    fewer = SET.sub(lambda rule: rule[0] if rule[1] in read else "", sheet)
    return fewer if fewer == sheet else without_unread(fewer, named)


def names_in(sheet: str) -> set[str]:
    """Each class and id that a rule names."""
    return set(NAMES.findall(ADDRESS.sub("", sheet)))


def is_known(name: str) -> bool:
    """Whether a page or script would hold the name whole, if it had it."""
    return not name.startswith(OURS) and len(name) > SHORT


def setup(app: Sphinx) -> ExtensionMetadata:
    app.connect("html-page-context", join, priority=960)  # after page.unused_assets
    app.connect("build-finished", deliver, priority=960)  # when all are copied
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
