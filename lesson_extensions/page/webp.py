"""What cells draw, as WebP: the same pixels in half the bytes, and at most 60 kB a picture.

A photograph with noise does not come down to that without loss: it is made as good as fits.
"""

import re
import shutil
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from PIL import Image
from sphinx.application import Sphinx
from sphinx.util.typing import ExtensionMetadata

MOST = 60_000  # bytes
QUALITIES = (90, 80, 70, 60, 50, 40, 30)
DRAWN = re.compile(r"_images/([0-9a-f]{64})\.png")  # as myst-nb names what a cell drew
HOLDS_LINKS = {".html", ".md"}


def encodings(picture: Image.Image) -> Iterator[bytes]:
    """The picture in WebP, better ones first."""
    for quality in (None, *QUALITIES):
        buffer = BytesIO()
        picture.save(buffer, "WEBP", lossless=quality is None, quality=quality or 80)
        yield buffer.getvalue()


def encoded(path: Path) -> bytes:
    """The first that is small enough, or the smallest."""
    with Image.open(path) as picture:
        opaque = picture.convert("RGB")  # matplotlib's have a background
    data = b""
    for data in encodings(opaque):
        if len(data) <= MOST:
            break
    return data


def deliver(app: Sphinx, exception: Exception | None) -> None:
    """Put WebP in the place of what cells drew, and into the pages that show it."""
    if exception or app.builder.format != "html":
        return
    site, kept = Path(app.outdir), Path(app.doctreedir, "webp")
    kept.mkdir(exist_ok=True)
    for path in site.glob("_images/*.png"):
        if DRAWN.fullmatch(f"_images/{path.name}"):
            known = kept / f"{path.stem}.webp"  # its name says what is in it
            if not known.is_file():
                known.write_bytes(encoded(path))
            shutil.copyfile(known, path.with_suffix(".webp"))
            path.unlink()
    for path in site.rglob("*"):
        if path.suffix in HOLDS_LINKS:
            page = path.read_text("utf-8")
            told = DRAWN.sub(r"_images/\1.webp", page)
            if told != page:
                path.write_text(told, "utf-8")


def setup(app: Sphinx) -> ExtensionMetadata:
    app.connect("build-finished", deliver, priority=970)  # when all that names a picture is written
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
