"""Tell links that are gone from links that could not be reached: `nox -s links`.

Reads what Sphinx's linkcheck builder wrote. A link is gone if its host answered so; a host that
did not answer says nothing about the link, so it is listed and does not fail.
"""

import json
import re
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

Link = dict[str, Any]  # a record of linkcheck's


def sort_links(lines: Iterable[str]) -> tuple[list[Link], list[Link]]:
    """Split linkcheck's records (a JSON object a line) into those gone and those not reached."""
    gone: list[Link] = []
    unreached: list[Link] = []
    for line in lines:
        link = json.loads(line)
        if link["status"] not in ("broken", "timeout"):
            continue
        answered = re.match(r"(4\d\d|5\d\d) |Anchor ", link["info"])
        # 403 and 429 are given to robots, 5xx to everybody for a while: neither means gone
        if answered and not re.match(r"403|429|5\d\d", link["info"]):
            gone.append(link)
        else:
            unreached.append(link)
    return gone, unreached


def main(path: Path) -> int:
    gone, unreached = sort_links(path.read_text("utf-8").splitlines())
    for name, links in {"could not be reached": unreached, "gone": gone}.items():
        print(f"{len(links)} {name}")
        for link in links:
            print(
                f"  docs/{link['filename']}:{link['lineno']}: {link['uri']} ({link['info'][:80]})"
            )
    return 1 if gone else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
