"""Firefox and WebKitGTK, as Debian has them, behind the few verbs that the tests of both need.

Firefox listens to Marionette itself, WebKitGTK to Debian's WebKitWebDriver.
"""

import contextlib
import gc
import glob
import json
import shutil
import warnings
from collections.abc import Iterator
from typing import Any

PATIENCE = 300  # seconds until what a page was asked for has failed: a busy machine is slow
# What a page is asked for is a function, which may give a promise, or a value. It stands in the
# script of the driver: a page of ours lets no text be run.
ASK = """const [argument, done] = arguments;
(async () => {
  const asked = (%s);
  return typeof asked === "function" ? asked(argument) : asked;
})().then(
  (value) => done({value: JSON.stringify(value ?? null)}),
  (error) => done({error: `${error}`}),
);"""
UNTIL = """async () => {
  while (!(%s)) await new Promise((resolve) => setTimeout(resolve, 50));
}"""


class NotThere(Exception):
    """An engine that is not on this machine; the text says what to install."""


class Browser:
    """What a reader does, and what a page then shows."""

    def __init__(self, ask: Any, go: Any, focused: Any) -> None:
        self._ask, self._go, self._focused = ask, go, focused
        self.address = ""

    def visit(self, path: str) -> None:
        """Open a page of the site, as a reader who has moved: what waits for that is loaded."""
        self._go(f"{self.address}/{path}")
        self.evaluate("() => { dispatchEvent(new Event('pointermove')); }")
        self.until(
            "!document.querySelector('meta[name=la-later]') "
            "|| document.documentElement.dataset.laLater"
        )

    def evaluate(self, function: str, argument: Any = None) -> Any:
        """What a function of JavaScript gives; raises RuntimeError with what it throws."""
        answer = self._ask(ASK % function, argument)
        if "error" in answer:
            raise RuntimeError(f"{function}: {answer['error']}")
        return json.loads(answer["value"])

    def until(self, condition: str) -> None:
        """Wait until an expression of JavaScript holds."""
        self.evaluate(UNTIL % condition)

    def click(self, selector: str) -> None:
        """Press it, as a key does; where a pointer would be does not matter to what we test."""
        self._with(selector, "element.click()")

    def type(self, selector: str, text: str) -> None:
        """With the keys of a reader, in the place of what a field holds."""
        self._with(selector, "element.focus(); element.select?.()")
        self._focused().send_keys(text)

    def send(self, selector: str, event: str) -> None:
        """Tell it of an event, such as `new PointerEvent("pointerenter")`."""
        self._with(selector, f"element.dispatchEvent({event})")

    def _with(self, selector: str, act: str) -> None:
        """Do something with the first that is there."""
        found = f"document.querySelector({json.dumps(selector)})"
        self.until(f"{found}?.checkVisibility()")
        scroll = "element.scrollIntoView({block: 'center', behavior: 'instant'})"
        self.evaluate(f"() => {{ const element = {found}; {scroll}; {act}; }}")

    def text(self, selector: str) -> str:
        return str(self.evaluate("(s) => document.querySelector(s).textContent", selector))


@contextlib.contextmanager
def firefox() -> Iterator[Browser]:
    with warnings.catch_warnings(action="ignore"):  # of code that is older than this Python
        from marionette_driver.marionette import Marionette

    program = shutil.which("firefox-esr") or shutil.which("firefox")
    if not program:
        raise NotThere("there is no Firefox: apt-get install firefox-esr")
    driver = Marionette(bin=program, headless=True, startup_timeout=PATIENCE, gecko_log="-", port=0)
    try:
        driver.start_session()
        driver.timeout.script = driver.timeout.page_load = PATIENCE

        def ask(script: str, *args: Any) -> Any:
            return driver.execute_async_script(script, script_args=args, sandbox=None)

        yield Browser(ask, driver.navigate, driver.get_active_element)
    finally:
        driver.quit(in_app=False)
        driver.cleanup()
        driver.profile = driver.instance = None
        gc.collect()  # its profile is removed now: when Python ends it cannot be


@contextlib.contextmanager
def webkit() -> Iterator[Browser]:
    from selenium import webdriver
    from selenium.webdriver.webkitgtk.service import Service

    driver_program = shutil.which("WebKitWebDriver")
    programs = sorted(glob.glob("/usr/lib/*/webkit2gtk-4.*/MiniBrowser"))
    if not driver_program or not programs:
        raise NotThere("there is no WebKitGTK: apt-get install webkit2gtk-driver xvfb xauth")
    options = webdriver.WebKitGTKOptions()
    options.binary_location = programs[-1]
    options.add_argument("--automation")
    driver = webdriver.WebKitGTK(options=options, service=Service(driver_program))
    try:
        driver.set_script_timeout(PATIENCE)
        driver.set_page_load_timeout(PATIENCE)
        yield Browser(
            driver.execute_async_script, driver.get, lambda: driver.switch_to.active_element
        )
    finally:
        driver.quit()


ENGINES = {"firefox": firefox, "webkit": webkit}
