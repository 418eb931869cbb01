"""The data that pages read are the files that their README describes, with source and licence."""

import hashlib
import re
from pathlib import Path

import pytest

DATA = Path(__file__).parents[1] / "docs" / "_data"
README = (DATA / "README.md").read_text("utf-8")
SECTIONS = dict(re.findall(r"^## (\S+\.py)\n(.*?)(?=^## |\Z)", README, re.MULTILINE | re.DOTALL))
NAMED = ("Source", "Licence", "Taken from", "Changed")


def line_of(text: str) -> int:
    return README[: README.index(text)].count("\n") + 1


@pytest.mark.parametrize("name", sorted(path.name for path in DATA.glob("*.py")))
def test_a_file_of_data_is_the_one_that_its_readme_describes(name: str) -> None:
    assert name in SECTIONS, f"docs/_data/README.md: write a section `## {name}`, as the others are"
    about = SECTIONS[name]
    missing = [part for part in NAMED if f"- **{part}**: " not in about]
    assert not missing, f"docs/_data/README.md:{line_of(f'## {name}')}: say of it: {missing}"
    found = re.search(r"\*\*File\*\*: SHA-256 `(\w+)`", about)
    assert found, f"docs/_data/README.md:{line_of(f'## {name}')}: add its `- **File**: SHA-256 …`"
    is_now = hashlib.sha256((DATA / name).read_bytes()).hexdigest()
    assert is_now == found[1], (
        f"docs/_data/README.md:{line_of(found[1])}: docs/_data/{name} is another file, with "
        f"SHA-256 {is_now}; restore it, or say under `Changed` what was done to it"
    )


def test_the_readme_describes_no_file_that_is_not_there() -> None:
    assert set(SECTIONS) == {path.name for path in DATA.glob("*.py")}
