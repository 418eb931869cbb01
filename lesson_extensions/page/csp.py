"""A Content-Security-Policy: what a page may load, and run, is named; all else the browser refuses.

Hosts that can set headers read it from the file `_headers`; for the others it stands in each page.
"""

import base64
import hashlib
import re
from collections.abc import Iterable
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.util.typing import ExtensionMetadata

POLICY = (
    "default-src 'self'; "
    "script-src 'self' 'wasm-unsafe-eval'{hashes}; "  # Python is WebAssembly
    "style-src 'self' 'unsafe-inline'; "  # Furo's and MathML's; a style runs nothing
    "img-src 'self' data: blob:; "  # pictures that a reader's code draws
    "font-src 'self' data:; "  # that of formulas comes with its style sheet
    "object-src 'none'; base-uri 'self'; form-action 'self'"
)
HEADERS = """/*
  Content-Security-Policy: {policy}
  X-Content-Type-Options: nosniff
  Referrer-Policy: strict-origin-when-cross-origin
/_static/runtime/*
  Cache-Control: public, max-age=31536000, immutable
"""
INLINE = re.compile(r"<script(?![^>]*\ssrc=)(?![^>]*application/)[^>]*>(.*?)</script>", re.DOTALL)
FIRST = '<meta charset="utf-8">'
MARK = '<meta http-equiv="Content-Security-Policy"'


def hash_of(script: str) -> str:
    """The source expression that allows this inline script and no other."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"


def policy(hashes: Iterable[str]) -> str:
    return POLICY.format(hashes="".join(f" {one}" for one in sorted(hashes)))


def deliver(app: Sphinx, exception: Exception | None) -> None:
    """Write the policy into every page, and into `_headers` that of all pages together."""
    if exception or app.builder.format != "html":
        return
    all_hashes: set[str] = set()
    for path in Path(app.outdir).rglob("*.html"):
        page = path.read_text("utf-8")
        hashes = {hash_of(script) for script in INLINE.findall(page)}
        all_hashes |= hashes
        before, first, after = page.partition(FIRST)
        if not first:
            before, first, after = page.partition('<meta charset="utf-8" />')
        if first and MARK not in page:
            meta = f'{MARK} content="{policy(hashes)}">'
            path.write_text(f"{before}{first}\n    {meta}{after}", "utf-8")
    headers = HEADERS.format(policy=policy(all_hashes))
    (Path(app.outdir) / "_headers").write_text(headers, "utf-8")


def setup(app: Sphinx) -> ExtensionMetadata:
    app.connect("build-finished", deliver)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
