"""The Markdown twin of each page, beside it: `vectors.md` of `vectors.html`, for who reads no HTML.

It holds what the page shows: code, what it printed, formulas as LaTeX, pictures by what they show.
What a reader is to find alone stands at its end. A builder of Markdown would read all pages once
more and know none of our nodes; this writes down the nodes of which the page was written.
"""

from pathlib import Path
from typing import Any
from urllib.parse import urljoin

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.locale import admonitionlabels
from sphinx.util.osutil import relative_uri
from sphinx.util.typing import ExtensionMetadata

from lesson_extensions.shared.markdown import Blocks, Writer, escaped, one_line

BUILDERS = {"html", "dirhtml"}  # others have no place for a file beside a page
LINK = '<link rel="alternate" type="text/markdown" href="{}">'
PAGE = "> This is [a page of {project}]({page}) as Markdown."
NO_PAGE = "> This is a page of {project} as Markdown."
LEFT_OUT = "*The page itself shows the data that stand here.*"


class TwinWriter(Writer):
    """Markdown of a page whose HTML is written: its pictures have their addresses by then."""

    def __init__(self, app: Sphinx, docname: str) -> None:
        super().__init__(app, docname)
        self.answers: list[str] = []
        self.to_find = False  # what is written is for the reader to find

    def text(self, doctree: nodes.document, origin: str) -> str:
        """The title, where it is from, all else, and what there was to find."""
        blocks = [block for block in self.blocks(doctree) if isinstance(block, str)]
        title = next((block for block in blocks if block.startswith("# ")), "")
        rest = [block for block in blocks if block is not title]
        if self.answers:
            rest += ["## Answers", *self.answers]
        return "\n\n".join(filter(None, (title, origin, *rest))) + "\n"

    def block_container(self, node: nodes.Element) -> Blocks:
        """What has a form of its own in notebooks asks its reader something, below a title."""
        if "no-search" in node["classes"]:  # data, of which nobody reads a line
            yield LEFT_OUT
        elif "notebook" in node:
            outside, self.to_find = self.to_find, True
            first, *rest = self.block_Node(node)
            yield first if str(first).startswith("**") else f"**{first}**"
            yield from rest
            self.to_find = outside
        else:
            yield from self.block_Node(node)

    def block_fold(self, node: nodes.Element) -> Blocks:
        """In place; or of what is to be found, a number that leads to the end."""
        title, *content = node
        name = one_line(self.inline(title))
        if not self.to_find:
            yield f"**{name}**"
            for child in content:
                yield from self.blocks(child)
            return
        number = len(self.answers) + 1
        self.answers.append("")  # its place: what it holds may have folds of its own
        inner = [block for child in content for block in self.blocks(child)]
        texts = [block for block in inner if isinstance(block, str)]
        self.answers[number - 1] = "\n\n".join([f"### {number}. {name}", *texts])
        yield f"*{name}: {number} at the end of this page.*"

    def block_Admonition(self, node: nodes.Element) -> Blocks:
        """Its title once: the writer of HTML has put one into a note and its like."""
        label = admonitionlabels.get(node.tagname)
        if label is not None and isinstance(node[0], nodes.title):
            node = node.deepcopy()
            node.pop(0)
        yield from super().block_Admonition(node)

    def block_raw(self, node: nodes.Element) -> Blocks:
        return iter(())  # for HTML

    def inline_raw(self, node: nodes.Element) -> str:
        return ""

    def inline_notebook_link(self, node: nodes.Element) -> str:
        return f"[{self.inline(node)}]({urljoin(self.here, node['address'])})"

    def inline_image(self, node: nodes.Element) -> str:
        alt = escaped(one_line(node.get("alt", "")))
        return f"![{alt}]({urljoin(self.here, node['uri'])})"

    def address(self, node: nodes.Element) -> str:
        there: str = node.get("refuri", "") or (f"#{node['refid']}" if "refid" in node else "")
        return super().address(node) or there  # beside its page it is the same


def write_twin(
    app: Sphinx,
    pagename: str,
    templatename: str,
    context: dict[str, Any],
    doctree: nodes.document | None,
) -> None:
    """Write the twin of a page that is written, and lead to it from the head of the page."""
    if doctree is None or app.builder.name not in BUILDERS:
        return
    writer = TwinWriter(app, pagename)
    origin = (PAGE if writer.here else NO_PAGE).format(project=app.config.project, page=writer.here)
    path = Path(app.outdir) / f"{pagename}.md"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(writer.text(doctree, f"{origin} {app.config.twins_licence}".strip()), "utf-8")
    address = relative_uri(app.builder.get_target_uri(pagename), f"{pagename}.md")
    context["metatags"] = context.get("metatags", "") + LINK.format(address)


def setup(app: Sphinx) -> ExtensionMetadata:
    app.add_config_value("twins_licence", "", "html", str)  # a sentence
    app.connect("html-page-context", write_twin)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
