"""On a site with another theme, and nothing of ours but the extensions, they work as on ours."""

import pytest
from playwright.sync_api import expect

from tests.conftest import serve
from tests.test_foreign_site import build


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    """The foreign site, in the place of the built one."""
    with serve(build(tmp_path_factory.mktemp("foreign"))) as address:
        yield address


def test_a_check_is_answered_a_program_stepped_through_and_a_cell_run(open_page):
    page = open_page("practice.html")
    form = page.locator("form#half-of-twelve")
    form.get_by_role("radio", name="6.0").check()
    form.get_by_role("button", name="Check", exact=True).click()
    expect(form.get_by_role("status")).to_contain_text("Right.")
    expect(form).to_have_css("border-left-color", "rgb(168, 67, 0)")  # a token

    page.goto(page.url.replace("practice", "index"))
    page.get_by_role("button", name="Next").click()
    expect(page.locator(".la-player")).to_contain_text("Halve it")

    page.goto(page.url.replace("index", "cells"))
    page.get_by_role("button", name="Run", exact=False).last.click()
    expect(page.locator(".la-live").last).to_contain_text("array([6., 3.])")
    bar = page.get_by_role("region", name="Python on this page")
    expect(bar.get_by_role("button", name="Run all")).to_be_visible()
    assert bar.get_by_role("link").all() == [], "help is a page of ours"
    assert page.problems == [] and page.blocked == []
