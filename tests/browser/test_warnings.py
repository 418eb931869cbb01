"""Warnings of NumPy in the browser are those on this computer, and so is what np.errstate does."""

import contextlib
import io
import re

SETUP = """
import warnings
import numpy as np
inf, nan = np.inf, np.nan
a, z, big = np.array([1.0, 0.0, -1.0]), np.zeros(3), np.full(3, 1e308)
c, i, f = np.array([1j, 0]), np.array([1, 0, 2]), np.float32([3e38, 1])
h, A = np.float16([60000, 1]), np.full((2, 2), 1e200)
one, nil = np.float64(1), np.float64(0)
class Log:
    write = lambda self, text: seen.append(text)
"""

# Each alike in NumPy 2.0 to 2.5.
CASES = """
a / 0
a / z
z / z
1 / a
i / 0
i // 0
i % 0
np.divmod(i, 0)
a // 0
a % 0
np.divmod(a, 0)
c / 0
f * 10
f / 0
h * h
a / nan
nan * a
inf * z
big * 10
big + big
big - -big
big.sum()
big.sum(axis=0)
np.array([inf, -inf]).sum()
np.array([[inf, 1], [-inf, 1]]).sum(axis=0)
np.cumsum(big)
np.prod(np.full(400, 10.0))
np.log(a)
np.log10(z), np.log2(-1.0), np.log1p(-1.0)
np.sqrt(a)
np.sqrt(-1.0)
np.exp(1000)
np.exp([1, 1000.0])
np.arcsin(2), np.arccos([2.0]), np.arccosh(0.5), np.arctanh(1.0)
np.sin(inf), np.tan(inf)
np.power(0.0, -1), np.power(-1.0, 0.5), np.power(10.0, 400)
np.square(1e200), np.reciprocal(0.0), np.cosh(1000.0), np.hypot(1e308, 1e308)
A @ A
A @ np.array([[inf, 1], [-inf, 1]])
np.ones((2, 3, 2)) @ np.full((2, 2), inf)
np.ones((9, 5, 7, 4)) @ np.ones((9, 5, 4, 3)) @ np.full((9, 5, 3, 1), 1e308)
np.ones((2, 1, 2, 2)) @ np.full((3, 2, 2), 1e308)
np.ones((9, 5, 7, 4)) @ np.ones((9, 5, 4, 3))
np.array([1e200]) @ np.array([1e200])
one / 0
1 / nil
nil / nil
one // 0, one % 0
nil**-1
np.float64(-1) ** 0.5
np.float64(1e308) * 10
np.float32(3e38) * np.float32(10)
np.float16(60000) + np.float16(60000)
np.complex128(1) / 0
np.float64(inf) - inf
np.float64(nan) + 1
one / np.int64(0), one / np.float32(0), one / True, one / 0j, one / 10**30
np.int64(1) // 0
a.astype(int), np.array([nan]).astype(int), np.array([1e30]).astype("i4")
a.copy().__itruediv__(0)
a[1:].copy().__itruediv__(0)
np.divide(a, 0, where=a > 0, out=z.copy())
np.outer(big, big)
np.linalg.inv([[1.0, 2.0], [3.0, 4.0]])
np.linalg.norm([1e200, 1.0], 1)
np.mean([1.0, inf]), np.var([1.0, inf])
np.where(a > 0, np.log(a), 0)
np.corrcoef([1, 1], [1, 2])
np.average([1.0, 2.0], weights=[1.0, -1.0]) if False else np.nanmean([nan, 1.0])
np.polyval([1e308, 1e308], 10.0)
np.interp(0.5, [0, 1], [0, 1])
np.sinc(0.0), np.sign(nan), np.maximum(nan, 1.0), abs(np.float64(-inf))
np.errstate(divide="raise").__enter__() or a / 0
np.errstate(all="raise").__enter__() or one / 0
np.errstate(over="raise").__enter__() or big * 10
np.errstate(invalid="raise").__enter__() or np.sqrt(a)
np.errstate(all="ignore").__enter__() or a / 0
np.errstate(all="warn").__enter__() or a / 0
np.errstate(all="call", call=lambda *told: seen.append(told)).__enter__() or a / 0
np.errstate(all="log", call=Log()).__enter__() or a / 0
np.errstate(all="print").__enter__() or a / 0
""".strip().splitlines()

EVALUATE = """
def told(case):
    global seen
    seen, names = [], {}
    before = np.geterr()
    with warnings.catch_warnings(record=True) as raised:
        warnings.simplefilter("always")
        try:
            names |= {"value": repr(eval(case))}
        except Exception as error:
            names |= {"value": f"{type(error).__name__}: {error}"}
    np.seterr(**before)
    return ascii((names["value"], [f"{w.category.__name__}: {w.message}" for w in raised], seen))

for case in CASES:
    print("=", told(case))
"""


def evaluate(run):
    printed = run(f"{SETUP}\nCASES = {CASES!r}\n{EVALUATE}")
    lines = [line for line in printed.splitlines() if line.startswith("= ")]
    assert len(lines) == len(CASES), printed[-500:]
    return dict(zip(CASES, lines, strict=True))


def here(source):
    with contextlib.redirect_stdout(io.StringIO()) as out:
        exec(source, {})
    return out.getvalue()


def test_numpy_warns_in_the_browser_of_what_it_warns_of_here(python):
    native, browser = evaluate(here), evaluate(python.run)

    assert sum("RuntimeWarning" in line for line in native.values()) > 40
    different = [
        f"{case}\n  here        {native[case]}\n  the browser {browser[case]}"
        for case in CASES
        if native[case] != browser[case]
    ]
    assert not different, "\n" + "\n".join(different)


def shown(python, source):
    """What a cell sends: (kind, text) of each, notes too."""
    events = python.events([{"kind": "cell", "code": f"import numpy as np\n{source}"}])
    return [(event.get("kind"), event["text"]) for event in events if "text" in event]


def test_what_is_deprecated_is_said_of_the_readers_own_lines_each_time(python):
    source = "np.trapz([1, 2])\nnp.row_stack([[1], [2]])\nnp.in1d([1], [1])\nnp.trapz([1, 2]);"
    said = "".join(text for kind, text in shown(python, source) if kind == "stderr")

    names = re.findall(r"^DeprecationWarning: `(\w+)` ", said, flags=re.MULTILINE)
    assert names == ["trapz", "row_stack", "in1d", "trapz"], said
    again = "".join(text for kind, text in shown(python, source) if kind == "stderr")
    assert again == said


def test_a_warning_is_shown_in_its_place_among_what_is_printed(python):
    source = "print(1)\nnp.array([1.0]) / 0\nprint(2)\nnp.sqrt(-1.0);\nprint(3)"

    assert "".join(text for _, text in shown(python, source)).splitlines() == [
        "1",
        "RuntimeWarning: divide by zero encountered in divide",
        "2",
        "RuntimeWarning: invalid value encountered in sqrt",
        "3",
    ]


EDGE = "singular, or as near to it as rounding"
NOTED = [
    "np.linalg.inv([[1, 2, 3], [4, 5, 6], [7, 8, 9]])",
    "np.linalg.det([[1, 2, 3], [4, 5, 6], [7, 8, 9]])",
    "np.linalg.solve([[0.0, 1, -4], [2, -3, 2], [5, -8, 7]], [1, 2, 3])",
    "np.linalg.inv([np.eye(3), [[1, 2, 3], [4, 5, 6], [7, 8, 9]]])",
    "np.linalg.solve([[1 / (j + k + 1) for j in range(13)] for k in range(13)], np.ones(13))",
]
PLAIN = [
    "np.linalg.inv([[2, 1], [1, 3]])",
    "np.linalg.inv(np.diag([1e10, 1e-10]))",  # in other units it is healthy
    "np.linalg.det(0.1 * np.eye(100))",
    "np.linalg.det([[1, 2], [2, 4]])",  # elimination rounds nothing: it is 0 everywhere
    "np.linalg.inv([[1, 2], [2, 4]])",  # and this raises everywhere
    "np.linalg.inv([[1, 2], [3, 4 + 1e-9]])",
    "np.linalg.det(np.zeros((0, 0)))",
    "np.linalg.det([[np.nan, 1], [1, 2]])",
]


def test_a_verdict_that_hangs_on_the_last_bit_is_said_to(python):
    for source in [*NOTED, *PLAIN]:
        notes = [text for kind, text in shown(python, source) if kind == "note"]
        assert [EDGE in note for note in notes] == [True] * (source in NOTED), source


def test_a_module_that_is_not_there_is_an_error_and_a_sentence(python):
    for name, words in {
        "scipy": "np.linalg",
        "scipy.linalg": "np.linalg",
        "pandas": "np.loadtxt",
        "sympy": "fractions.Fraction",
        "requests": "fetch from elsewhere",
        "sklearn": "np.linalg.lstsq",
        "torch": "np.einsum",
        "nunpy": "Did you mean numpy?",
        "nowhere_at_all": "a Python on your computer",
        "ssl": "but not of Python in a browser",
        "numpy.lineal": "has no lineal",
    }.items():
        told = shown(python, f"import {name}")
        error, note = told
        missing = "numpy.lineal" if "." in name and "numpy" in name else name.partition(".")[0]
        assert error[1].endswith(f"ModuleNotFoundError: No module named '{missing}'\n"), error
        assert note[0] == "note" and words in note[1], note
    ((_, note),) = (one for one in shown(python, THREAD) if one[0] == "note")
    assert "one thread" in note


THREAD = "import threading\nthreading.Thread(target=print).start()"


def test_the_browser_still_needs_the_flags(python):
    """When this fails, flags.js and flags.py have nothing left to do: remove them."""
    source = "import numpy as np\nprint(np.array([1.0]) / 0)"

    assert python.run(source, corrections=False) == "[inf]\n"
