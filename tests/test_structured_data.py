"""What machines are told of a page: it is JSON, and what the page itself says."""

import json
import re
from collections import Counter
from urllib.parse import urljoin

import pytest
from bs4 import BeautifulSoup

from tests.conftest import SITE, one_site, pages, soup

EXTENSIONS = [
    "myst_nb",
    "lesson_extensions.glossary",
    "lesson_extensions.lessons",
    "lesson_extensions.page.structured_data",
]
BASE = "https://example.org/course/"
LESSON = """---
lesson: {summary: "Less <b> & more.", minutes: 5, prerequisites: []}
---
# Compare </script> with <
"""


def told(page):
    """{type: thing} of a page."""
    scripts = page.find_all("script", type="application/ld+json")
    assert len(scripts) <= 1
    things = json.loads(scripts[0].string)["@graph"] if scripts else []
    return {thing["@type"]: thing for thing in things}


def text(tag):
    return " ".join(tag.get_text().split())


def title(page):
    for link in page.h1.select(".headerlink"):
        link.extract()
    return text(page.h1)


def description(page):
    return page.find("meta", {"name": "description"})["content"]


def canonical(page):
    return page.find("link", rel="canonical")["href"]


def some(folder):
    """Every sixth page of a folder: to parse all takes half a minute, and all are made alike."""
    found = [page for page in pages() if page.startswith(folder) and "/index." not in page]
    assert len(found) > 20
    return found[::6]


@pytest.fixture(scope="module")
def parts(site):
    return {text(part) for part in soup("index.html").select(".la-skill-tree__part")}


def test_each_page_of_a_kind_is_said_to_be_it(site):
    wanted = {"lessons": "LearningResource", "faq": "FAQPage", "glossary": "DefinedTerm"}
    found = Counter()
    for name in pages():
        html = (SITE / name).read_text("utf-8")
        scripts = re.findall(r'<script type="application/ld\+json">(.*?)</script>', html)
        kinds = {thing["@type"] for script in scripts for thing in json.loads(script)["@graph"]}
        folder = name.partition("/")[0]
        if folder in wanted and "/index." not in name:
            assert wanted[folder] in kinds, name
        found.update(kinds)

    assert found["LearningResource"] >= 24
    assert found["DefinedTermSet"] == 1
    assert found["BreadcrumbList"] > 150


def test_a_lesson_says_what_its_page_says(site, parts):
    for name in some("lessons/"):
        page = soup(name)
        lesson = told(page)["LearningResource"]
        facts, aims = page.article.select_one(".la-lesson"), page.article.section.find("ul")
        before = [link["href"] for link in facts.select("a:not(.download)")]

        assert lesson["name"] == title(page)
        assert lesson["description"] == description(page)
        assert lesson["url"] == canonical(page)
        assert lesson["inLanguage"] == page.html["lang"]
        assert lesson["timeRequired"] == f"PT{facts.get_text().split()[0]}M"
        assert lesson["educationalLevel"] in parts
        assert lesson["teaches"] == [text(item).rstrip(";.,") for item in aims.find_all("li")]
        assert lesson.get("competencyRequired", []) == [
            urljoin(lesson["url"], address) for address in before
        ]
        assert canonical(soup("index.html")).startswith(lesson["isPartOf"]["url"])
        licence = page.find("link", rel="copyright")["href"]
        assert lesson["license"] in str(soup(urljoin(name, licence)).article)


def test_a_question_is_answered_as_on_its_page(site):
    for name in some("faq/"):
        page = soup(name)
        found = told(page)["FAQPage"]
        (question,) = found["mainEntity"]
        answer = page.article.section.find("p", recursive=False)
        for formula in answer.find_all("math"):
            formula.replace_with("…")

        assert question["name"] == found["name"] == title(page)
        assert question["acceptedAnswer"]["text"] == text(answer)


def test_a_term_is_defined_as_on_its_page(site):
    listed = told(soup("glossary/index.html"))["DefinedTermSet"]
    for name in some("glossary/"):
        page = soup(name)
        term = told(page)["DefinedTerm"]

        assert term["description"] == text(page.article.section.find("p", recursive=False))
        assert term["url"] == canonical(page)
        assert {"@type": "DefinedTerm", "name": title(page), "url": term["url"]} in listed[
            "hasDefinedTerm"
        ]
        assert term["inDefinedTermSet"].items() <= listed.items()


def test_a_page_in_a_section_says_so_as_its_navigation_does(site):
    for name in [*some("faq/"), *some("errors/")]:
        page = soup(name)
        items = told(page)["BreadcrumbList"]["itemListElement"]
        branch = page.select(".sidebar-tree li.current > a")

        assert [item["name"] for item in items] == [text(link) for link in branch]
        assert [item["position"] for item in items] == [1, 2]
        assert [item["item"] for item in items] == [
            urljoin(canonical(page), "index.html"),
            canonical(page),
        ]


def test_no_text_ends_the_script(build_site):
    site = build_site(one_site({"less.md": LESSON}), html_baseurl=BASE)
    page = BeautifulSoup((site.app.outdir / "less.html").read_text("utf-8"), "html.parser")
    lesson = told(page)["LearningResource"]

    assert lesson["name"] == "Compare </script> with <"
    assert lesson["description"] == description(page) == "Less <b> & more."
    assert lesson["url"] == f"{BASE}less.html"
    assert "license" not in lesson  # nobody said which


def test_a_site_without_an_address_tells_nothing(build_site):
    site = build_site(one_site({"less.md": LESSON}))

    assert "ld+json" not in (site.app.outdir / "less.html").read_text("utf-8")
