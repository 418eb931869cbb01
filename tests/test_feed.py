"""feed.xml: the newest pages, as RFC 4287 asks for, and the same whenever it is written."""

import re
from xml.etree import ElementTree

from tests.conftest import one_site, soup

EXTENSIONS = ["myst_nb", "lesson_extensions.page.feed"]
BASE = "https://example.org/course/"
ATOM = "{http://www.w3.org/2005/Atom}"
PAGES = {
    "older.md": '---\nsince: "2026-11-01"\n---\n# Older\n',
    "b.md": '---\nsince: "2026-11-02"\n---\n# B < `c`\n\nLess & more.\n',
    "a.md": '---\nsince: "2026-11-02"\n---\n# A\n',
    "undated.md": "# Undated\n",
}


def test_the_feed_has_the_newest_pages_first(build_site):
    site = build_site(one_site(PAGES), html_baseurl=BASE, project="Course", author="Us")
    root = ElementTree.parse(site.app.outdir / "feed.xml").getroot()
    entries = root.findall(f"{ATOM}entry")
    links = {link.get("rel"): link.get("href") for link in root.findall(f"{ATOM}link")}

    assert root.tag == f"{ATOM}feed"
    assert root.findtext(f"{ATOM}title") == "Course: new pages"
    assert root.findtext(f"{ATOM}id") == links["self"] == f"{BASE}feed.xml"
    assert links["alternate"] == BASE
    assert root.findtext(f"{ATOM}author/{ATOM}name") == "Us"
    assert root.findtext(f"{ATOM}updated") == "2026-11-02T00:00:00Z"
    assert [entry.findtext(f"{ATOM}title") for entry in entries] == ["A", "B < c", "Older"]
    assert [entry.findtext(f"{ATOM}id") for entry in entries] == [
        f"{BASE}a.html",
        f"{BASE}b.html",
        f"{BASE}older.html",
    ]
    assert entries[1].find(f"{ATOM}link").get("href") == f"{BASE}b.html"
    assert entries[1].findtext(f"{ATOM}summary") == "Less & more."
    assert site.warnings == ""


def test_a_site_with_nothing_new_has_no_feed(build_site):
    site = build_site(one_site({"undated.md": "# Undated\n"}), html_baseurl=BASE).app.outdir

    assert not (site / "feed.xml").exists()
    assert "atom+xml" not in (site / "undated.html").read_text("utf-8")


def test_a_day_that_is_none_is_refused_with_what_to_write(build_site):
    wrong = "---\nsince: yesterday\n---\n# Wrong\n"
    site = build_site(one_site({"wrong.md": wrong}), html_baseurl=BASE)

    said = 'write the day on which it came, such as `since: "2026-11-28"`'
    assert said in site.warnings_of("wrong.md")


def test_the_feed_of_the_site_leads_to_its_pages(site):
    root = ElementTree.parse(site / "feed.xml").getroot()
    entries = root.findall(f"{ATOM}entry")
    days = [entry.findtext(f"{ATOM}updated") for entry in entries]

    assert len(entries) == 20
    assert days == sorted(days, reverse=True)
    for entry in entries:
        name = re.sub(r"https://[^/]+/[^/]+/", "", entry.findtext(f"{ATOM}id"))
        assert (site / name).is_file()
        assert len(entry.findtext(f"{ATOM}summary")) > 20
    assert (
        soup("lessons/qr.html").find("link", type="application/atom+xml")["href"] == "../feed.xml"
    )
