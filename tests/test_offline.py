"""offline.json: which files are a build, and a name for them that says whether it is another."""

import hashlib
import json
import re

from lesson_extensions.offline import listing
from tests.conftest import soup

# What no reader's browser asks for by a page of ours.
NOT_LISTED = {"404.html", "objects.inv", "sitemap.xml", "_headers", "offline.js", "offline.json"}


def make(folder):
    files = {
        "index.html": "<p>One</p>",
        "_headers": "/*",
        "site.zip": "zip",
        "_static/live.js": "// not asked for",
        "_static/features/1/live.js": "",
        "_static/runtime/2/python.zip": "zip",
        "_static/scripts/furo.js.map": "{}",
    }
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")
    return folder


def test_the_list_names_what_a_reader_may_come_to_load_and_how_much_that_is(tmp_path):
    listed = listing.listed(make(tmp_path))

    names = {"index.html", "_static/features/1/live.js", "_static/runtime/2/python.zip"}
    assert listed["files"].keys() == names
    digest = hashlib.sha256(b"<p>One</p>").hexdigest()
    assert listed["files"]["index.html"] == (digest[:16], 10)
    assert listed["bytes"] == 13 < listed["wire"], "so little grows when it is compressed"


def test_a_build_has_the_name_of_what_it_holds(tmp_path):
    one = listing.listed(make(tmp_path / "one"))
    two = listing.listed(make(tmp_path / "two"))
    (tmp_path / "two/index.html").write_text("<p>Two</p>", "utf-8")
    other = listing.listed(tmp_path / "two")

    assert one == two
    assert one["build"] != other["build"]
    assert one["files"].items() - other["files"].items() == {
        ("index.html", one["files"]["index.html"])
    }


def test_the_worker_is_one_plain_script(tmp_path):
    script = listing.worker()

    assert not re.search(r"^\s*(import|export)\b", script, re.MULTILINE)
    assert "class Kept" in script and "addEventListener" in script


def test_the_site_lists_each_file_of_its_own_as_it_is(site):
    listed = json.loads((site / listing.LIST).read_text("utf-8"))
    found = {path.relative_to(site).as_posix() for path in site.rglob("*") if path.is_file()}

    for name, (digest, size) in listed["files"].items():
        data = (site / name).read_bytes()
        assert (digest, size) == (hashlib.sha256(data).hexdigest()[:16], len(data)), name
    assert found - listed["files"].keys() >= NOT_LISTED
    assert {name for name in found if name.endswith(".html")} - listed["files"].keys() == {
        "404.html"
    }
    scripts = {name.rpartition("/")[2] for name in listed["files"] if name.endswith(".js")}
    assert {"editor.js", "worker.js", "kept.js", "furo.js", "scrolling.js"} <= scripts


def test_without_a_zip_no_page_links_to_one(site):
    zips = [path.name for path in site.glob("*.zip")]
    linked = [link["href"] for link in soup("run-code.html").select(".la-offline a")]

    assert linked == zips
