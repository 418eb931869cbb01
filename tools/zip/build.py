"""Make a zip of the built site that also works from a folder, and offer it on the site.

`python -m tools.zip.build SITE NAME` writes SITE/NAME: the same bytes for the same site.

A page that is opened from a folder may load style sheets, pictures and plain scripts, which those
of a page are. It may not load modules, data or workers. So in the zip copy.js comes first: there
it answers for fetch() by a twin of each file of data, which is a script, and for import() by a
plain script. Python in the page needs a server, and the cells say so.
"""

import json
import re
import sys
import zipfile
from pathlib import Path

from lesson_extensions import __file__ as OURS
from lesson_extensions.offline import listing
from lesson_extensions.shared import linking

HERE = Path(__file__).parent
LATER = re.compile(r'\bimport\("\./([\w.]+)"\)')  # in a script of a page
PRELOAD = re.compile(r'<link\b(?=[^>]*\brel="?preload\b)[^>]*\bcrossorigin\b[^>]*>')  # barred there
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
SCRIPTS = {path.name: path for path in Path(OURS).parent.glob("*/static/*.js")}


def plain(page: str, depth: int) -> str:
    """The page, with copy.js before its other scripts."""
    page = PRELOAD.sub("", PANEL.sub(lambda _: COPY, page))
    return page.replace(
        "<script", f'<script src="{"../" * depth}_static/copy.js"></script>\n<script', 1
    )


def plain_script(name: str) -> bytes:
    """What is a module on the site, as a script that leaves what it exports in laModules."""
    return linking.script([name], SCRIPTS.__getitem__).encode()


def twin(name: str, data: bytes) -> bytes:
    """A script that says what a file of data holds."""
    text = json.dumps(data.decode(), ensure_ascii=False)
    return f"laTwins[{json.dumps(name)}] = {text};\n".encode()


def contents(site: Path) -> dict[str, bytes]:
    """Name → bytes of what the zip holds."""
    found = {"_static/copy.js": (HERE / "copy.js").read_bytes()}
    for name, path in listing.files(site).items():
        data = path.read_bytes()
        folder, _, file = name.rpartition("/")
        if path.suffix == ".html":
            data = plain(data.decode(), name.count("/")).encode()
        elif path.suffix == ".json" and "/runtime/" not in name:
            found[f"{name}.js"] = twin(name, data)
        elif "/features/" in name and file.startswith(f"{linking.PAGE}{linking.JOINT}"):
            for later in LATER.findall(data.decode()):
                found[f"{folder}/plain.{later}"] = plain_script(later)
            data = LATER.sub(r'laImport("./\1", laUrl)', data.decode()).encode()
        found[name] = data
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
