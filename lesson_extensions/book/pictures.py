"""Pictures for paper: what was drawn light on dark becomes dark on white; a photograph does not."""

import io
from pathlib import Path

import numpy as np
from PIL import Image

DARK = 64  # no colour of a dark pane has a lightness above this, of 255
MOSTLY = 0.6  # a picture with less of it shows an image of its own, not lines
COLOURS = 96  # of lines and letters with their soft edges
# CSS: invert(1) hue-rotate(180deg), by which light and dark change places, and hues stay
HUE = np.array([[-0.574, 1.43, 0.144], [0.426, 0.43, 0.144], [0.426, 1.43, -0.856]])


def on_paper(path: Path) -> bytes:
    """The picture as PNG, light where its ground was dark; a format that has no pixels as it is."""
    if path.suffix != ".png":
        return path.read_bytes()
    with Image.open(path) as opened:
        pixels = np.asarray(opened.convert("RGB")).astype(float)
    ground = pixels[0, 0]
    if ground.max() < DARK and (pixels == ground).all(axis=-1).mean() > MOSTLY:
        pixels = (255 - pixels) @ HUE.T
        pixels *= 255 / pixels[0, 0]  # the ground is white
        picture = Image.fromarray(pixels.round().clip(0, 255).astype(np.uint8))
        picture = picture.quantize(
            COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE
        )
    else:
        picture = Image.fromarray(pixels.astype(np.uint8))
    written = io.BytesIO()
    picture.save(written, "PNG", optimize=True)
    return written.getvalue()
