"""Begin a page: `nox -s new -- lesson "Title"`; or a faq, a term, an error, a warning, a showcase.

The page is made from tools/skeletons/, passes every check of the site as it is, and shows what to
write. No file is ever overwritten. Needs nothing but Python.
"""

import json
import re
import sys
import unicodedata
from datetime import date
from pathlib import Path

ROOT = Path(__file__).parents[1]
SKELETONS = Path(__file__).parent / "skeletons"
LONGEST = 60  # characters of a file name
FOLDERS = {  # kind → folder in docs/
    "lesson": "lessons",
    "faq": "faq",
    "term": "glossary",
    "error": "errors",
    "warning": "warnings",
    "showcase": "showcase",
}
USAGE = f'Write: nox -s new -- {"|".join(FOLDERS)} "Title"'
NEXT = """\
{path} is there, and builds as it is. Next:
  1. nox -s preview               shows it, and shows it again whenever you save
  2. put your own text and code in place of what is there; CONTRIBUTING.md says how
"""
RECORD = """\
  3. nox -s outputs -- --record   keeps what its cells print, for review
  4. nox -s tests                 checks all of it"""
TEST = """\
  3. nox -s tests                 checks all of it"""


def main(arguments: list[str], docs: Path = ROOT / "docs") -> str | None:
    """Make the page that `arguments` ask for; return None, or a sentence on why there is none."""
    kind, *words = arguments or [""]
    title = " ".join(" ".join(words).split())
    if kind not in FOLDERS:
        return f"{f'There is no kind {kind!r}.' if kind else 'Nothing is asked for.'} {USAGE}"
    if not title:
        return f"A {kind} needs a title. {USAGE}"
    folder = docs / FOLDERS[kind]
    name = slug(title) or free_name(folder, kind)
    path = folder / f"{name}.md"
    if path.exists():
        return f"{shown(path)} is there already; choose another title, or change that page."
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(page(kind, title, name, folder), "utf-8")
    text = path.read_text("utf-8")
    print(NEXT.format(path=shown(path)) + (RECORD if "{code-cell}" in text else TEST))
    return None


def page(kind: str, title: str, name: str, folder: Path) -> str:
    """The text of the skeleton, with each ⟨word⟩ filled in."""
    orders = {order_of(path): path.stem for path in sorted(folder.glob("*.md"))}
    last = max(orders, default=0.0)
    values = {
        "title": title,
        "message": title if "`" in title else f"`{title}`",
        "quoted": json.dumps(title, ensure_ascii=False),  # which YAML reads too
        "slug": name,
        "order": f"{int(last) + 1}",
        "today": date.today().isoformat(),
        "last": orders.get(last, "") if last else "",
    }
    skeleton = (SKELETONS / f"{kind}.md").read_text("utf-8")
    return re.sub(r"⟨(\w+)⟩", lambda found: values[found[1]], skeleton)


def order_of(path: Path) -> float:
    """The `order` of a page's front matter, 0 where it has none."""
    _, front_matter, _ = f"{path.read_text('utf-8')}\n---\n---\n".split("---\n", 2)
    found = re.search(r"^order: *(\d+(?:\.\d+)?) *$", front_matter, re.MULTILINE)
    return float(found[1]) if found else 0


def slug(title: str) -> str:
    """The title as a file name and label: lower-case ASCII letters, digits and hyphens; or ""."""
    letters = unicodedata.normalize("NFKD", title.casefold()).encode("ascii", "ignore").decode()
    name = "-".join(re.findall(r"[a-z0-9]+", letters.replace("'", "")))
    return (
        name if len(name) <= LONGEST else name[: LONGEST + 1].rpartition("-")[0] or name[:LONGEST]
    )


def free_name(folder: Path, kind: str) -> str:
    """lesson-1, or the first number that is free: for a title without a Latin letter."""
    number = 1
    while (folder / f"{kind}-{number}.md").exists():
        number += 1
    return f"{kind}-{number}"


def shown(path: Path) -> Path:
    return path.relative_to(ROOT) if path.is_relative_to(ROOT) else path


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))  # a sentence goes to stderr, with exit code 1
