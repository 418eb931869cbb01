"""What becomes of a page and of its data in the zip of the site, and which files it is made of."""

import json
import re
import zipfile

from lesson_extensions.offline import directive, listing
from tools.zip import build

PAGE = """<html><head><link rel="preload" href="f.woff2" as="font" crossorigin>
<script src="../_static/a.js"></script></head>
<body><div class="la-offline"><p>Keep</p></div></body></html>"""


def test_a_page_of_the_zip_begins_with_what_answers_for_a_server():
    page = build.plain(PAGE, 1)

    assert page.index('<script src="../_static/copy.js"></script>') < page.index("_static/a.js")
    assert page.count("<script") == 2
    assert "preload" not in page and "la-offline" not in page


def test_a_module_that_is_loaded_later_is_there_as_a_plain_script():
    script = build.plain_script("skill_tree_map.js").decode()

    assert 'laRun("skill_tree_map.js"' in script
    assert not re.search(r"^(import|export)\b", script, re.MULTILINE)


def test_data_have_a_twin_that_says_the_same():
    data = '{"é": "</script>"}\n'
    name, text = re.fullmatch(
        r"laTwins\[(.*)\] = (.*);\n", build.twin("a.json", data.encode()).decode()
    ).groups()

    assert (json.loads(name), json.loads(text)) == ("a.json", data)


def test_a_zip_has_the_same_bytes_whenever_it_is_made_and_in_whichever_order(tmp_path):
    files = {"b/c.html": b"<p>" * 99, "a.png": b"\x00" * 99}
    for folder, names in {"one": files, "two": reversed(files)}.items():
        (tmp_path / folder).mkdir()
        build.write({name: files[name] for name in names}, tmp_path / folder / "site.zip")

    one, two = ((tmp_path / folder / "site.zip").read_bytes() for folder in ("one", "two"))
    assert one == two
    with zipfile.ZipFile(tmp_path / "one/site.zip") as package:
        assert package.namelist() == ["site/a.png", "site/b/c.html"]
        assert {info.date_time for info in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_a_site_links_to_its_zip_where_it_has_one_and_lists_the_page_anew(tmp_path):
    (tmp_path / "deep").mkdir()
    page = tmp_path / "deep/page.html"
    page.write_text(f"<body>{directive.ZIP}</body>", "utf-8")
    listing.write(tmp_path)
    before = json.loads((tmp_path / listing.LIST).read_text("utf-8"))
    zipped = tmp_path / "site.zip"
    zipped.write_bytes(bytes(3_000_000))
    build.offer(tmp_path, zipped)
    after = json.loads((tmp_path / listing.LIST).read_text("utf-8"))

    assert '<a href="../site.zip" download>a zip of the site</a>, 3 MB' in page.read_text("utf-8")
    assert before["build"] != after["build"]
    assert after["files"].keys() == {"deep/page.html"}
