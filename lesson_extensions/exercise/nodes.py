"""What an exercise is in a page, and its HTML; other formats show its parts one after the other."""

import functools
import hashlib
import importlib
import inspect
import json
from pathlib import Path

from docutils import nodes

from lesson_extensions.exercise import grade

GRADER = "exercise_grader.py"  # its name among the static files
SERVED = ("shared.values", "exercise.differ", "exercise.grade")  # each imports those before it
LOADER = """\
import json, sys, types
for name, source in {sources}.items():
    sys.modules[name] = module = types.ModuleType(name)
    exec(source, vars(module))
def serve(packed, program):
    answer = sys.modules["lesson_extensions.exercise.grade"].grade_packed(packed, program)
    print("la-exercise " + json.dumps(answer))
"""


class exercise(nodes.container):
    """The whole: `spec` is what prove.py calls an exercise, `label` and `title` are texts."""


class exercise_title(nodes.paragraph):
    """The title; no docutils title, since an exercise is no section of the page."""


@functools.cache
def grader():
    """One file that makes the modules which grade, under their own names."""
    names = [f"lesson_extensions.{name}" for name in SERVED]
    sources = {name: inspect.getsource(importlib.import_module(name)) for name in names}
    return LOADER.replace("{sources}", repr(sources))


def grader_address():
    """Its file below _static/, and its version, so that no browser keeps an old one."""
    return f"{GRADER}?v={hashlib.sha256(grader().encode()).hexdigest()[:8]}"


def visit_exercise(self, node):
    titled = {"aria-labelledby": f"{node['label']}-title"}
    self.body.append(self.starttag(node, "section", **titled))


def depart_exercise(self, node):
    data = {
        "label": node["label"],
        "grader": grader_address(),
        "pack": grade.pack(node["spec"]),
    }
    text = json.dumps(data)  # a label, a name and base64: nothing that could end the element
    self.body.append(f'<script type="application/json">{text}</script></section>\n')


def visit_title(self, node):
    level = min(self.section_level + 1, 6)
    attributes = {"ids": [f"{node.parent['label']}-title"], "CLASS": "la-exercise__title"}
    self.body.append(self.starttag(node, f"h{level}", "", **attributes))
    self.body.append('<span class="la-exercise__kicker">Exercise</span> ')


def depart_title(self, node):
    self.body.append(f"</h{min(self.section_level + 1, 6)}>\n")


def serve_grader(app, exception):
    """Put what grades where exercise.js finds it."""
    if not exception and app.builder.format == "html":
        target = Path(app.outdir) / "_static" / GRADER
        target.parent.mkdir(exist_ok=True)
        target.write_text(grader(), "utf-8")


def setup(app):  # writers of other formats take them for the container and the paragraph they are
    app.setup_extension("lesson_extensions.shared.folds")
    app.add_node(exercise, html=(visit_exercise, depart_exercise))
    app.add_node(exercise_title, html=(visit_title, depart_title))
    app.connect("build-finished", serve_grader)
