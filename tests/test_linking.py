"""Scripts of several modules in one: what runs, in which order, and what cannot be read."""

import subprocess

import pytest

from lesson_extensions.shared.linking import Unlinkable, joined, served

COUNT = 'let count = 0; // kept once\nexport const up = () => (count += 1);\nsay("count");\n'
FILES = {
    "count.js": COUNT,
    "one.js": 'import { up } from "./count.js";\n\nsay(`one ${up()}`);\n',
    "two.js": """import { up as more } from "./count.js";

say(`two ${more()}`, import.meta.url);
""",
    "fails.js": 'say("fails");\nnothing.is.here;\n',
    "after.js": """/** @param {number} n */
export function after(n) {
  return n; // that
}
say("after");
""",
    "loop.js": 'import { b } from "./pool.js";\nexport const a = 1;\n',
    "pool.js": 'import { a } from "./loop.js";\nexport const b = 1;\n',
    "all.js": 'import * as all from "./count.js";\n',
    "nests.js": "say(`a ${b && `: ${b}`}`);\n",
    "named.js": "const a = 1;\nexport { a };\n",
}
BROWSER = """globalThis.document = {currentScript: {src: "here.js"}};
globalThis.reportError = (error) => say(`reported ${error.name}`);
globalThis.said = [];
globalThis.say = (...words) => said.push(words.join(" "));
"""


@pytest.fixture
def find(tmp_path):
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, "utf-8")
    return lambda name: tmp_path / name


@pytest.fixture
def run(node):
    def run(*scripts):
        """What the scripts say, each run as a browser runs it."""
        text = BROWSER + "\n".join(scripts) + "\nconsole.log(said.join('; '));\n"
        command = [node, "--input-type=module", "-e", text]
        done = subprocess.run(command, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    return run


def test_modules_run_once_and_in_their_order(find, run):
    script = served(joined(["two", "one", "count"]), find)

    assert run(script) == "count; two 1 here.js; one 2"


def test_a_script_that_is_loaded_later_shares_what_its_modules_hold(find, run):
    first, later = served(joined(["one"]), find), served(joined(["two"]), find)

    assert run(first, later) == "count; one 1; two 2 here.js"


def test_one_that_fails_is_reported_and_stops_no_other(find, run):
    script = served(joined(["fails", "after"]), find)

    assert run(script) == "fails; reported ReferenceError; after"


def test_a_module_by_itself_exports_what_its_source_does(find, run):
    assert run(served("after.js", find).replace("export const {after} =", "const {after} ="),
               "say(after(3));") == "after; 3"  # fmt: skip
    assert "import" not in served("one.js", find), "it would be loaded twice"


def test_what_is_for_authors_only_is_not_sent(find):
    sent = served("after.js", find)

    assert "@param" not in sent and "// that" not in sent and "\n  " not in sent


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("loop.js", r"loop\.js: imports itself, by way of pool\.js"),
        (
            "all.js",
            r"all\.js: 'import \* as all from .* cannot be served; write `import \{ name \}",
        ),
        ("nests.js", r"nests\.js: .* has a `text` within a `text`"),
        ("named.js", r"named\.js: 'export \{ a \};' cannot be served"),
    ],
)
def test_a_form_that_is_not_read_is_named(find, name, says):
    with pytest.raises(Unlinkable, match=says):
        served(name, find)
