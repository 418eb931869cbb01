"""Bundle the code editor into one file, from the versions that package-lock.json pins: needs node.

`python tools/editor/build.py FOLDER` writes editor.js and the licences of what is in it to FOLDER.
"""

import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

SOURCE = Path(__file__).parent
ESBUILD = [
    "node",
    "node_modules/esbuild/bin/esbuild",
    "editor.js",
    "--bundle",
    "--minify",
    "--format=esm",
    "--target=es2022",
    "--charset=utf8",
    "--legal-comments=inline",
]


def build(target: Path) -> None:
    """Write editor.js and editor.LICENSE.txt to the folder `target`; the same bytes each time."""
    with tempfile.TemporaryDirectory() as folder:  # node_modules stays out of the tree
        work = Path(folder) / "editor"
        shutil.copytree(SOURCE, work, ignore=shutil.ignore_patterns("node_modules"))
        subprocess.run(["npm", "ci", "--ignore-scripts"], cwd=work, check=True)
        subprocess.run([*ESBUILD, f"--outfile={target / 'editor.js'}"], cwd=work, check=True)
        (target / "editor.LICENSE.txt").write_text(licences(work), "utf-8")


def licences(work: Path) -> str:
    """The licence of each package in the bundle, behind its name and version."""
    packages = json.loads((work / "package-lock.json").read_text("utf-8"))["packages"]
    return "\n".join(
        f"{path.removeprefix('node_modules/')} {about['version']}\n\n"
        f"{(work / path / 'LICENSE').read_text('utf-8')}"
        for path, about in packages.items()
        if path and not about.get("dev")
    )


if __name__ == "__main__":
    build(Path(sys.argv[1]).resolve())
