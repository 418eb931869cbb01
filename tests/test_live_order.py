"""What a live cell shows comes in the order in which IPython shows it, whatever writes it.

Sequences of statements by chance, each run by IPython and by the console of the worker, in a
process of its own each: names, filters of warnings and objects live on from one to the next.
"""

import json
import os
import random
import subprocess
import sys
from importlib.util import module_from_spec, spec_from_file_location

from tests.conftest import ROOT

PYTHON = ROOT / "lesson_extensions/live/python"
SEQUENCES = 2_000
PICTURES = 40  # of them draw: to draw takes longer than all the rest
START = "import atexit, sys, threading, warnings\nimport matplotlib.pyplot as plt"

# Statements, in which K is another number each time.
LINES = r"""
print(K)
print(K, end="")
print("a\nb", K, flush=True)
print(K, file=sys.stderr)
print(file=sys.stderr)
sys.stderr.write("eK\n") and None
sys.stdout.writelines(["K", ""])
sys.stdout.flush()
sys.stderr.flush()
warnings.warn("wK")
warnings.warn("old K", DeprecationWarning)
for _ in range(3): warnings.warn("thrice K")
warnings.simplefilter("ignore", DeprecationWarning)
warnings.simplefilter("default")
display(K)
display(K, "d")
thread = threading.Thread(target=print, args=(K,)); thread.start(); thread.join()
thread = threading.Thread(target=warnings.warn, args=("tK",)); thread.start(); thread.join()
thread = threading.Thread(target=display, args=(K,)); thread.start(); thread.join()
atexit.register(print, "bye K", file=sys.stdout) and None
atexit.register(print, "bye K", file=sys.stderr) and None
class Last: __del__ = lambda self: print("gone K", file=sys.stderr, flush=True)
last = Last()
del last
class Loud: __repr__ = lambda self: print("repr K") or (sys.stderr.write("rK\n") and "loud K")
display(Loud())
sys.stdout.write(K)
sys.stderr.write(b"K")
K / 0
raise ValueError("vK")
try:|    raise ValueError("vK")|except ValueError as error:|    print(error, file=sys.stderr)
try:|    K / 0|finally:|    print("at last K")
print(K); K
Loud()
K;
""".strip().splitlines()
DRAWS = ["plt.figure();", "plt.show()", "display(plt.gcf())", "plt.close()"]

SMALL = "plt.rcParams.update({'figure.figsize': (0.1, 0.1), 'savefig.dpi': 10})"


def programs():
    chance = random.Random(12)
    for number in range(SEQUENCES):
        lines = LINES + DRAWS * 5 if number < PICTURES else LINES
        chosen = [chance.choice(lines) for _ in range(chance.randrange(2, 12))]
        body = [line.replace("K", str(k)).replace("|", "\n") for k, line in enumerate(chosen)]
        yield "\n".join([START, SMALL, *body])


# What both programs are: `shown` gets (kind, text), and the last of all that ends prints a list of
# what each program showed, and what came after the last.
COMMON = """
import atexit, contextlib, io, json, sys, warnings

shown, told = [], []

def tell():
    told.append(shown[:])
    shown.clear()

@atexit.register
def tell_all():
    at_exit()
    tell()
    json.dump(told, sys.__stdout__)
"""

CONSOLE = """
import IPython.lib.pretty
sys.modules["pretty"] = IPython.lib.pretty
from console import Console

console = Console(lambda kind, text: shown.append((kind, text)))
at_exit = console.line.send
for program in json.load(sys.stdin):
    console.run("cell", program, "cell 1")
    tell()
"""

IPYTHON = """
from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

def show(data, *_, **__):
    kind = "image" if data["text/plain"].startswith("<Figure") else "result"  # it draws none
    shown.append((kind, data["text/plain"] + "\\n"))

class Publisher(DisplayPublisher):
    def publish(self, data, *_, **__):
        show(data)

class Hook(DisplayHook):
    write_output_prompt = finish_displayhook = lambda self: None
    def write_format_data(self, data, *_):
        show(data)

class Shell(InteractiveShell):
    enable_gui = lambda *_: None
    _format_exception_for_storage = lambda *_, **__: ""  # a minute's work for 2,000
    def showtraceback(self, *_, **__):
        kind, value, _ = sys.exc_info()
        shown.append(("error", f"{kind.__name__}: {value}\\n"))

class Tape(io.TextIOWrapper):
    def __init__(self, kind):
        super().__init__(io.BytesIO())
        self.kind = kind
    def write(self, text):
        super().write(text)  # refuses what is no text
        shown.append((self.kind, text))
        return len(text)

config = Config()
config.HistoryManager.enabled = False
shell = Shell.instance(config=config, displayhook_class=Hook, display_pub_class=Publisher)
shell.enable_matplotlib("inline")
warnings.formatwarning = lambda text, kind, *_: f"{kind.__name__}: {text}\\n"
at_exit = lambda: None
streams = Tape("stdout"), Tape("stderr")
for program in json.load(sys.stdin):
    with contextlib.redirect_stdout(streams[0]), contextlib.redirect_stderr(streams[1]):
        shell.run_cell(program, store_history=True)
    tell()
"""


def run(source, backend, asked):
    env = os.environ | {"PYTHONPATH": str(PYTHON)}
    env |= {"MPLBACKEND": f"module://{backend}"}
    done = subprocess.run(
        [sys.executable, "-c", COMMON + source],
        input=json.dumps(asked),
        env=env,
        stdout=subprocess.PIPE,
        check=True,
        text=True,
    )
    return [merged(shown) for shown in json.loads(done.stdout)]


def merged(shown):
    """How many pieces a text travels in does not count; of an error and a picture, that it came."""
    whole = []
    for kind, text in shown:
        if kind == "image":
            text = ""
        elif kind == "error":
            text = text.splitlines()[-1].partition(". Did you mean")[0]  # each Python guesses anew
        elif whole and whole[-1][0] == kind and kind in ("stdout", "stderr"):
            text = whole.pop()[1] + text
        whole.append((kind, text))
    return [(kind, text) for kind, text in whole if text or kind == "image"]


def test_sequences_of_all_that_shows_something_are_shown_as_ipython_shows_them():
    asked = list(programs())
    native = run(IPYTHON, "matplotlib_inline.backend_inline", asked)
    ours = run(CONSOLE, "inline", asked)

    assert len(native) == len(ours) == SEQUENCES + 1
    kinds = {kind for shown in native for kind, _ in shown}
    assert kinds == {"stdout", "stderr", "result", "error", "image"}
    different = [
        f"{program}\n  IPython  {there}\n  the cell {here}\n"
        for program, there, here in zip([*asked, "at exit"], native, ours, strict=True)
        if there != here
    ]
    assert not different, f"{len(different)} differ, such as\n" + "\n".join(different[:3])


def test_what_prints_while_a_piece_is_handed_on_comes_after_it():
    spec = spec_from_file_location("streams", PYTHON / "streams.py")
    streams = module_from_spec(spec)
    spec.loader.exec_module(streams)
    shown = []

    def emit(kind, text):
        if text == "1":  # as a finaliser that prints would
            line.say("result", "2")
            line.say("error", "3")
        shown.append((kind, text))

    line = streams.Line(emit)
    for text in ("1", "4"):
        line.say("result", text)

    assert [text for _, text in shown] == ["1", "2", "3", "4"]
