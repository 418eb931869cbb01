"""Short expressions over all of NumPy, and what each prints with the browser's NumPy on a computer.

    python -m tests.browser.expressions --record

writes expressions.json beside this file, in an environment with the NumPy that the browser has:
`nox -s expressions` makes one. test_expressions.py has the reader's Python evaluate them too.

Nobody typed the expressions. They are made of what `dir` finds in numpy, numpy.linalg and arrays:
each function is called in every way of `CALLS`, and of these calls those stay that the function
takes and that show something new. A function that a NumPy gains is in the table when it is
recorded anew.
"""

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import numpy as np

ROOT = Path(__file__).parents[2]
RECORD = Path(__file__).with_name("expressions.json")

# Evaluates a list of expressions, here and in the browser: a text of each, on a line of its own.
PROGRAM = '''
import json, warnings
import numpy as np
from numpy import inf, nan

A = np.array([[2, 1], [1, 3]])
F = np.array([[4.0, 2.5], [2.5, 3.0]])
R = np.array([[1.5, -2.0, 0.5], [0.0, 3.0, 7.0]])
C = np.array([[2.0, 1.5j], [-1.5j, 3.0]])
B = np.array([[True, False], [True, True]])
S = np.array([[2.0, 0.1], [0.1, 1.5]], dtype=np.float32)
G = np.array([[1.0, 2.0], [2.0, 4.0]])
T = np.array([[[2.0, 1.0], [1.0, 3.0]], [[1.0, 2.0], [2.0, 4.0]]])
N = np.array([[nan, 1.0], [1.0, 2.0]])
E = np.zeros((0, 2))
a = np.array([3, -1, 0])
b = np.array([True, False, True])
x = np.array([0.5, -2.0, 0.0])
y = np.array([0.1, 0.2, 0.7])
z = np.array([1.0 + 2.0j, -0.5j, 3.0])
s = np.array([0.1, 2.0, -3.0], dtype=np.float32)
h = np.array([0.1, 2.0, 300.0], dtype=np.float16)
v = np.array([1e308, -1e-308, 1e200])
n = np.array([nan, inf, -inf, 1.0])
i = np.array([1, 200, 3], dtype=np.uint8)
given = dict(globals())

def outcome(expression):
    """What a cell would print: warnings, and then the value or the last line of the traceback."""
    code = compile(expression, "cell", "eval")
    names = {name: given[name] for name in code.co_names if name in given}
    for name in set("AFRCBSGTNEabxyzshniv") & set(names):
        names[name] = given[name].copy()  # what an expression changes is not the next one's
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            told = repr(eval(code, names))
        except Exception as error:
            told = f"{type(error).__name__}: {error}"
    warned = [f"{warning.category.__name__}: {warning.message}" for warning in caught]
    return "\\n".join([*dict.fromkeys(warned), told])  # once each: as a cell does by default
'''
PRINT = "print('\\n'.join(json.dumps(outcome(expression)) for expression in json.loads(TEXT)))"

MATRICES = ["F", "T", "A", "G", "N", "C", "S", "B", "R", "E"]
VECTORS = ["a", "x", "v", "n", "z", "s", "b", "h", "i", "y"]
# The ways to call, from the most telling to the least; WAYS says how many of them are kept.
ONE = [name for pair in zip(VECTORS, MATRICES, strict=False) for name in pair]
ONE += ["E", "2.5", "-7", "'float32'"]
PAIRS = """
a, x   A, F   v, 2   n, n   A, 2   x, 0   F, F   a, 0   z, x   s, x   C, F   b, a   n, x   i, a
S, S   T, F
N, F   R, F   G, x[:2]   F, a[:2]   T, T   F, 0   F, 1   A, 1   x, x   a, a   h, 2   i, i   7, 2
2.0, 0.5   b, b   E, F   x, 1   x, y   B, F   F, 'nuc'   F, inf   x, [0, 2]   R, (3, 2)
v, v   a[0], 0   a[0], a[2]   x[0], x[2]   s[1], 0
'ij,jk', A, F   'ii', A   A, (2, 2)   3, a   (2, 3), 7   F, -1   5, 2
""".strip().replace("\n", "   ")
MORE = """
a, x, 0   F, 0, 1   [A, F]   (a, x)   [x, y]   R, axis=0   R, axis=1   T, axis=(1, 2)   R, axis=None
R, axis=0, keepdims=True   a, dtype=float   A, dtype=int   x, 0, 1   x > 0, x, a   x, x > 0
x, x > 0, 9   x, [0], 9   0, 4, 3   1, 9, 3   3, 3, 1   [F, A, F]   [F, x[:2]]   F, R, F   1, 2, 5
a, a, a   y, x, y   A, [2, 1], [1, 1]   R, 1, 0   F, -2   A, 3   2, 3   (2, 2)
F, full_matrices=False
F, mode='r'   F, UPLO='U'   F, compute_uv=False   F, hermitian=True   R, 'fro'   R, 1   x, ord=3
R[:, :2], R[:, 0]   R.T, R[0]   R.T, a   R.T, R.T[:, 0], rcond=None   R, rtol=0.5   a, minlength=5
""".strip().replace("\n", "   ")
CALLS = list(dict.fromkeys([*ONE, *PAIRS.split("   "), *MORE.split("   "), ""]))
WAYS = {"ufunc": 8, "function": 4, "linalg": 12, "method": 2, "type": 2, "operator": 20}

OPERATORS = ["+", "-", "*", "/", "//", "%", "**", "@", "&", "|", "^", "<<", ">>", "==", "<"]
OPERANDS = [call.split(", ") for call in PAIRS.split("   ") if call.count(", ") == 1]
OPERANDS.sort(key=lambda pair: "[" not in pair[0])  # scalars first: they have loops of their own
METHODS = ["F", "a", "z", "b"]  # whose methods are called
UFUNC_METHODS = ["reduce(a)", "reduce(R)", "accumulate(x)", "outer(x, a)", "reduceat(x, [0, 2])"]
INPUTS = re.compile(r"\b[AFRCBSGTNEabxyzshniv]\b(?!')")

# What is not the same each time (a comparison's `reduce` raises another error once NumPy has looked
# for its loop) or on each processor (a reduction by arctan2, exponents of NaN); what writes files,
# changes NumPy for what follows, or never ends.
LEFT_OUT = re.compile(
    r"np\.(\w*equal|greater|less|a(rc)?tan2)\.reduce\(|np\.frexp\([nN]|np\.linalg\.lstsq\(N"
    r"|np\.(empty|empty_like|ndarray|recarray|test|info|show_config|show_runtime|get_include|memmap"
    r"|save\w*|load\w*|fromfile|fromregex|genfromtxt|set\w+|DataSource|ndenumerate|ndindex|nditer"
    r"|nested_iters|flatiter|broadcast|vectorize|busdaycalendar|errstate|printoptions"
    r"|get_printoptions|getbufsize|frombuffer|from_dlpack|require|void|c_|r_|s_|index_exp"
    r"|linalg\.test)\b"
    r"|\.(tofile|dump|dumps|resize|setfield|newbyteorder|data|ctypes|base|setflags|getfield|view"
    r"|tobytes|tostring)\b"
)
NOT_TAKEN = re.compile(
    "positional argument|required argument|keyword argument|unexpected keyword|takes|missing"
    "|expected at least|has no attribute|not callable|invalid keyword|nin=|too many|descriptor"
)
LONGEST = 240  # letters; more is not short


def names_of(owner: object) -> list[str]:
    return [name for name in sorted(dir(owner)) if not name.startswith("_")]


def candidates() -> list[tuple[str, list[str]]]:
    """Lists of expressions of which some are to stay, each with its kind, which says how many."""
    groups = []
    for space, owner in (("np", np), ("np.linalg", np.linalg)):
        for name in names_of(owner):
            value, path = getattr(owner, name, None), f"{space}.{name}"
            if isinstance(value, np.ufunc):
                groups.append(("ufunc", [f"{path}({call})" for call in CALLS]))
                if value.nin == 2 and value.nout == 1 and value.signature is None:
                    groups.append(("method", [f"{path}.{call}" for call in UFUNC_METHODS]))
            elif callable(value):
                kind = "linalg" if owner is np.linalg else "function"
                kind = "type" if isinstance(value, type) else kind
                groups.append((kind, [path, *(f"{path}({call})" for call in CALLS)]))
            elif not isinstance(value, type(sys)):
                groups.append(("type", [path]))
    groups += [
        (kind, [f"{array}.{name}", *(f"{array}.{name}({call})" for call in ["", *CALLS])])
        for name in names_of(np.ndarray)
        for kind, array in [("method", array) for array in METHODS]
    ]
    groups += [
        ("operator", [f"{left} {operator} {right}" for left, right in OPERANDS])
        for operator in OPERATORS
    ]
    return groups


def program() -> dict:
    """What `PROGRAM` defines, here."""
    names: dict = {}
    exec(PROGRAM, names)
    return names


def chosen(kind: str, expressions: list[str], outcome) -> dict[str, str]:
    """The first expressions of a group that are taken and show something new, with what it is."""
    kept: dict[str, str] = {}
    errors: set[str] = set()
    for expression in expressions:
        if len(kept) == WAYS[kind]:
            break
        if LEFT_OUT.search(expression):
            continue
        text = outcome(expression)
        if text == "None":  # it changes what it is given: show that
            expression = f"{expression}, {(INPUTS.findall(expression) or ['A'])[0]}"
            text = outcome(expression)
        error = re.search(r"^(\w*(?:Error|Exception|Iteration)): (.*)\Z", text, re.M | re.S)
        if error and (NOT_TAKEN.search(error[2]) or error[1] in errors):
            continue
        if text not in kept.values() and is_short_and_stable(text):
            kept[expression] = text
            errors |= {error[1]} if error else set()
    return kept


def is_short_and_stable(text: str) -> bool:
    return len(text) <= LONGEST and not re.search(r"\b0x[0-9a-f]{6}|/site-packages|\.py\b", text)


def generated() -> dict[str, str]:
    """The expressions in order, each with what it prints here.

    It is asked again in a Python that does what the cells of the test do and nothing before it:
    what an error says may hang on what NumPy has found out by then, and such a one is left out.
    """
    outcome, found = program()["outcome"], {}
    for kind, expressions in candidates():
        found |= chosen(kind, expressions, outcome)
    found = dict(sorted(found.items()))
    source = f"{PROGRAM}\nimport sys\nTEXT = sys.stdin.read()\n{PRINT}"
    run = [sys.executable, "-W", "ignore", "-c", source]
    again = subprocess.run(run, input=json.dumps(list(found)), capture_output=True, text=True)
    lines = map(json.loads, again.stdout.splitlines())
    return {
        expression: text
        for (expression, text), line in zip(found.items(), lines, strict=True)
        if line == text
    }


def record() -> None:
    """Write what the expressions print here, if this is the NumPy that the browser has."""
    runtime = (ROOT / "lesson_extensions/live/runtime.toml").read_text("utf-8")
    version = tomllib.loads(runtime)["packages"]["numpy"]["version"]
    if np.__version__ != version:
        sys.exit(f"NumPy here is {np.__version__}: record with numpy=={version}, as in the browser")
    found = generated()
    RECORD.write_text(json.dumps(found, indent=0, ensure_ascii=False) + "\n", "utf-8")
    print(f"{len(found)} expressions, recorded with NumPy {version} in {RECORD.name}")


if __name__ == "__main__":
    if sys.argv[1:] != ["--record"]:
        sys.exit(f"{__doc__}")
    record()
