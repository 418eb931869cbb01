"""offline.json: the files that are this build, each with its hash, and a name for all of them.

The same sources give the same name; a page that did not change has the same hash in the next build,
so that nobody loads it again.
"""

import gzip
import hashlib
import json
import re
from pathlib import Path

from sphinx.application import Sphinx

from lesson_extensions.shared.assets import STATIC
from lesson_extensions.shared.linking import lean

LIST, WORKER = "offline.json", "offline.js"
# What no page of the site asks for: what hosts, other sites and machines read, the 404 page, which
# a host alone can show, and the site itself as a book and as a zip.
ELSEWHERE = re.compile(
    r"(?:^|/)(?:\.|_headers$|_sources/|404\.html$|llms)|\.(?:inv|map|md|xml)$|^[^/]+\.(?:epub|zip)$"
)
PLAIN = {".css", ".html", ".ipynb", ".js", ".json", ".mjs", ".py", ".svg", ".txt"}  # sent as gzip
LINE = re.compile(r"^(?:import .*\n|export )", re.MULTILINE)


def files(site: Path) -> dict[str, Path]:
    """By address: what a reader of this build may come to load.

    Scripts of features lie in a folder of their own; the copies beside it are loaded by nobody.
    """
    found = {path.relative_to(site).as_posix(): path for path in site.rglob("*") if path.is_file()}
    features = {path.name for name, path in found.items() if name.startswith("_static/features/")}
    unused = {f"_static/{name}" for name in features} | {LIST, WORKER}
    return {
        name: found[name]
        for name in sorted(found)
        if name not in unused and not ELSEWHERE.search(name)
    }


def listed(site: Path) -> dict[str, object]:
    """{"build", "bytes" in all, "wire": those that travel, "files": {address: (hash, bytes)}}"""
    facts = {}
    wire = 0
    for name, path in files(site).items():
        data = path.read_bytes()
        facts[name] = (hashlib.sha256(data).hexdigest()[:16], len(data))
        wire += len(gzip.compress(data, 6, mtime=0) if path.suffix in PLAIN else data)
    build = hashlib.sha256(json.dumps(facts).encode()).hexdigest()[:16]
    total = sum(size for _, size in facts.values())
    return {"build": build, "bytes": total, "wire": wire, "files": facts}


def write(site: Path) -> None:
    """Once more after whatever changes a file of the site."""
    text = json.dumps(listed(site), ensure_ascii=False, separators=(",", ":"))
    (site / LIST).write_text(text, "utf-8")


def worker() -> str:
    """The service worker with what it imports, in one script: not all browsers take a module."""
    parts = [STATIC / "kept.js", Path(__file__).parent / "static" / WORKER]
    return lean("".join(LINE.sub("", path.read_text("utf-8")) for path in parts))


def serve(app: Sphinx, exception: Exception | None) -> None:
    """Put the worker at the root, since it rules what lies below it, and the list beside it."""
    if exception or app.builder.format != "html":
        return
    site = Path(app.outdir)
    (site / WORKER).write_text(worker(), "utf-8")
    write(site)
