"""Every runnable text of every page prints in other engines too what the build printed.

With --sample, those of three pages that take seconds: what versions differ in, a lesson, an error.
"""

import pytest

from tests.browser.conftest import Python
from tests.browser.test_parity import PAGES, RUN, differences

SAMPLE = ["changes-in-numpy-2.html", "lessons/matrices.html", "errors/cannot-cast-input.html"]


def pytest_generate_tests(metafunc):
    if "path" in metafunc.fixturenames:
        metafunc.parametrize("path", SAMPLE if metafunc.config.option.sample else RUN)


@pytest.fixture(scope="session")
def python(browser):
    browser.visit("lessons/vectors.html")
    return Python(browser, browser.address)


def test_page_prints_in_this_engine_what_the_build_printed(path, python):
    first = next((i for i, text in enumerate(PAGES[path]) if text["runs"]), 0)
    run = [text if text["runs"] else text | {"code": ""} for text in PAGES[path]]
    found = list(differences(path, lambda i: python.events(run, i, fresh=i == first)))

    assert "".join(told for _, _, told in found) == ""
