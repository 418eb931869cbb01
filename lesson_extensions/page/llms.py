"""llms.txt: all pages in a line each, in the order of the navigation, with their Markdown twins.

The format is the one that llmstxt.org proposes: a title, a summary, sections of links.
"""

from collections.abc import Iterator
from pathlib import Path

from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.util.typing import ExtensionMetadata

from lesson_extensions.page.description import description_of
from lesson_extensions.shared.markdown import escaped

TWINS = (
    "Each page is linked as Markdown, with what its code printed; "
    "the same address with `.html` is the page itself."
)


def text_of(app: Sphinx) -> str:
    """The whole file: what the build knows, so that it is the same whatever was rewritten."""
    env, root = app.env, app.config.root_doc
    parts = [f"# {app.config.project}"]
    if summary := description_of(env, root):
        parts.append(f"> {escaped(summary)}")
    parts.append(TWINS)
    parts += sections(app, root)
    return "\n\n".join(parts) + "\n"


def sections(app: Sphinx, root: str) -> Iterator[str]:
    """A section for each group of the navigation, and after it one for each page with pages."""
    env = app.env
    for toctree in env.get_doctree(root).findall(addnodes.toctree):
        pages = [page for _, page in toctree["entries"] if page in env.titles]
        yield section(app, toctree.get("caption") or env.titles[root].astext(), pages)
        for page in pages:
            if inner := env.toctree_includes.get(page):
                yield section(app, env.titles[page].astext(), inner)


def section(app: Sphinx, heading: str, pages: list[str]) -> str:
    return "\n".join([f"## {escaped(heading)}", "", *(line(app, page) for page in pages)])


def line(app: Sphinx, page: str) -> str:
    title = escaped(" ".join(app.env.titles[page].astext().split()))
    link = f"- [{title}]({app.config.html_baseurl}{page}.md)"
    summary = escaped(description_of(app.env, page))
    return f"{link}: {summary}" if summary else link


def write(app: Sphinx, exception: Exception | None) -> None:
    if exception or app.builder.format != "html":
        return
    (Path(app.outdir) / "llms.txt").write_text(text_of(app), "utf-8")


def setup(app: Sphinx) -> ExtensionMetadata:
    app.setup_extension("lesson_extensions.page.description")
    app.setup_extension("lesson_extensions.page.twins")
    app.connect("build-finished", write)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
