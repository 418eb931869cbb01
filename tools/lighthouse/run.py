"""Measure pages with Lighthouse, as a phone on a slow network sees them: needs node and Chromium.

`python -m tools.lighthouse.run SITE page.html …` prints the four scores of each page, out of 100,
and what they are made of. It fails where accessibility, best practices or SEO is below 100;
performance depends on the machine too, and on what else it does, so that it is printed only.
"""

import functools
import gzip
import http.server
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

HERE = Path(__file__).parent
LIGHTHOUSE = HERE / "node_modules/lighthouse/cli/index.js"
FLAGS = "--headless=new --no-sandbox --disable-quic --disable-background-networking"
CATEGORIES = ["performance", "accessibility", "best-practices", "seo"]
TIMED = "performance"
AUDITS = ["first-contentful-paint", "largest-contentful-paint", "total-blocking-time"]
AUDITS += ["cumulative-layout-shift", "speed-index", "total-byte-weight"]
TEXTS = {".html", ".css", ".js", ".json", ".svg", ".xml"}


class Compressing(http.server.SimpleHTTPRequestHandler):
    """Sends texts compressed, many over one connection, as hosts do."""

    protocol_version = "HTTP/1.1"

    def send_head(self) -> BytesIO | BinaryIO | None:
        path = Path(self.translate_path(self.path))
        if path.suffix not in TEXTS or not path.is_file():
            return super().send_head()
        data = gzip.compress(path.read_bytes())
        self.send_response(200)
        self.send_header("Content-Type", self.guess_type(str(path)))
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        return BytesIO(data)

    def log_message(self, *_: object) -> None:
        pass


def measure(address: str) -> dict[str, dict[str, dict[str, object]]]:
    """Lighthouse's report of a page."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome") or shutil.which("chrome")
    if not chromium:
        sys.exit("no Chromium was found: install chromium")
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        command = [
            "node", str(LIGHTHOUSE), address, "--quiet", "--output=json",
            f"--output-path={report}", f"--chrome-flags={FLAGS}",
            f"--only-categories={','.join(CATEGORIES)}",
        ]  # fmt: skip
        subprocess.run(command, check=True, env=os.environ | {"CHROME_PATH": chromium})
        found: dict[str, dict[str, dict[str, object]]] = json.loads(report.read_text("utf-8"))
        return found


def main(site: Path, pages: list[str]) -> int:
    """Print a line a page; 1 if one falls short where no machine is to blame."""
    handler = functools.partial(Compressing, directory=str(site))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    short = 0
    for page in pages:
        report = measure(f"http://127.0.0.1:{server.server_port}/{page}")
        scores = {name: report["categories"][name]["score"] for name in CATEGORIES}
        print(page, *(f"{name} {100 * float(str(scores[name])):.0f}" for name in CATEGORIES))
        print("   ", *(f"{name} {report['audits'][name]['displayValue']}," for name in AUDITS))
        for audit in report["audits"].values():
            if audit["score"] == 0 and audit["scoreDisplayMode"] == "binary":
                print("    not met:", audit["title"])
        short |= any(scores[name] != 1 for name in CATEGORIES if name != TIMED)
    server.shutdown()
    return short


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2:]))
