"""What an exercise forbids is forbidden under all its names, and so is what does the same."""

import contextlib
import functools
import io
import math
import warnings

import numpy as np
import pytest

from lesson_extensions.exercise import calls
from lesson_extensions.exercise.grade import grade

PROGRAM = "import numpy as np\n{before}\ndef f(a, A):\n    {line}\n"


def message(forbidden, line, before="", wanted=False):
    """What the check for calls of `forbidden` says of a function of this line."""
    one = {"tests": ["f(np.ones(3), np.eye(3)) == 0"], "hidden": [], "mistakes": []}
    one |= {"requires": forbidden.split() * wanted, "forbids": forbidden.split() * (not wanted)}
    return grade(PROGRAM.format(line=line, before=before), one)["tests"][1]["message"]


FOUND = [
    ("np.linalg.norm", "np.linalg.norm(a)", "", "np.linalg.norm"),
    ("np.linalg.norm", "n(a)", "from numpy.linalg import norm as n", "np.linalg.norm"),
    ("np.linalg.norm", "n(a)", "from numpy.linalg._linalg import norm as n", "np.linalg.norm"),
    ("np.linalg.norm", "getattr(np.linalg, 'no' + 'rm')(a)", "", "np.linalg.norm"),
    ("np.linalg.norm", "np.linalg.__dict__['norm'](a)", "", "np.linalg.norm"),
    ("np.linalg.norm", "eval('np.linalg.norm(a)', {'np': np, 'a': a})", "", "np.linalg.norm"),
    ("np.linalg.norm", "[g(a) for g in (abs, np.linalg.norm)]", "", "np.linalg.norm"),
    ("np.linalg.norm", "np.linalg.norm.__wrapped__(a)", "", "np.linalg.norm"),
    ("np.linalg.norm", "g(a)", "def g(x, norm=np.linalg.norm): return norm(x)", "np.linalg.norm"),
    ("np.linalg.norm", "np.apply_along_axis(np.linalg.norm, 0, A)", "", "np.linalg.norm"),
    ("np.linalg.norm", "np.linalg.vector_norm(a)", "", "np.linalg.vector_norm"),
    ("np.linalg.norm", "np.linalg.matrix_norm(A)", "", "np.linalg.matrix_norm"),
    ("np.linalg.vector_norm", "np.linalg.norm(a)", "", "np.linalg.norm"),
    ("np.linalg.norm", "np.hypot.reduce(a)", "", "np.hypot.reduce"),
    ("np.linalg.norm", "hypot(*a)", "from math import hypot", "math.hypot"),
    ("np.linalg.norm", "np.sqrt(a @ a) + np.hypot(3, 4) + np.linalg.cond(A)", "", ""),
    ("np.dot", "a.dot(a)", "", "np.ndarray.dot"),
    ("np.dot", "A[0].dot(a)", "", "np.ndarray.dot"),
    ("np.dot", "g(a)", "def g(x):\n    d = x.dot\n    return d(x)", "np.ndarray.dot"),
    ("np.dot", "np.ndarray.dot(a, a)", "", "np.ndarray.dot"),
    ("np.dot", "list(map(a.dot, A))", "", "np.ndarray.dot"),
    ("np.dot", "np.vdot(a, a)", "", "np.vdot"),
    ("np.dot", "np.inner(a, a)", "", "np.inner"),
    ("np.dot", "np.einsum('i,i', a, a)", "", "np.einsum"),
    ("np.dot", "functools.reduce(np.dot, [A, A])", "import functools", "np.dot"),
    ("np.dot", "a @ a; (a * a).sum(); np.cov(A); np.linalg.matrix_power(A, 3)", "", ""),
    ("np.dot", "np.ma.dot(A, A)", "", "np.ma.dot"),
    ("np.sum", "np.ma.sum(a)", "", "np.ma.sum"),
    ("np.inner", "a.dot(a)", "", "np.ndarray.dot"),
    ("np.sum", "a.sum()", "", "np.ndarray.sum"),
    ("np.sum", "np.add.reduce(a)", "", "np.add.reduce"),
    ("np.sum", "np.add(a, a); a.mean(); np.mean(a)", "", ""),
    ("np.einsum", "np.dot(a, a); np.trace(A)", "", ""),
    ("np.linalg.trace", "A.trace()", "", "np.ndarray.trace"),
    ("np.outer", "np.multiply.outer(a, a)", "", "np.multiply.outer"),
    ("np.linalg.inv", "np.linalg.pinv(A)", "", "np.linalg.pinv"),
    ("np.linalg.inv", "np.linalg.matrix_power(A, -1)", "", "np.linalg.matrix_power"),
    ("np.linalg.inv", "np.linalg.matrix_power(A, n=-2)", "", "np.linalg.matrix_power"),
    ("np.linalg.inv", "np.matrix(A).I", "", "np.matrix"),
    ("np.linalg.inv", "np.linalg.solve(A, a); np.linalg.matrix_power(A, 2)", "", ""),
    ("np.linalg.eigh", "np.linalg.eig(A)", "", "np.linalg.eig"),
    ("@", "a @ a", "", "@"),
    ("@", "A @= A", "", "@"),
    ("@", "a.__matmul__(a)", "", "np.ndarray.__matmul__"),
    ("@", "operator.matmul(a, a)", "import operator", "operator.matmul"),
    ("@", "np.matmul(A, a)", "", "np.matmul"),
    ("@", "a.dot(a); np.dot(a, a)", "", ""),
    ("np.matmul", "a @ a", "", ""),
    ("np.dot @", "a @ a", "", ""),
]


@pytest.mark.parametrize(("forbidden", "line", "before", "name"), FOUND, ids=str)
def test_a_forbidden_function_is_seen_however_it_is_called(forbidden, line, before, name):
    said = message(forbidden, line, before)

    assert said.startswith(f"your code calls `{name}`" if name else "") and bool(said) is bool(name)
    same = f", which does what `{forbidden}` does: find a way without both"
    assert (same in said) is bool(name not in ("", forbidden))
    assert bool(message(forbidden, line, before, wanted=True)) is not bool(name)


def test_the_line_of_a_call_is_told():
    assert message("np.dot", "return (a\n        .dot(a))").startswith(
        "your code calls `np.ndarray.dot` (line 4: `return (a`), which does what `np.dot` does"
    )


def test_a_program_that_is_watched_does_what_it_did():
    code = """import numpy as np
class Base:
    def f(self): return [1]
class Own(Base):
    def f(self, *more, **named):
        local = 3
        return [*super().f(), *more, *named, *sorted(locals())[:1], len(vars(np)) > 9]
def f(a, A):
    assert np.add.reduce([1, 2]) == 3 and np.linalg.norm.__name__ == "norm"
    return Own().f(*[2], three=np.dot(a, a) @ A if a.ndim > 1 else 4)"""
    one = {"tests": ["f(np.ones(1), np.eye(1)) == [1, 2, 'three', '__class__', True]"]}
    one |= {
        "hidden": [],
        "mistakes": [],
        "requires": ["np.dot", "np.linalg.norm"],
        "forbids": ["@"],
    }

    assert [test["passed"] for test in grade(code, one)["tests"]] == [
        True, False, False, True
    ]  # fmt: skip


# -- All names of NumPy ---------------------------------------------------------------------------

REASONS = {  # names that give the same for some arguments, and are no way round
    "np.broadcast_arrays np.full_like": "makes copies of what it is given",
    "np.frombuffer np.fromstring np.nditer np.meshgrid": "copies entries",
    "np.ndarray.tolist np.unstack": "copies entries",
    "np.column_stack np.dstack np.hstack np.concatenate np.concat": "of a single matrix only",
    "np.complex64 np.csingle np.float32 np.single": "a type",
    "np.copysign.reduce np.nextafter.reduce": "keeps the first entry",
    "np.divmod np.modf": "gives two results",
    "np.floor": "another number than np.trunc below zero",
    "np.rot90": "of a symmetric matrix only",
    "np.setxor1d np.union1d": "the same only of sets that have nothing in common",
    "np.linalg.svd np.linalg.svdvals": "eigenvalues of a positive definite matrix only",
    "np.unique np.unique_all np.unique_counts np.unique_inverse np.unique_values": "leaves out",
    "np.correlate np.convolve np.polymul": "the dot product of two vectors is one of its numbers",
}
WRITES = "copyto fill_diagonal place put put_along_axis putmask"
NOT_TRIED = (
    f"{WRITES} test load loadtxt genfromtxt fromfile fromregex save savez savetxt info".split()
)


def candidates():
    """Each name by which something can be called: functions, ufuncs' methods, methods of arrays."""
    for place, module in (("np", np), ("np.linalg", np.linalg), ("math", math)):
        for name, value in vars(module).items():
            if name[0] == "_" or not callable(value) or name.startswith(("set", "show", "save")):
                continue
            if name not in NOT_TRIED and not isinstance(value, type):
                yield f"{place}.{name}"
            if isinstance(value, np.ufunc):
                yield from (f"{place}.{name}.{way}" for way in ("reduce", "accumulate", "outer"))
    for name in dir(np.ndarray):
        if (
            name[0] != "_"
            and name not in ("dump", "tofile")
            and callable(getattr(np.ndarray, name))
        ):
            yield f"np.ndarray.{name}"


def arguments(seed):
    """Of each kind: vectors, matrices, one that is symmetric, a system."""
    random = np.random.default_rng(seed)
    a, b = random.random((2, 4)) + 0.3
    A, B = random.random((2, 4, 4))
    return [(a,), (a, b), (A,), (A, B), (A @ A.T,), (A, b), (A @ A.T, b)]


def parts(result):
    """What a function gives, as arrays; each result of several."""
    several = result if isinstance(result, (tuple, list)) else [result]
    arrays = [np.squeeze(np.asarray(one)) for one in several if not isinstance(one, (list, str))]
    return [one for one in arrays if one.dtype.kind in "fc" and one.size]


def close(a, b):
    return a.shape == b.shape and bool(np.allclose(a, b, 1e-9, 1e-12))


@functools.cache
def tried():
    """{name: {kind of arguments: the results for two draws}}"""
    found = {}
    draws = arguments(1), arguments(2)
    for name in sorted({*candidates()}):
        function = calls.find(name)
        for kind, (one, other) in enumerate(zip(*draws, strict=True)):
            with (
                contextlib.suppress(Exception),
                warnings.catch_warnings(),
                np.errstate(all="ignore"),
            ):
                warnings.simplefilter("ignore")
                with contextlib.redirect_stdout(io.StringIO()):
                    results = [parts(function(*[x.copy() for x in args])) for args in (one, other)]
                telling = [
                    pair
                    for pair in zip(*results, strict=False)
                    if not close(*pair) and not any(close(pair[0], np.squeeze(x)) for x in one)
                ]
                if telling:
                    found.setdefault(name, {})[kind] = telling
    return found


def do_the_same(one, other):
    """Whether two functions give a same result for some kind of arguments."""
    return any(
        close(p[0], q[0]) and close(p[1], q[1])
        for kind in {*one} & {*other}
        for p in one[kind]
        for q in other[kind]
    )


def test_each_name_of_numpy_that_does_the_same_is_in_the_table_or_has_a_reason():
    everything = tried()
    excused = {name for names in REASONS for name in names.split()}
    keys = [name for name in everything if name.count(".") == 1 + ("linalg" in name)]
    keys = [name for name in keys if name.startswith("np.")]

    assert len(keys) > 150
    missing = [
        (name, other)
        for name in keys
        for known in [{*calls.stands_for(name)}]
        for other in everything
        if other not in known and not {name, other} & excused
        if calls.find(other) not in [calls.find(one) for one in known]
        if do_the_same(everything[name], everything[other])
    ]
    assert missing == []


def test_each_name_in_the_table_is_one_of_numpy():
    newer = {"np.matvec", "np.vecmat", "math.sumprod", "np.cumulative_prod", "np.cumulative_sum"}
    names = {name for same, more in calls.groups() for name in same | more}

    assert {name for name in names if calls.find(name) is None} <= newer | {"np.trapz"}
    assert all(calls.find(name) for name in calls.OF_OPERATOR)


def test_each_name_in_the_table_stands_for_those_beside_it():
    for same, more in calls.groups():
        for name in same:
            if calls.find(name):
                there = {one for one in same | more if calls.find(one)}
                assert there <= {*calls.stands_for(name)}, name
