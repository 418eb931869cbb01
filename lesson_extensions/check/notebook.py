"""A check in a notebook: the question, the choices, and the answer in a fold, all in Markdown."""

import re

from docutils import nodes

ITEM = re.compile(r"[-*+] +")
RULE = re.compile(r"(?:-{3,}|\*{3,}|_{3,})\s*")
FENCE = re.compile(r"`{3,}|~{3,}")
CHOICE = re.compile(r"(?P<mark>`+|\*|_)(?:.+?)(?P=mark)\s*:?\s*", re.DOTALL)
ROLE = re.compile(r"\{([\w:-]+)\}`([^`]+)`")


def cells(source, todo, key, shown, wrong):
    """The cells: one of Markdown.

    source: the text of the directive, without its options; key: the paragraph or block that is the
    answer; shown, wrong: indices of the choices that are shown, and of those that are wrong.
    """
    question, items, explanation = map(plain_all, split(source))
    spans = [CHOICE.match(item) for item in items]
    choices = [
        (span[0].rstrip(": \n"), item[span.end() :])
        for span, item in zip(spans, items, strict=True)
        if span
    ]
    parts = [f"**Check: {todo}**", *question]
    parts += ["\n".join(f"- {choices[index][0]}" for index in shown)] if shown else []
    parts += ["<details>\n<summary>Answer</summary>", markdown(key), *explanation]
    if wrong:
        # a misconception of several lines stays in its item
        texts = (f"{choices[index][0]}: {choices[index][1]}" for index in wrong)
        parts.append("\n".join("- " + text.replace("\n", "\n  ") for text in texts))
    parts.append("</details>")
    return [{"cell_type": "markdown", "source": "\n\n".join(parts)}]


def split(source):
    """([question], items, [explanation]): the texts before, in and after the first list."""
    before, items, after, fence = [], [], [], ""
    lines = source.splitlines()
    in_list = done = False
    for number, line in enumerate(lines):
        opening = FENCE.match(line)
        if opening and not fence:
            fence = opening[0]
        elif fence and line.startswith(fence):
            fence = ""
        blank_above = number and not lines[number - 1].strip()
        if not done and not fence and not opening:
            if in_list and blank_above and line.strip() and line[:1] != " ":
                in_list = bool(ITEM.match(line))
                done = not in_list
            elif not in_list and not items and ITEM.match(line):
                in_list = True
            elif not in_list and not items and blank_above and RULE.fullmatch(line):
                done = True
        if in_list and ITEM.match(line):
            items.append(ITEM.sub("", line, count=1))
        elif in_list:
            items[-1] += "\n" + line.strip()
        else:
            (after if done else before).append(line)
    if after and RULE.fullmatch(after[0]):
        after = after[1:]
    text = ["\n".join(part).strip() for part in (before, after)]
    return text[:1], [item.strip() for item in items], text[1:]


def plain_all(texts):
    return [ROLE.sub(plain, text) for text in texts]


def plain(role):
    """What Jupyter can show in place of a role."""
    name, text = role.groups()
    titled = re.fullmatch(r"(.+?)\s*<.+>", text, re.DOTALL)
    if name == "math":
        return f"${text}$"
    if titled:
        return titled[1]
    if name in ("term", "doc", "ref", "eval"):
        return text
    return f"`{text[1:].rpartition('.')[2] if text.startswith('~') else text}`"


def markdown(node):
    if isinstance(node, nodes.literal_block):
        return f"```python\n{node.astext()}\n```"
    return "".join(
        f"`{part.astext()}`" if isinstance(part, nodes.literal) else part.astext() for part in node
    )
