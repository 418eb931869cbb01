"""Write PNGs of pages to docs/_build/shots; run it with `nox -s shots -- [page …]`.

Each page at 390 and 1280 pixels, light and dark; all pages, unless some are named. With them,
social.png: the picture in README.md, and where a link to the site is shared (docs/_static).
"""

import sys

from playwright.sync_api import sync_playwright

from tests.browser.conftest import CHROMIUM, FLAGS
from tests.conftest import SITE, pages, serve

SHOTS = SITE.parent / "shots"


def main(names):
    SHOTS.mkdir(parents=True, exist_ok=True)
    with serve(SITE) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        for width in (390, 1280):
            for theme in ("light", "dark"):
                page = browser.new_page(
                    viewport={"width": width, "height": 900},
                    color_scheme=theme,
                    reduced_motion="reduce",
                )
                for name in names:
                    page.goto(f"{address}/{name}")
                    stem = name.removesuffix(".html").replace("/", "-")
                    shot = SHOTS / f"{stem}-{width}-{theme}.png"
                    page.screenshot(path=shot, full_page=True)
                    print(shot)
        page = browser.new_page(
            viewport={"width": 1200, "height": 630}, color_scheme="dark", reduced_motion="reduce"
        )
        page.goto(f"{address}/index.html")
        page.screenshot(path=SHOTS / "social.png")


if __name__ == "__main__":
    main(sys.argv[1:] or pages())
