"""A real Chromium that may reach our own server and nothing else."""

import os
import shutil
from collections import Counter

import pytest
from playwright.sync_api import expect, sync_playwright

FLAGS = ["--no-sandbox", "--disable-quic", "--disable-background-networking"]
expect.set_options(timeout=60_000)  # milliseconds: a busy machine is slow, and not wrong
CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome") or shutil.which("chrome")


def pytest_collection_modifyitems(items):
    """Without a browser: fail on CI, elsewhere skip, and say so loudly."""
    items = [item for item in items if "browser" in item.path.parts]
    if CHROMIUM or not items:
        return
    if os.environ.get("CI", "").lower() == "true":
        pytest.exit("CI=true, but no Chromium was found: .ci/run installs it", returncode=1)
    skip = pytest.mark.skip(reason="NO BROWSER FOUND: install chromium to run the browser tests")
    for item in items:
        item.add_marker(skip)


@pytest.fixture(scope="session")
def chromium():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def open_page(chromium, address):
    """open_page(path, **context_options) → page; page.blocked lists the requests to elsewhere."""
    contexts = []

    def open_page(path, **options):
        context = chromium.new_context(reduced_motion="reduce", **options)
        contexts.append(context)
        page = context.new_page()
        page.blocked, page.problems = [], []

        def guard(route):
            if route.request.url.startswith((f"{address}/", "data:")):
                route.continue_()
            else:
                page.blocked.append(route.request.url)
                route.abort()

        page.route("**/*", guard)
        page.on("pageerror", lambda error: page.problems.append(str(error)))
        page.on(
            "console",
            lambda message: message.type == "error" and page.problems.append(message.text),
        )
        page.goto(f"{address}/{path}")
        return page

    yield open_page
    for context in contexts:
        context.close()


# A worker of the site, driven without the page's own script: what it sent until it was idle.
DRIVE = """async ({root, runtime, texts, target, done, fresh, corrections}) => {
  const workers = (window.laWorkers ??= {});
  const script = `${root}/_static/worker.js`;
  const worker = (workers[corrections] ??= new Worker(script, {type: "module"}));
  const heard = [];
  const until = (...types) => new Promise((resolve) => {
    worker.onmessage = ({data}) => {
      heard.push(data);
      if (types.includes(data.type)) resolve(data);
    };
  });
  if (!worker.isReady) {
    worker.postMessage({type: "load", address: new URL(runtime, location.href).href, corrections});
    const {type, reason} = await until("ready", "broken");
    if (type === "broken") throw new Error(reason);
    worker.isReady = true;
  }
  worker.postMessage({type: "run", texts, target, done, fresh});
  const {type, reason} = await until("idle", "broken");
  if (type === "broken") throw new Error(reason);
  return heard.filter(({type}) => ["plan", "output", "end"].includes(type));
}"""


class Python:
    """The Python of the site, in a real browser."""

    def __init__(self, page, address):
        self.page, self.address = page, address
        meta = page.locator("meta[name=la-runtime]")
        if not meta.count():
            pytest.fail("the site was built without a runtime: see what `nox -s runtime` says")
        self.runtime = meta.get_attribute("content")

    def events(self, texts, target=0, *, done=(), fresh=True, corrections=True):
        """What the worker sent while it ran the text at `target`: a list of messages."""
        argument = {"root": self.address, "runtime": self.runtime, "texts": texts}
        argument |= {"target": target, "done": list(done), "fresh": fresh}
        return self.page.evaluate(DRIVE, argument | {"corrections": corrections})

    def run(self, source, corrections=True):
        """What a cell of this source prints, and the last line of its traceback if it raises."""
        events = self.events([{"kind": "cell", "code": source}], corrections=corrections)
        printed = [event for event in events if event["type"] == "output"]
        lines = (
            event["text"].strip().splitlines()[-1] if event["kind"] == "error" else event["text"]
            for event in printed
        )
        return "".join(lines)


@pytest.fixture(scope="session")
def python(chromium, address):
    """python.run(source) → what the reader's Python prints."""
    context = chromium.new_context()
    page = context.new_page()
    page.set_default_timeout(120_000)
    page.goto(f"{address}/lessons/vectors.html")
    yield Python(page, address)
    context.close()


# What test_parity.py found, for the last line of the test run: how many texts did what.
PARITY = Counter()


def pytest_terminal_summary(terminalreporter):
    if PARITY:
        counts = ", ".join(f"{count} {what or 'DIFFER'}" for what, count in sorted(PARITY.items()))
        terminalreporter.write_line(f"runnable texts in the browser: {counts}")
