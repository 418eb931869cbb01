"""A page's Markdown as messages to translate, and the same page with translations in their places.

The text is found in the source, before any directive reads it: what a directive proves, shuffles,
copies into a notebook or sends to a script is then in the reader's language by itself. Sphinx's own
way, which translates nodes, comes after all of that. Code is no message: each language runs, and
shows, the same.
"""

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

FENCE = re.compile(r"^(\s*)(`{3,}|:{3,}|~{3,})(?:\{([\w-]+)\} *)?(.*)$")
OPTION = re.compile(r"^\s*:([\w-]+):(?: +(.*))?$")
MARK = re.compile(r"^(\s*(?:[-*+] |\d+[.)] |> ?|#{1,6} )+)")
NO_TEXT = re.compile(
    r"^\s*(?:\([\w.-]+\)=|%.*|-{3,}|\+{3,}.*|\{[^}`]*\}|\[[^\]]+\]:.*|<!--.*-->)\s*$"
)
NO_WORD = re.compile(r"\{eval\S*\}(`+).+?\1|(?<!\})(`+).+?\2|\$[^$]+\$|\]\([^)\s]*\)|<[^>]*>")
TABLE = re.compile(r"^\s*\|.*\|\s*$")
RULE = re.compile(r"^[\s|:-]+$")
CELL = re.compile(r"(?<!\\)\|")
MATHS = re.compile(r"^\s*(\$\$|\\begin\{(\w+\*?)\})")
# In front matter, and in the options of a code cell
QUOTED = re.compile(r"""^(.*?\b(?:summary|keywords|alt|caption): *)"((?:[^"\\]|\\.)*)"(.*)$""")
# After a sentence, or else a word; not before a sign that could begin a list
BREAK = re.compile(r"(.*?[.:;?!]) (?=[^\W\d_]|\{)(.+)$|(\S+) (?=[^\W\d_]|\{)(.+)$")
# Directives whose content is text; in others only the title, an option or a line's end is.
TEXT = {
    "admonition", "button-ref", "change-it", "check", "container", "exercise", "hint", "note",
    "on-your-machine", "path", "seealso", "tip", "warning",
}  # fmt: skip
TITLED = {"admonition", "exercise", "in-browser", "mistake"}  # their argument is text
OPTIONS = {"alt", "caption"}  # whose values are text
CHECKED = {"hidden-tests", "tests"}  # whose comments are shown
COMMENT = re.compile(r"^(.*\S  # )(.+)$")
NUMBERED = re.compile(r"^(\d+: )(.+)$")  # a line of {skill-tree}


class Message(NamedTuple):
    line: int  # counted from 1
    text: str  # on one line


Say = Callable[[Message], str]  # what stands in its place, on one line


def messages(source: str) -> list[Message]:
    """All that a page says, in its order."""
    found: list[Message] = []

    def note(message: Message) -> str:
        found.append(message)
        return message.text

    translated(source, note)
    return found


def translated(source: str, say: Say) -> str:
    """The page as `say` says it; each line of code stays at its number."""
    return "\n".join(_lines(source.split("\n"), say))


def _lines(lines: list[str], say: Say) -> Iterator[str]:
    at = 0
    open_fences: set[str] = set()  # of directives whose content is text
    if lines[0] == "---" and "---" in lines[1:]:
        end = lines.index("---", 1)
        for at, line in enumerate(lines[: end + 1]):
            yield _quoted(line, at + 1, say)
        at = end + 1
    while at < len(lines):
        line = lines[at]
        if fence := FENCE.match(line):
            indent, sign, name, rest = fence.groups()
            if name in TITLED and rest.strip():
                line = f"{indent}{sign}{{{name}}} {_said(rest.strip(), at + 1, say)}"
            yield line
            at += 1
            if name is None and (sign[0] == ":" or sign in open_fences):
                open_fences.discard(sign)  # the end of a directive
                continue
            if name not in TEXT:
                end = _end_of(lines, at, sign)
                for number in range(at, end):
                    yield _in_code(lines[number], number + 1, name, say)
                yield from lines[end : end + 1]
                at = end + 1
                continue
            open_fences.add(sign)
            while at < len(lines) and (option := OPTION.match(lines[at])):
                yield _option(lines[at], option, at + 1, say)
                at += 1
        elif maths := MATHS.match(line):
            close = "$$" if maths[1] == "$$" else f"\\end{{{maths[2]}}}"
            alone = close in line[maths.end() :]
            yield line
            at += 1
            while not alone and at < len(lines):
                alone = close in lines[at]
                yield lines[at]
                at += 1
        elif TABLE.match(line):
            yield line if RULE.match(line) else _row(line, at + 1, say)
            at += 1
        elif not line.strip() or NO_TEXT.match(line):
            yield line
            at += 1
        else:
            mark = (MARK.match(line) or [""])[0]
            end = at + 1
            while end < len(lines) and not mark.lstrip().startswith("#") and _goes_on(lines[end]):
                end += 1
            parts = [lines[at][len(mark) :], *lines[at + 1 : end]]
            yield from _block(parts, mark, at + 1, say)
            at = end


def _goes_on(line: str) -> bool:
    """Whether a line belongs to the paragraph above it."""
    begins = MARK.match(line) or FENCE.match(line) or MATHS.match(line) or TABLE.match(line)
    return bool(line.strip()) and not begins and not NO_TEXT.match(line)


def _end_of(lines: list[str], start: int, sign: str) -> int:
    """The number of the line that ends the fence, counted from 0."""
    end = re.compile(rf"^\s*{re.escape(sign[0])}{{{len(sign)},}}\s*$")
    return next((at for at in range(start, len(lines)) if end.match(lines[at])), len(lines))


def _block(parts: list[str], mark: str, number: int, say: Say) -> Iterator[str]:
    """A paragraph on as many lines as it had, if it has words enough."""
    text = " ".join(part.strip() for part in parts)
    said = _said(text, number, say)
    if said == text:
        yield mark + parts[0]
        yield from parts[1:]
        return
    rows = [said]
    while len(rows) < len(parts):
        cuts = ((place, BREAK.match(row)) for place, row in reversed(list(enumerate(rows))))
        place, cut = next(((place, cut) for place, cut in cuts if cut), (0, None))
        if cut is None:
            break  # fewer words than it had lines
        rows[place : place + 1] = [cut[1] or cut[3], cut[2] or cut[4]]
    indent = " " * len(mark) if mark and ">" not in mark else mark
    yield mark + rows[0]
    yield from (indent + row for row in rows[1:])


def _row(line: str, number: int, say: Say) -> str:
    cells = CELL.split(line)
    return "|".join(
        f" {_said(cell.strip(), number, say)} " if cell.strip() else cell for cell in cells
    ).strip()


def _option(line: str, option: re.Match[str], number: int, say: Say) -> str:
    if option[1] in OPTIONS and option[2]:
        return line[: option.start(2)] + _said(option[2], number, say)
    return line


def _in_code(line: str, number: int, name: str | None, say: Say) -> str:
    """A line of a fence that is not read as Markdown."""
    if option := name and name != "code-cell" and OPTION.match(line):
        return _option(line, option, number, say)
    if name == "skill-tree" and (title := NUMBERED.match(line)):
        return title[1] + _said(title[2], number, say)
    if name in CHECKED and (comment := COMMENT.match(line)):
        return comment[1] + _said(comment[2], number, say)
    return _quoted(line, number, say) if name == "code-cell" and "alt:" in line else line


def _quoted(line: str, number: int, say: Say) -> str:
    """A line of YAML whose value is text, in double quotes."""
    if found := QUOTED.match(line):
        text = re.sub(r"\\(.)", r"\1", found[2])
        said = re.sub(r'(["\\])', r"\\\1", _said(text, number, say))
        return f'{found[1]}"{said}"{found[3]}'
    return line


def _said(text: str, number: int, say: Say) -> str:
    """What is said in the place of a text; code and formulas alone are the same everywhere."""
    if re.search(r"[^\W\d_]{2}", NO_WORD.sub(" ", text)):
        return say(Message(number, text))
    return text
