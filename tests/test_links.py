"""A link that its host calls gone fails; a host that does not answer only gets a line."""

import json

import pytest

from tools.links import main, sort_links


def line(status, info=""):
    link = {"filename": "faq/a.md", "lineno": 7, "uri": "https://a.example/", "code": 0}
    return json.dumps(link | {"status": status, "info": info})


@pytest.mark.parametrize(
    ("status", "info", "verdict"),
    [
        ("broken", "404 Client Error: Not Found for url: https://a.example/", "gone"),
        ("broken", "410 Client Error: Gone for url: https://a.example/", "gone"),
        ("broken", "Anchor 'x' not found", "gone"),
        ("broken", "HTTPSConnectionPool(host='a.example', port=443): Max retries", "unreached"),
        ("broken", "403 Client Error: Forbidden for url: https://a.example/", "unreached"),
        ("broken", "503 Server Error: Unavailable for url: https://a.example/", "unreached"),
        ("timeout", "timed out", "unreached"),
        ("working", "", "fine"),
        ("redirected", "https://b.example/", "fine"),
    ],
)
def test_links_are_sorted_by_what_their_host_says(status, info, verdict):
    gone, unreached = sort_links([line(status, info)])

    assert (len(gone), len(unreached)) == (verdict == "gone", verdict == "unreached")


def test_a_link_that_is_gone_is_named_with_file_and_line(tmp_path, capsys):
    report = tmp_path / "output.json"
    report.write_text(line("broken", "404 Client Error: Not Found"), "utf-8")

    assert main(report) == 1
    assert "docs/faq/a.md:7: https://a.example/ (404" in capsys.readouterr().out


def test_a_host_that_does_not_answer_does_not_fail(tmp_path, capsys):
    report = tmp_path / "output.json"
    report.write_text(line("timeout", "timed out"), "utf-8")

    assert main(report) == 0
    assert "1 could not be reached" in capsys.readouterr().out
