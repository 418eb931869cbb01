"""The tests of `nox -s engines`: in Firefox and WebKitGTK, what the others test in Chromium.

No file here is named as pytest names tests, so that only who asks for one runs it.
"""

import pytest

from tests.engines.drivers import ENGINES, NotThere


def pytest_addoption(parser):
    parser.addoption("--sample", action="store_true", help="a few pages in place of all")


def pytest_configure(config):
    for text in ("invalid escape sequence", "setting remote_server_addr"):  # the drivers' own
        config.addinivalue_line("filterwarnings", f"ignore:{text}")
    config.addinivalue_line("filterwarnings", "ignore::ResourceWarning")  # of a browser that ended


@pytest.fixture(scope="session", params=list(ENGINES))
def browser(request, address):
    try:
        with ENGINES[request.param]() as browser:
            browser.address = address
            yield browser
    except NotThere as why:
        pytest.fail(str(why))
