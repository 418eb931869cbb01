"""The zip of the site, opened from a folder and served by one line: `nox -s zip` makes it."""

import functools
import http.server
import threading
import zipfile

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import new_page
from tests.browser.test_live import MINUTE, expect_state, run
from tests.conftest import SITE
from tools.zip import build

NAME = "linear-algebra-with-numpy.zip"


@pytest.fixture(scope="module")
def zipped(site, tmp_path_factory):
    """The zip, as `nox -s zip` makes it."""
    build.write(build.contents(site), path := tmp_path_factory.mktemp("zip") / NAME)
    return path


@pytest.fixture(scope="module")
def folder(zipped, tmp_path_factory):
    """Where a reader unpacked it."""
    with zipfile.ZipFile(zipped) as package:
        package.extractall(into := tmp_path_factory.mktemp("unpacked"))
    (folder,) = into.iterdir()
    return folder


@pytest.fixture(scope="module")
def reader(chromium, folder):
    page = new_page(chromium, viewport={"width": 1280, "height": 900})
    page.address = folder.as_uri()
    yield page
    page.context.close()


@pytest.fixture
def page(reader):
    reader.problems.clear()
    reader.blocked.clear()
    yield reader
    assert reader.problems == [] and reader.blocked == []


def visit(page, path):
    page.goto(f"{page.address}/{path}")
    return page


def test_another_run_gives_the_same_bytes_and_a_page_links_to_them(zipped, tmp_path):
    build.write(build.contents(SITE), again := tmp_path / NAME)
    assert again.read_bytes() == zipped.read_bytes()

    page = tmp_path / "run-code.html"
    page.write_text((SITE / page.name).read_text("utf-8"), "utf-8")
    build.offer(tmp_path, again)
    assert f'<a href="{NAME}" download>' in page.read_text("utf-8")
    assert f"{again.stat().st_size / 1e6:.0f} MB" in page.read_text("utf-8")


def test_theme_player_and_search_work_from_a_folder(page):
    visit(page, "index.html")
    player = page.locator(".la-player")
    player.get_by_role("button", name="Next").click()
    expect(player.get_by_text("2 / 9", exact=True)).to_be_visible()
    toggle = page.get_by_role("button", name="Toggle Light / Dark / Auto color theme").last
    toggle.click()
    theme = page.locator("body").get_attribute("data-theme")
    visit(page, "search.html?q=frobenius+norm")
    expect(page.locator("body")).to_have_attribute("data-theme", theme)
    assert theme in ("light", "dark")
    expect(page.locator(".la-search__found li").first).to_contain_text("norm")
    page.locator(".la-search__title").first.click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    visit(page, "shapes.html#op=matmul&a=3,4&b=3,4")  # its errors are data, too
    expect(page.locator("article")).to_contain_text("size 3 is different from 4")


def test_what_is_passed_in_a_folder_is_known_on_all_pages(page):
    visit(page, "lessons/vectors.html")
    form = page.locator("form.la-check").filter(has=page.get_by_role("radio")).first
    for choice in range(form.get_by_role("radio").count()):
        form.get_by_role("radio").nth(choice).check()
        form.get_by_role("button", name="Check", exact=True).click()
        if "Right." in form.get_by_role("status").inner_text():
            break
    expect(form.get_by_text("passed", exact=True)).to_be_visible()
    label = form.get_attribute("id")
    visit(page, "lessons/vectors.html")
    expect(page.locator(f"#{label}").get_by_text("passed", exact=True)).to_be_visible()
    visit(page, "index.html")
    assert label in page.evaluate("localStorage.getItem('la-progress')")
    expect(page.locator("article")).to_contain_text("Continue")


def test_a_live_cell_in_a_folder_says_which_line_starts_a_server_and_runs_from_it(
    page, folder, chromium
):
    visit(page, "lessons/vectors.html#add")
    text = page.locator(".la-live").first
    text.get_by_role("button", name="Run").click()
    said = text.get_by_role("status")
    expect(said).to_contain_text("run python -m http.server --bind 127.0.0.1 8000 and open")
    expect(said).to_contain_text("http://127.0.0.1:8000/lessons/vectors.html")

    quiet = type("Quiet", (http.server.SimpleHTTPRequestHandler,), {"log_message": print_nothing})
    handler = functools.partial(quiet, directory=folder)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        served = new_page(chromium)
        served.set_default_timeout(MINUTE)
        served.goto(f"http://127.0.0.1:{server.server_port}/lessons/vectors.html")
        expect_state(run(served, 1), "done")
        expect(served.locator(".la-live__status").first).to_have_text("as on this page")
        served.context.close()
        server.shutdown()


def print_nothing(*args):
    """A test's server says nothing of what it is asked."""
