"""The Content-Security-Policy names what each page does, and nothing else."""

import re

import pytest
from bs4 import BeautifulSoup

from lesson_extensions.page.csp import MARK, hash_of
from tests.conftest import SITE, pages


@pytest.mark.parametrize("path", pages())
def test_page_has_a_policy_before_its_first_script_and_keeps_to_it(path):
    text = (SITE / path).read_text("utf-8")
    soup = BeautifulSoup(text, "html.parser")
    (meta,) = soup.select('meta[http-equiv="Content-Security-Policy"]')

    assert text.index(MARK) < text.index("<script")
    for script in soup.find_all("script"):
        kind = script.get("type", "")
        if not script.get("src") and not kind.startswith("application/"):
            assert hash_of(script.string) in meta["content"]
    assert re.search(r"<[^>]+\son\w+=", text) is None, "an inline handler would not run"


def test_hosts_that_set_headers_get_the_same_policy_and_keep_the_runtime():
    headers = (SITE / "_headers").read_text("utf-8")

    policy = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval' 'sha256-"
    assert f"/*\n  Content-Security-Policy: {policy}" in headers
    assert "unsafe-eval'" not in headers.replace("'wasm-unsafe-eval'", "")
    assert "/_static/runtime/*\n  Cache-Control: public, max-age=31536000, immutable" in headers
