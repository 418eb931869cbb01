"""The Markdown twin of a page, and llms.txt, which lists them."""

import re

import pytest

from tests.conftest import SITE, pages, soup

EXTENSIONS = [
    "myst_nb",
    "lesson_extensions.check",
    "lesson_extensions.live",
    "lesson_extensions.page.llms",
]
BASE = "https://example.org/course/"
HOME = """# Home [of all]

A site of `two` pages.

```{toctree}
:caption: To read
lessons/one
```
"""
ONE = """---
file_format: mystnb
kernelspec: {name: python3, display_name: Python 3}
---
A line above.

# Add

Let $a = \\frac{1}{2}$. See [home](../index.md).

```{code-cell}
1 + 1
```

:::{note}
Mind the **sign**.
:::

| a | b |
| - | - |
| 1 | `x \\| y` |

![A blue square](blue.png)

:::{check}
:label: sum
:answer: 1 + 2

What is `1 + 2`?

- `3`
- `12`: these are digits beside each other.

It is three.
:::

## Then

Go on.
"""
BLUE = "89504e470d0a1a0a"  # the beginning of a PNG: nobody looks at it
TWIN = """\
# Add

> This is [a page of Course](https://example.org/course/lessons/one.html) as Markdown. Text free.

A line above.

Let $a = \\frac{1}{2}$. See [home](https://example.org/course/index.html).

```python
1 + 1
```

```
2
```

> **Note**
>
> Mind the **sign**.

| a | b |
| --- | --- |
| 1 | `x \\| y` |

![A blue square](https://example.org/course/_images/blue.png)

**Check: choose one**

What is `1 + 2`?

- `3`
- `12`

*Answer: 1 at the end of this page.*

## Then

Go on.

## Answers

### 1. Answer

`3`

It is three.

- `12`: these are digits beside each other.
"""
SETTINGS = {"project": "Course", "twins_licence": "Text free.", "live_runtime": "none"}


@pytest.fixture(scope="module")
def files():
    return {"index.md": HOME, "lessons/one.md": ONE, "lessons/blue.png": BLUE}


@pytest.fixture(scope="module")
def course(shared_site, files):
    return shared_site(files, html_baseurl=BASE, **SETTINGS).app.outdir


def test_a_twin_holds_what_its_page_shows_and_the_answers_at_its_end(course):
    assert (course / "lessons/one.md").read_text("utf-8") == TWIN


def test_a_page_leads_to_its_twin(course):
    link = '<link rel="alternate" type="text/markdown" href="one.md">'
    assert link in (course / "lessons/one.html").read_text("utf-8")


def test_llms_txt_lists_each_page_with_its_twin_and_summary(course):
    lines = (course / "llms.txt").read_text("utf-8").splitlines()

    assert lines[:3] == ["# Course", "", "> A site of two pages."]
    assert lines[-3:] == [
        "## To read",
        "",
        f"- [Add]({BASE}lessons/one.md): Let …. See home.",
    ]


def test_without_an_address_links_start_beside_the_page(build_site, files):
    site = build_site(files, **SETTINGS).app.outdir
    twin = (site / "lessons/one.md").read_text("utf-8")

    assert "[home](../index.html)" in twin
    assert "](../_images/blue.png)" in twin
    assert "\n> This is a page of Course as Markdown. Text free.\n" in twin
    assert "- [Add](lessons/one.md): " in (site / "llms.txt").read_text("utf-8")


def test_two_processes_write_the_same(build_site, course, files):
    many = {f"more/{n}.md": f"---\norphan: true\n---\n# More {n}\n" for n in range(6)}
    site = build_site(files | many, html_baseurl=BASE, parallel=2, **SETTINGS).app.outdir

    assert len(list(site.rglob("*.md"))) == len(many) + 2
    for name in ("lessons/one.md", "llms.txt"):
        assert (site / name).read_text("utf-8") == (course / name).read_text("utf-8")


def test_each_page_of_the_site_has_a_twin_that_begins_with_its_title(site):
    twins = {path.relative_to(site).as_posix()[:-3] for path in site.rglob("*.md")}

    assert twins == {page[:-5] for page in pages()} - {"404", "search"}
    for name in twins:
        text = (site / f"{name}.md").read_text("utf-8")
        assert text.startswith("# "), name
        prose = re.sub(r"^(`{3,}).*?^\1$|`[^`\n]+`", "", text, flags=re.MULTILINE | re.DOTALL)
        assert re.findall(r"</?(?:div|span|details|p|a|table|math)\b[^>]*>", prose) == [], name


def test_a_twin_has_what_each_cell_of_its_page_printed(site):
    for name in ("lessons/svd", "lessons/speed", "benchmarks"):
        twin = (site / f"{name}.md").read_text("utf-8")
        cells = "article div.cell:not(.tag_data)"
        panes = soup(f"{name}.html").select(f"{cells} .cell_input pre, {cells} .cell_output pre")

        assert len(panes) > 5
        for pane in panes:
            assert pane.get_text().rstrip() in twin, name


def test_llms_txt_lists_each_page_once(site):
    text = (site / "llms.txt").read_text("utf-8")
    found = re.findall(r"^- \[.*\]\(https://[^/]+/[^/]+/(\S+)\.md\)", text, re.MULTILINE)

    assert sorted([*found, "index"]) == sorted(
        page[:-5] for page in pages() if page not in ("404.html", "search.html")
    )


def test_no_twin_is_found_by_search_engines_or_the_search(site):
    indices = [SITE / "sitemap.xml", *SITE.glob("_static/search*.json")]

    assert [
        path for path in indices if re.search(r'/[\w-]+\.md["<]', path.read_text("utf-8"))
    ] == []
