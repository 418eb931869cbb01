"""The built site: links, weight, no third parties, and no code that nothing runs."""

import gzip
import pickle
import re
from pathlib import Path
from urllib.parse import urldefrag, urljoin

import pytest
from docutils import nodes

from tests.conftest import DOCTREES, ROOT, SITE, pages, soup, sources

WEIGHTS = {"lessons/": 100_000, "faq/": 60_000}  # bytes over the wire, pictures apart
PICTURE = 60_000  # bytes
REQUESTS = 16  # pictures apart
SCHEMES = ("http:", "https:", "mailto:", "data:")
PYTHON = {"python", "python3", "py", "pycon", "ipython", "ipython3"}


@pytest.fixture(scope="module")
def soups(site):
    return {page: soup(page) for page in pages()}


def loaded(page):
    """Yield (tag, address) of everything that a browser fetches to show the page."""
    for tag in page.find_all(["img", "script", "iframe", "source", "video", "audio"], src=True):
        yield tag, tag["src"]
    for tag in page.find_all("link", href=True):
        if {"stylesheet", "icon", "preload", "prefetch", "modulepreload"} & set(tag["rel"]):
            yield tag, tag["href"]


def test_there_are_pages(soups):
    assert {"index.html", "benchmarks.html", "404.html", "search.html"} < set(soups)
    assert len([page for page in soups if page.startswith("lessons/")]) >= 6
    assert len([page for page in soups if page.startswith("faq/")]) >= 15
    assert len([page for page in soups if page.startswith("glossary/")]) >= 25


def test_the_sitemap_names_each_page(soups):
    """The site may have been built in steps, each of which wrote some of its pages."""
    sitemap = (SITE / "sitemap.xml").read_text("utf-8")
    addresses = re.findall(r"<loc>https://[^/]+/[^/]+/([^<]*)</loc>", sitemap)

    assert addresses == sorted(set(soups) - {"404.html", "search.html"}, key=lambda page: page[:-5])


def test_each_page_but_that_of_no_address_names_its_own(soups):
    for name, page in soups.items():
        named = [link["href"] for link in page.find_all("link", rel="canonical")]
        assert [re.sub(r"https://[^/]+/[^/]+/", "", address) for address in named] == (
            [] if name == "404.html" else [name]
        )


def test_no_page_loads_anything_from_elsewhere(soups):
    elsewhere = [
        (name, address)
        for name, page in soups.items()
        for _, address in loaded(page)
        if re.match(r"(?:\w+:)?//", address)
    ]

    assert elsewhere == []


def test_no_style_sheet_loads_anything_from_elsewhere(site):
    sheets = list(site.rglob("*.css"))

    assert sheets
    for sheet in sheets:
        addresses = re.findall(r"(?:url\(|@import)\s*[\"']?((?:\w+:)?//)", sheet.read_text("utf-8"))
        assert addresses == [], sheet


def test_every_internal_link_leads_somewhere(soups):
    anchors = {name: {tag["id"] for tag in page.find_all(id=True)} for name, page in soups.items()}
    broken = []
    for name, page in soups.items():
        if name == "404.html":
            continue  # its links start at the host's root: tests/browser follows them
        for link in page.find_all("a", href=True):
            if link["href"].startswith(SCHEMES):
                continue
            target, anchor = urldefrag(urljoin(name, link["href"]))
            missing = not (SITE / target).is_file()
            if missing or (anchor and target.endswith(".html") and anchor not in anchors[target]):
                broken.append((name, link["href"]))

    assert broken == []


def light_pages():
    """[(page, bytes)]: what each page of a kind may weigh."""
    return [
        (page, most)
        for start, most in WEIGHTS.items()
        for page in pages()
        if page.startswith(start) and not page.endswith("/index.html")
    ]


def fonts(page, sheets):
    """The fonts that a browser may fetch: all that are declared, but no italics for none."""
    for sheet in sheets:
        for url in re.findall(r"url\([\"']?([^\"')]+\.woff2)", sheet.read_text("utf-8")):
            if "italic" not in url or page.article.select_one("em, cite, i, dfn"):
                yield (sheet.parent / url).resolve()


@pytest.mark.parametrize(("name", "most"), light_pages())
def test_a_page_is_light(name, most, site):
    """HTML, styles, scripts and all fonts, compressed; tests/browser weighs what is really sent."""
    page = soup(name)
    files = {site / name}
    for tag, address in loaded(page):
        if tag.name != "img":
            files.add((site / urljoin(name, address.partition("?")[0])).resolve())
    files.update(fonts(page, [path for path in files if path.suffix == ".css"]))
    weights = {
        path.name: len(data if path.suffix == ".woff2" else gzip.compress(data))
        for path in files
        for data in [path.read_bytes()]
    }

    assert sum(weights.values()) <= most, weights
    assert len(files) <= REQUESTS, sorted(weights)


def test_no_picture_is_heavy(site):
    drawn = [path for path in site.glob("_images/*") if path.suffix != ".svg"]

    assert drawn
    assert {path.name: path.stat().st_size for path in drawn if path.stat().st_size > PICTURE} == {}


def test_every_picture_says_what_it_shows(soups):
    for name, page in soups.items():
        for image in page.article.find_all("img"):
            alt = image.get("alt", "")
            assert len(alt.split()) >= 5, f"{name}: give the cell an alt text, not {alt!r}"


def test_no_path_of_the_machine_that_built_it(site):
    for path in site.rglob("*"):
        if path.suffix in {".html", ".ipynb", ".js", ".json", ".md", ".txt", ".xml"}:
            assert str(ROOT) not in path.read_text("utf-8"), path


def python_blocks(doctree):
    """The blocks of a page that a reader would take for Python to run."""
    looks_like_it = re.compile(r"^\s*(>>>|import |from \w+ import)", re.MULTILINE)
    for block in doctree.findall(nodes.literal_block):
        if block.get("language") in PYTHON or looks_like_it.search(block.astext()):
            yield block


RUN_AT_BUILD = {
    "cell_input", "cell_output", "la-change", "la-check", "la-exercise", "la-player",
}  # fmt: skip


def runs(block):
    """Whether it is a cell or lies in a directive that runs it, or is a `>>>` session."""
    ancestor = block.parent
    while ancestor is not None:
        if RUN_AT_BUILD & set(ancestor.get("classes", [])):
            return True
        ancestor = ancestor.parent
    return block.astext().startswith(">>>")


def doctree_of(path):
    pickled = DOCTREES / path.relative_to(ROOT / "docs").with_suffix(".doctree")
    return pickle.loads(pickled.read_bytes())


@pytest.mark.parametrize("path", sources(), ids=lambda path: str(path.relative_to(ROOT)))
def test_no_directive_is_shown_as_text(path, site):
    """Markdown takes ```{name} for text if its line holds a backtick, and then all goes astray."""
    lines = doctree_of(path).astext().splitlines()

    assert [line for line in lines if re.match(r"\s*(`{3,}|:{3,})\{", line)] == [], path


@pytest.mark.parametrize("path", sources(), ids=lambda path: str(path.relative_to(ROOT)))
def test_every_python_block_is_run(path, site):
    doctree = doctree_of(path)
    idle = [f"{path}:{block.line}" for block in python_blocks(doctree) if not runs(block)]

    assert idle == [], "make it a {code-cell} or a ```python fence of `>>>` lines"


@pytest.mark.parametrize("path", sources(), ids=lambda path: str(path.relative_to(ROOT)))
def test_no_cell_is_tagged_remove_cell(path):
    """myst-nb runs such a cell late or, as the last of a page, not at all."""
    assert "remove-cell" not in path.read_text("utf-8"), "use [remove-input, remove-output]"


def test_the_lock_names_no_host():
    assert "://" not in (ROOT / "constraints.txt").read_text("utf-8")


def test_python_blocks_that_nothing_runs_are_found(build_site):
    text = "# P\n\n```python\nx = 1\n```\n\n```\nimport numpy\n```\n\n```python\n>>> 1\n1\n```\n"
    doctree = build_site({"index.md": text}).app.env.get_doctree("index")

    assert [runs(block) for block in python_blocks(doctree)] == [False, False, True]


def test_conf_py_has_no_functions():
    text = Path(ROOT / "conf.py").read_text("utf-8")

    assert not re.search(r"^\s*(def|class|lambda) ", text, re.M)
    assert text.count("\n") < 90
