"""What stands in place of an exercise in the notebook of its page: plain Markdown and NumPy."""

import re

from lesson_extensions.exercise import grade

FENCE = re.compile(r"\s*(`{3,}|:{3,}|~{3,})\{(starter|tests|hidden-tests|hint|solution|mistake)\}")
ROLE = re.compile(r"\{([\w:-]+)\}`([^`<]*?)\s*(?:<[^`>]*>)?`")
LINK = re.compile(r"\[([^\]]+)\]\((?!\w+:)[^)]*\)")  # to another page of the site
PROSE_ROLES = {"term", "doc", "ref", "abbr"}

# What it takes for the same is what shared/values.py does.
CHECKS = """\
# Run this after your own cell: does each check hold?
import numpy as np

for exercise_check in [
{lines}
]:
    print(" == ".join(exercise_check).removesuffix(" == True"))
    try:
        exercise_value, exercise_wanted = map(eval, exercise_check)
        exercise_pairs = [(exercise_value, exercise_wanted)]
        if isinstance(exercise_wanted, tuple):
            exercise_pairs = zip(exercise_value, exercise_wanted, strict=True)
        exercise_holds = all(
            np.shape(value) == np.shape(wanted)
            and (
                np.allclose(value, wanted, rtol=1e-9, atol=1e-12, equal_nan=True)
                if {*"fc"} & {np.asarray(value).dtype.kind, np.asarray(wanted).dtype.kind}
                else np.array_equal(value, wanted)
            )
            for value, wanted in exercise_pairs
        )
        print("    holds" if exercise_holds else f"    not yet: yours gives {exercise_value}")
    except Exception as error:
        print(f"    not yet: {type(error).__name__}: {error}")
"""


def cells(title, content, spec):
    """Text and hints, the starter, the public tests, the solution: cells as nbformat wants them.

    The cell of tests runs to its end whatever the one above it does, and prints what holds.
    """
    text, hints = prose(content)
    names = [f"Hint {i}" if len(hints) > 1 else "Hint" for i in range(1, 1 + len(hints))]
    story = [f"**Exercise: {plain(title)}**", plain(text), *map(fold, names, map(plain, hints))]
    return [
        {"cell_type": "markdown", "source": "\n\n".join(story)},
        {"cell_type": "code", "source": spec["starter"]},
        {"cell_type": "code", "source": checks(spec)},
        {"cell_type": "markdown", "source": fold("Solution", fence(spec["solution"]))},
    ]


def prose(content):
    """The Markdown of an exercise without its parts, and that of each hint."""
    text, hints, kind, end = [], [], "", ""
    for line in content:
        begins = FENCE.match(line)
        if end:
            if re.fullmatch(re.escape(end[0]) + f"{{{len(end)},}}", line.strip()):
                end = ""
            elif kind == "hint":
                hints[-1].append(line)
        elif begins:
            end, kind = begins.groups()
            if kind == "hint":
                hints.append([])
        else:
            text.append(line)
    return "\n".join(text).strip(), ["\n".join(hint).strip() for hint in hints]


def plain(text):
    """Markdown that Jupyter knows: no roles, and no links to pages that are not there."""

    def without_role(match):
        role, name = match.groups()
        return name if role in PROSE_ROLES else f"${name}$" if role == "math" else f"`{name}`"

    return LINK.sub(r"\1", ROLE.sub(without_role, text))


def fold(summary, text):
    return f"<details><summary>{summary}</summary>\n\n{text}\n\n</details>"


def fence(code):
    return f"```python\n{code}\n```"


def checks(spec):
    sides = []
    for check in grade.checks_of(spec):
        if check.source and not check.hidden:
            sides.append(f"    ({check.left_source!r}, {check.right_source!r}),")
    return CHECKS.replace("{lines}", "\n".join(sides)).strip()
