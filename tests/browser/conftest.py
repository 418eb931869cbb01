"""A real Chromium that may reach our own server and nothing else."""

import contextlib
import functools
import os
import shutil
from collections import Counter

import pytest

from tests.conftest import ROOT, Site, serve

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome") or shutil.which("chrome")
FLAGS = [
    "--no-sandbox",
    "--disable-quic",
    "--disable-background-networking",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",  # there is no other host
]

FIRST_SIGN = "dispatchEvent(new Event('pointermove'))"
ALL_HERE = """async () => {
  while (document.querySelector("meta[name=la-later]") && !document.documentElement.dataset.laLater)
    await new Promise(requestAnimationFrame);
}"""

# As in a browser that is told to refuse site data.
NO_STORAGE = """for (const name of ["localStorage", "sessionStorage"]) Object.defineProperty(
  window, name, {configurable: true, get() { throw new Error("no storage"); }});"""


def pytest_ignore_collect(config):
    """What is not to be run is not imported either: with `-m "not browser"`, all of this folder."""
    return "not browser" in config.option.markexpr or None


def pytest_collection_modifyitems(items):
    """Mark the tests of this folder; without a browser fail on CI, elsewhere skip, and say so."""
    items = [item for item in items if "browser" in item.path.parts]
    for item in items:
        item.add_marker(pytest.mark.browser)
    if CHROMIUM or not items:
        return
    if os.environ.get("CI", "").lower() == "true":
        pytest.exit("CI=true, but no Chromium was found: .ci/run installs it", returncode=1)
    skip = pytest.mark.skip(reason="NO BROWSER FOUND: install chromium to run the browser tests")
    for item in items:
        item.add_marker(skip)


@pytest.fixture(scope="session")
def chromium():
    from playwright.sync_api import expect, sync_playwright  # not to run the other tests

    expect.set_options(timeout=60_000)  # milliseconds: a busy machine is slow, and not wrong
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@contextlib.contextmanager
def dressed(folder, files, extensions):
    """The address of a small site of these files, which looks as ours does."""
    look = {
        "html_static_path": [str(ROOT / "docs/_static")],
        "html_css_files": ["fonts.css", "site.css"],
    }
    site = Site(folder, files, {"extensions": extensions} | look)
    site.app.cleanup()
    with serve(site.app.outdir) as address:
        yield address


def new_context(chromium, **options):
    """Of a reader who is there: what waits for a sign of that is loaded with each page."""
    context = chromium.new_context(**options)
    context.add_init_script(f"addEventListener('load', () => {FIRST_SIGN})")
    return context


def new_page(chromium, **options):
    """A page in a context of its own, whose `blocked` lists what it asks of other hosts."""
    page = new_context(chromium, reduced_motion="reduce", **options).new_page()
    page.address, page.blocked, page.problems = "", [], []

    def note(request):
        if not request.url.startswith((f"{page.address}/", "data:", "blob:")):
            page.blocked.append(request.url)

    def hear(message):
        wants_icon = message.location["url"].endswith("/favicon.ico")  # a small site has none
        if message.type == "error" and not wants_icon:
            page.problems.append(message.text)

    page.on("request", note)
    page.on("pageerror", lambda error: page.problems.append(str(error)))
    page.on("console", hear)
    return page


@pytest.fixture(scope="session")
def idle_pages():
    """The pages that tests pass on to each other, by the options of their contexts."""
    return {}


@pytest.fixture
def open_page(chromium, address, idle_pages):
    """open_page(path, **context_options) → page; page.blocked lists the requests to elsewhere.

    To make a page takes longer than to visit one: a test gets the one that others had, with nothing
    in its storage but what `stored` says. What cannot be undone (a clock, a permission, a history)
    is for a page of the test's own: with `own=True`, with a `script` that is to run before those of
    the page, or for a second page with the same options.
    """
    passed_on, own_pages = {}, []

    def open_page(path, *, own=False, script="", stored=None, **options):
        color_scheme = options.pop("color_scheme", "light")
        viewport = options.pop("viewport", {"width": 1280, "height": 720})
        key = tuple(sorted(options.items()))
        if own or script or key in passed_on:
            page = new_page(chromium, **options)
            own_pages.append(page)
        else:
            page = passed_on[key] = idle_pages.pop(key, None) or new_page(chromium, **options)
        page.address = address
        page.set_viewport_size(viewport)
        page.emulate_media(color_scheme=color_scheme, media="null")
        if stored:
            page.goto(f"{address}/_static/basic.css")  # of our host, and with no script
            page.evaluate("stored => Object.assign(localStorage, stored)", stored)
        if script:
            page.add_init_script(script)
        page.goto(f"{address}/{path}")
        page.evaluate("() => document.fonts.ready.then(() => null)")  # text has its size
        if options.get("java_script_enabled", True):
            page.evaluate(ALL_HERE)
        return page

    yield open_page
    for page in own_pages:
        page.context.close()
    for key, page in passed_on.items():
        forget(page)
        idle_pages[key] = page


def forget(page):
    """Leave a page as it was when it was made: blank, with nothing stored, and no tab beside it."""
    for other in page.context.pages:
        if other is not page:
            other.close()
    origin = page.evaluate("origin")
    page.goto(f"{page.address}/_static/basic.css")  # where no script of ours is, to keep something
    page.evaluate("localStorage.clear() ?? sessionStorage.clear()")
    page.goto("about:blank")
    page.mouse.move(0, 0)
    page.unroute_all()
    session = page.context.new_cdp_session(page)
    session.send("Storage.clearDataForOrigin", {"origin": origin, "storageTypes": "all"})
    session.detach()
    page.blocked, page.problems = [], []


def script_url(page, name):
    """The address of a script of ours, as the scripts of the page import it."""
    script = "document.querySelector('script[src*=\"/features/\"]')"
    return page.evaluate(f"name => new URL(name, {script}.src).href", name)


@functools.cache
def axe_script():
    from axe_playwright_python.sync_playwright import Axe

    return Axe().axe_script


# What axe can find in one theme and not in the other: the two rules that look at colours. The rest
# asks for names, roles, order and places, and test_pages.py sees that both themes show the same.
THEME_RULES = ["color-contrast", "link-in-text-block"]

# To compute a contrast takes axe milliseconds, and a lesson has thousands of words of code that all
# look like a few. So of those that look the same (letters, and what is behind them in all that they
# lie in) it gets the first three words, since it does not judge signs, and none where an earlier
# page had some; the others are hidden from it. What is drawn over others (SVG, what is taken out of
# the flow) looks like what has its class.
AXE = """async ([context, options, seen]) => {
  const within = typeof context === "string" ? context : "body";
  const without = context?.exclude?.join() ?? "no-such";
  const looks = new Map([[null, ""]]);
  const behind = (element) => {
    if (!looks.has(element)) {
      const style = getComputedStyle(element);
      const {backgroundColor, backgroundImage, opacity, filter} = style;
      const own = [backgroundColor, backgroundImage, opacity, filter].join();
      const isClear = own === "rgba(0, 0, 0, 0),none,1,none";
      const isApart = element instanceof SVGElement || /absolute|fixed|sticky/.test(style.position);
      const which = isApart ? `#${element.tagName}.${element.getAttribute("class")}` : "";
      looks.set(element, behind(element.parentElement) + (isClear ? "" : own) + which);
    }
    return looks.get(element);
  };
  const letters = (element) => {
    const style = getComputedStyle(element);
    const {color, fontSize, fontWeight, textShadow, textDecoration, borderBottom} = style;
    return [color, fontSize, fontWeight, textShadow, textDecoration, borderBottom].join();
  };
  const before = new Set(seen);
  const counts = new Map();
  const hidden = [];
  for (const element of seen ? document.querySelectorAll("body *") : []) {
    if (element.childElementCount || !element.textContent.trim()) continue;
    if (!element.closest(within) || element.closest(without)) continue;
    if (!element.checkVisibility({visibilityProperty: true, opacityProperty: true})) continue;
    const look = [behind(element), letters(element), letters(element.parentElement)].join();
    const count = counts.get(look) ?? 0;
    if (count === 3 || before.has(look)) hidden.push([element, element.getAttribute("style")]);
    else if (/[\\p{L}\\p{N}]{2}/u.test(element.textContent)) counts.set(look, count + 1);
  }
  if (seen && !counts.size) return [[], []];
  for (const [element] of hidden) element.style.visibility = "hidden";
  try {
    return [(await axe.run(context ?? document, options)).violations, [...counts.keys()]];
  } finally {
    for (const [element, style] of hidden) {
      if (style === null) element.removeAttribute("style");
      else element.setAttribute("style", style);
    }
  }
}"""
LOOKS = {"light": set(), "dark": set()}  # those that axe has seen


def faults(page, context=None, *, theme="light"):
    """What axe finds wrong, a text a rule; in the light all of it, in the dark what may differ."""
    page.emulate_media(color_scheme=theme)
    if page.evaluate("typeof axe") == "undefined":
        page.evaluate(axe_script())
    colours = {"resultTypes": ["violations"], "runOnly": THEME_RULES}
    found, looks = page.evaluate(AXE, [context, colours, sorted(LOOKS[theme])])
    if not found:  # what is wrong is found again on each page
        LOOKS[theme].update(looks)
    if theme == "light":
        off = {rule: {"enabled": False} for rule in THEME_RULES}
        rest = {"resultTypes": ["violations"], "rules": off}
        found += page.evaluate(AXE, [context, rest, None])[0]
    return [
        f"{theme}: {rule['id']}: {rule['help']}"
        + "".join(f"\n  {node['target']}: {node['failureSummary']}" for node in rule["nodes"])
        for rule in found
    ]


# Stands in for Python, ahead of live.js, which listens at the document.
ANSWER = """(answer) => {
  if (!window.laAsked) window.addEventListener("la-call", (event) => {
    event.stopImmediatePropagation();
    window.laAsked.push(event.detail);
    if (window.laAnswer) event.detail.done(window.laAnswer);
  }, {capture: true});
  window.laAsked ??= [];
  window.laAnswer = answer && {value: null, printed: "", cause: "", error: "", ...answer};
}"""

# A worker of the site, driven without the page's own script: what it sent until it was idle.
DRIVE = """async ({root, runtime, texts, target, fresh, corrections}) => {
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
  worker.postMessage({type: "run", texts, target, fresh});
  const {type, reason} = await until("idle", "broken");
  if (type === "broken") throw new Error(reason);
  return heard.filter(({type}) => ["plan", "output", "note", "end"].includes(type));
}"""


class Python:
    """The Python of the site, in a real browser; of its page it asks `evaluate` alone."""

    def __init__(self, page, address):
        self.page, self.address = page, address
        self.runtime = page.evaluate(
            "() => document.querySelector('meta[name=la-runtime]')?.content"
        )
        if not self.runtime:
            pytest.fail("the site was built without a runtime: see what `nox -s runtime` says")

    def events(self, texts, target=0, *, fresh=True, corrections=True):
        """What the worker sent while it ran the text at `target`: a list of messages."""
        argument = {"root": self.address, "runtime": self.runtime, "texts": texts}
        argument |= {"target": target, "fresh": fresh}
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
