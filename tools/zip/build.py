"""Make a zip of the built site that also works from a folder, and offer it on the site: needs node.

`python -m tools.zip.build SITE NAME` writes SITE/NAME: the same bytes for the same site.

A page that is opened from a folder may load style sheets, pictures and plain scripts. It may not
load modules, data or workers. So in the zip copy.js starts the scripts of a page: from a server the
modules as they are, from a folder out of one plain script that holds them all; and each file of
data has a twin that is a script. Python in the page needs a server, and the cells say so.
"""

import json
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from lesson_extensions.offline import listing

HERE = Path(__file__).parent
MODULE = re.compile(r'<script\b(?=[^>]*\btype="module")[^>]*?\bsrc="([^"]+)"[^>]*></script>')
PLACE = re.compile(r'<p class="la-offline__zip">.*?</p>', re.DOTALL)
PANEL = re.compile(r'<div class="la-offline">.*?</div>', re.DOTALL)
SERVE = "python -m http.server --bind 127.0.0.1 8000"
COPY = (
    "<p>This is a copy of the site in a folder.\n"
    f"Its live cells need a server: in the folder, run <code>{SERVE}</code>\n"
    "and open <code>http://127.0.0.1:8000/</code>.</p>"
)
OFFER = (
    '<p class="la-offline__zip">Or take it along: '
    '<a href="{name}" download>a zip of the site</a>, {size}.\n'
    "Unpack it and open index.html; live cells need a server, and say which line starts one.</p>"
)
PACKED = {".pdf", ".png", ".whl", ".woff2", ".z", ".zip"}  # nothing is gained by another round
TIME = (1980, 1, 1, 0, 0, 0)  # the first that a zip knows
ESBUILD = [
    "node",
    "node_modules/esbuild/bin/esbuild",
    "--bundle",
    "--minify",
    "--format=iife",
    "--target=es2022",
    "--charset=utf8",
    "--log-level=warning",
    "--define:import.meta.url=laModule",
]
# Where modules think they are: beside those of features, or where this script is.
WHERE = (
    "var laModule = (document.querySelector(\"script[src*='/features/']\")"
    " ?? document.currentScript).src;"
)


def modules_of(page: str, folder: str) -> list[str]:
    """The addresses in the site of the modules that a page loads, which lies in `folder`."""
    root = Path("/site")
    return [
        (root / folder / src.partition("?")[0]).resolve().relative_to(root).as_posix()
        for src in MODULE.findall(page)
    ]


def plain(page: str, depth: int) -> str:
    """The page with modules that only copy.js loads."""
    if not MODULE.search(page):
        return page
    page = MODULE.sub(r'<script type="la-module" src="\1"></script>', page)
    page = PANEL.sub(lambda _: COPY, page)
    start = f'<script defer src="{"../" * depth}_static/copy.js"></script>'
    return page.replace("</body>", f"{start}\n</body>", 1)


def bundle(site: Path, modules: list[str], target: Path) -> None:
    """One plain script of copy.js and all modules, with the fetch() that reads twins."""
    with tempfile.TemporaryDirectory() as folder:  # node_modules stays out of the tree
        work = Path(folder)
        for name in ("package.json", "package-lock.json", "copy.js", "fetch.js"):
            shutil.copy(HERE / name, work)
        (dom,) = site.glob("_static/features/*/dom.js")
        shutil.copy(dom, work)
        table = ", ".join(
            f"{json.dumps(name)}: () => import({json.dumps(str(site.resolve() / name))})"
            for name in modules
        )
        entry = f'import {{ start }} from "./copy.js";\nstart({{ {table} }});\n'
        (work / "entry.js").write_text(entry, "utf-8")
        install = ["npm", "ci", "--ignore-scripts", "--silent"]
        subprocess.run(install, cwd=work, check=True)
        options = ["entry.js", "--inject:fetch.js", f"--banner:js={WHERE}", f"--outfile={target}"]
        subprocess.run([*ESBUILD, *options], cwd=work, check=True)


def twin(name: str, data: bytes) -> bytes:
    """A script that says what a file of data holds."""
    text = json.dumps(data.decode(), ensure_ascii=False)
    return f"laTwins[{json.dumps(name)}] = {text};\n".encode()


def contents(site: Path) -> dict[str, bytes]:
    """Name → bytes of what the zip holds."""
    found: dict[str, bytes] = {}
    modules: set[str] = set()
    for name, path in listing.files(site).items():
        data = path.read_bytes()
        if path.suffix == ".html":
            page, depth = data.decode(), name.count("/")
            modules.update(modules_of(page, name.rpartition("/")[0]))
            data = plain(page, depth).encode()
        elif path.suffix == ".json" and "/runtime/" not in name:
            found[f"{name}.js"] = twin(name, data)
        found[name] = data
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "copy.js"
        bundle(site, sorted(modules), script)
        found["_static/copy.js"] = script.read_bytes()
    return found


def write(files: dict[str, bytes], target: Path) -> None:
    """A zip of one folder, named as the zip is, with fixed times and in fixed order."""
    with zipfile.ZipFile(target, "w") as package:
        for name in sorted(files):
            about = zipfile.ZipInfo(f"{target.stem}/{name}", TIME)
            about.external_attr = 0o644 << 16
            packed = Path(name).suffix in PACKED
            kind = zipfile.ZIP_STORED if packed else zipfile.ZIP_DEFLATED
            package.writestr(about, files[name], kind, 6)


def offer(site: Path, target: Path) -> None:
    """Link to the zip where a page has a place for it."""
    size = f"{target.stat().st_size / 1e6:.0f} MB"
    for path in site.rglob("*.html"):
        page = path.read_text("utf-8")
        if PLACE.search(page):
            depth = len(path.relative_to(site).parts) - 1
            link = OFFER.format(name="../" * depth + target.name, size=size)
            path.write_text(PLACE.sub(link, page), "utf-8")
    listing.write(site)  # that page has another hash now


if __name__ == "__main__":
    site = Path(sys.argv[1])
    zipped = site / sys.argv[2]
    write(contents(site), zipped)
    offer(site, zipped)
