"""What a cell draws is sent as WebP: without loss where that is small, else as good as fits."""

import io

import numpy as np
import pytest
from PIL import Image

from lesson_extensions.page.webp import MOST, encoded

NOISE = np.random.default_rng(0).integers(0, 256, size=(300, 400, 3), dtype=np.uint8)
STRIPES = np.repeat(np.arange(0, 240, 2, dtype=np.uint8)[:, None, None], 400, axis=1).repeat(3, -1)


@pytest.fixture
def png(tmp_path):
    def write(pixels):
        path = tmp_path / "picture.png"
        Image.fromarray(pixels).save(path)
        return path

    return write


def test_a_drawing_keeps_every_pixel(png):
    with Image.open(io.BytesIO(encoded(png(STRIPES)))) as sent:
        assert sent.format == "WEBP"
        assert np.array_equal(np.asarray(sent.convert("RGB")), STRIPES)


def test_a_photograph_comes_down_to_what_a_picture_may_weigh(png):
    path = png(NOISE)

    assert path.stat().st_size > 5 * MOST
    assert len(encoded(path)) <= MOST
