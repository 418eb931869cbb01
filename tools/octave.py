"""Run the Octave side of each {beside} of the pages, and record what it prints.

`nox -s octave` runs this. It needs GNU Octave: on Debian, `apt-get install octave`.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TypedDict

ROOT = Path(__file__).parents[1]
RECORD = ROOT / "docs/_data/octave.toml"
FENCE = re.compile(r"^```octave\n(.*?)\n```$", re.MULTILINE | re.DOTALL)
# Each code runs in an Octave of its own. This is given as text and not as a file, since warnings
# would name the file. mat2str writes numbers as Octave reads them, [1 2;3 4]; LA is the driver's.
DRIVER = """
format compact
LA = {evalc(getenv("LA_CODE")), struct()};
for LA_name = who()'
  LA_value = eval(LA_name{1});
  if (isnumeric(LA_value) || islogical(LA_value)) && ndims(LA_value) == 2
    LA{2}.(LA_name{1}) = mat2str(LA_value, 15);
  end
end
disp(jsonencode({OCTAVE_VERSION, LA{:}}))
"""
HEAD = """\
# What Octave printed for the pages, and the numbers that its variables then held.
# `nox -s octave` writes this; change the page, not this file.
"""


class Result(TypedDict):
    code: str
    printed: str
    values: dict[str, str]


def codes(folder: Path) -> list[str]:
    """The Octave code of all pages, each once."""
    pages = sorted(folder.rglob("*.md"))
    found = [code for page in pages for code in FENCE.findall(page.read_text("utf-8"))]
    return list(dict.fromkeys(found))


def run(octave: str, code: str) -> tuple[str, Result]:
    """Octave's version, and what the code printed and left."""
    with tempfile.TemporaryDirectory() as folder:  # no .octaverc, and no file of that name there
        done = subprocess.run(
            [octave, "--norc", "--quiet", "--no-history", "--eval", DRIVER],
            cwd=folder,
            env=os.environ | {"LA_CODE": code, "LC_ALL": "C.UTF-8", "HOME": folder},
            capture_output=True,
            text=True,
        )
    if done.returncode:
        sys.exit(
            f"octave: this code of a {{beside}} cannot be run; mend it, or catch the error with "
            f"try … catch:\n\n{code}\n\n{done.stderr}"
        )
    version, printed, values = json.loads(done.stdout)
    return version, Result(code=code, printed=printed.strip("\n"), values=values)


def written(version: str, results: list[Result]) -> str:
    """The record as TOML, to be reviewed like code: literal strings, for lines as they are."""
    blocks = [f"{HEAD}version = {json.dumps(version)}\n"]
    for result in results:
        lines = ["[[result]]"]
        lines += [f"code = {literal(result['code'])}", f"printed = {literal(result['printed'])}"]
        lines += [f'values.{name} = "{numbers}"' for name, numbers in result["values"].items()]
        blocks.append("\n".join(lines) + "\n")
    return "\n".join(blocks)


def literal(text: str) -> str:
    return json.dumps(text) if "'''" in text else f"'''\n{text}'''"


def main() -> None:
    octave = shutil.which("octave-cli")
    if octave is None:
        sys.exit("octave: there is no octave-cli; on Debian, `apt-get install octave` brings it")
    results = [run(octave, code) for code in codes(ROOT / "docs")]
    RECORD.write_text(written(results[0][0], [result for _, result in results]), "utf-8")
    print(f"{RECORD.relative_to(ROOT)}: {len(results)} results of Octave {results[0][0]}")


if __name__ == "__main__":
    main()
