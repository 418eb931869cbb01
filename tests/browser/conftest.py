"""A real Chromium that may reach our own server and nothing else."""

import os
import shutil

import pytest
from playwright.sync_api import sync_playwright

FLAGS = ["--no-sandbox", "--disable-quic", "--disable-background-networking"]
CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome") or shutil.which("chrome")


def pytest_collection_modifyitems(items):
    """Without a browser: fail on CI, elsewhere skip, and say so loudly."""
    items = [item for item in items if "browser" in item.path.parts]
    if CHROMIUM or not items:
        return
    if os.environ.get("CI", "").lower() == "true":
        pytest.exit("CI=true, but no Chromium was found: .ci/run installs it", returncode=1)
    skip = pytest.mark.skip(reason="NO BROWSER FOUND: install chromium to run the browser tests")
    for item in items:
        item.add_marker(skip)


@pytest.fixture(scope="session")
def chromium():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def open_page(chromium, address):
    """open_page(path, **context_options) → page; page.blocked lists the requests to elsewhere."""
    contexts = []

    def open_page(path, **options):
        context = chromium.new_context(reduced_motion="reduce", **options)
        contexts.append(context)
        page = context.new_page()
        page.blocked, page.problems = [], []

        def guard(route):
            if route.request.url.startswith((f"{address}/", "data:")):
                route.continue_()
            else:
                page.blocked.append(route.request.url)
                route.abort()

        page.route("**/*", guard)
        page.on("pageerror", lambda error: page.problems.append(str(error)))
        page.on(
            "console",
            lambda message: message.type == "error" and page.problems.append(message.text),
        )
        page.goto(f"{address}/{path}")
        return page

    yield open_page
    for context in contexts:
        context.close()
