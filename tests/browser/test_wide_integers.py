"""Integers in the browser are as wide as here: the same expressions, evaluated here and there."""

import contextlib
import importlib.util
import io
import warnings
from pathlib import Path

import numpy as np

PYTHON = Path(__file__).parents[2] / "lesson_extensions" / "live" / "python"

SETUP = """
import numpy as np
from numpy.linalg import matrix_power, matrix_rank
a = np.array([3, 1, 2])
b = np.array([True, False, True])
A = np.array([[1, 2], [3, 4]])
x = np.array([2.5, -1.5])
i32 = np.array([1, 2], dtype=np.int32)
"""

CASES = """
a
A
a.dtype
a.itemsize, a.nbytes, A.strides
np.array(5)
np.array([])
np.array([], dtype=int)
np.array((1, 2))
np.array(range(3))
np.array([a, a])
np.array([[1, 2], [3]], dtype=object)
np.array([1, 2.0])
np.array([1, True])
np.array([2**31])
np.array([-2**63, 2**63 - 1])
np.array([2**63])
np.array([2**64, 1])
np.array([2**63, 1]).dtype
np.asarray([1, 2]), np.asanyarray(3), np.ascontiguousarray([1])
np.arange(3), np.arange(1, 9, 2), np.arange(3.0)
np.full(2, 7), np.full((2, 2), 7, dtype=int), np.full_like(a, 5)
np.zeros(2, int), np.zeros(2, dtype=int), np.zeros(2, dtype="int"), np.zeros(2, dtype=np.int_)
np.ones((2, 2), dtype=int), np.ones_like(x, dtype=int), np.empty(0, dtype=int)
np.eye(2, dtype=int), np.identity(2, dtype=int), np.tri(2, dtype=int)
np.diag([1, 2]), np.diag(A), np.diagflat([1, 2])
np.linspace(0, 4, 3, dtype=int), np.logspace(0, 2, 3, dtype=int)
np.fromiter((n * n for n in range(3)), dtype=int)
np.fromfunction(lambda i, j: i + j, (2, 2), dtype=int)
np.fromstring("1 2", dtype=int, sep=" ")
np.loadtxt(["1 2", "3 4"], dtype=int)
np.vander([1, 2, 3])
np.meshgrid([1, 2], [3, 4])
np.mgrid[0:2, 0:2]
np.ogrid[0:2, 0:2]
np.indices((2, 2))
np.r_[1:3, 5], np.c_[[1, 2], [3, 4]]
np.tile([1, 2], 2), np.repeat([1, 2], 2), np.repeat(a, a), a.repeat(2)
np.vstack([[1, 2], [3, 4]]), np.hstack([[1], [2]]), np.concatenate([[1], a])
np.column_stack([[1, 2], [3, 4]]), np.stack([a, a]), np.block([[A, A]])
np.append([1, 2], 3), np.insert(a, 1, 9), np.delete(a, 0), np.resize([1, 2], 3)
np.array([1, 2]) @ np.array([3, 4])
A @ A, A @ [1, 2], [1, 2] @ A
np.dot([1, 2], [3, 4]), np.vdot([1, 2], [3, 4]), np.inner([1, 2], [3, 4]), np.outer([1, 2], [3, 4])
np.matmul([[1, 2]], [[3], [4]]), np.kron([1, 2], [3, 4]), np.cross([1, 2, 3], [4, 5, 6])
np.tensordot(A, A), np.einsum("ij,jk", A, A), np.einsum("ii", A), np.einsum("i,i", [1, 2], [3, 4])
np.array([100000]) ** 2, np.array([2**31]) * 2, np.array([2]) ** 40
np.array([2**31 - 1]) + 1, np.array([2**62]) * 2
a + 1, 1 + a, a - 1, 2 * a, a // 2, a % 2, a**2, -a, abs(-a), divmod(a, 2)
a / 2, a + 0.5, a * 1j, a & 1, a | 4, a << 40, ~a
a[0] * 2, a[0] + a[1], a[0] / 2, a[0] // 2, a[0] ** 40, -a[0]
np.int64(1) * 2, type(np.int64(1) * 2), np.int64(2) ** 40, np.int64(7) // 2, divmod(np.int64(7), 2)
int(a[0]), a.tolist(), a[0].item(), list(a)
np.add([1, 2], [3, 4]), np.multiply(2, 3), np.power(2, 40), np.subtract.outer([1, 2], [3])
np.add.reduce([1, 2]), np.add.accumulate([1, 2]), np.multiply.reduce([2] * 40), np.maximum([1], [2])
np.add.reduce(b), np.add.reduceat(a, [0, 1]), np.add.reduceat(a, np.array([0, 1]))
np.power(2, 40), np.mod(7, 3), np.floor_divide(7, 2), np.divmod(7, 2), np.left_shift(1, 40)
np.fmod(7, 3), np.bitwise_and(6, 3), np.bitwise_or(6, 3), np.bitwise_xor(6, 3), np.right_shift(6, 1)
np.pow(2, 40), np.remainder(7, 3), np.bitwise_left_shift(1, 40), np.bitwise_right_shift(6, 1)
np.power, np.power.outer([2], [3, 40]), np.power(a, 2), np.power(2, 0.5), np.power(i32, 2)
np.mod(a, 2)
isinstance(np.add, np.ufunc), isinstance(np.power, np.ufunc), np.power.__name__, np.add.nin
np.sum.__name__, np.array.__name__, np.ndarray.argsort.__name__
a.sum(), a.prod(), a.cumsum(), a.cumprod(), a.min(), a.max(), np.ptp(a), A.trace()
np.sum([1, 2]), np.prod([2] * 40), np.cumsum([1, 2]), np.min([1, 2]), np.max([1, 2])
np.sum(A, axis=0)
b.sum(), np.sum(b), sum(b), sum(a > 1), (a > 1).sum(), b.cumsum(), b.prod(), np.trace(np.eye(2) > 0)
(a > 1) * 1, b + 0, b + 1, b * 2, True + a, np.True_ + 1, np.True_ * 2, b + b, b.astype(int)
b.sum(axis=0, keepdims=True), A.sum(axis=1), A.sum(dtype=float), A.sum(axis=0, initial=5)
np.count_nonzero(A > 1, axis=0), np.mean(a), np.var(a), np.median(a)
np.average(a, weights=[1, 1, 2])
np.array([100], dtype=np.int8).sum(), np.array([200, 200], np.uint8).sum(), i32.sum(), i32.cumsum()
np.nansum(a), np.nanmax(a), np.nanargmax(a), np.nancumsum(b)
a.argsort(), np.argsort([3, 1, 2]), np.sort([3, 1, 2]), np.lexsort((a, a))
np.argpartition(a, 1)[:1]
a.argmax(), np.argmax([1, 2]), A.argmax(axis=0), a.argmin(), np.argmin(A, axis=1), i32.argmax()
[i.itemsize for i in (a.argsort(), a.argpartition(1), a.nonzero()[0], a.searchsorted([1]))]
[i.itemsize for i in (np.argwhere(a), np.indices((2, 2)), np.mgrid[0:2], np.ones(2, int))]
a.repeat(a), a.choose([a, a, a, a]), a.searchsorted([2], sorter=np.array([1, 2, 0]))
a.put(a - 1, 7)
a.nonzero(), np.nonzero([0, 1]), np.flatnonzero(a > 1), np.argwhere(A > 1)
np.where(a > 1), np.where(a > 1, 1, 0), np.where(a > 1, a, 0), np.where([True, False], 1, 2.0)
np.select([a > 2, a > 1], [10, 20]), np.choose([0, 1], [[1, 2], [3, 4]]), np.clip([1, 5], 2, 3)
np.searchsorted([1, 2, 3], 2), np.searchsorted([1, 2, 3], [2, 3], sorter=np.argsort([1, 2, 3]))
np.digitize([0.5, 1.5], [0, 1, 2]), np.histogram([1, 2, 2], bins=2), np.bincount([1, 2, 2])
np.bincount(a)
np.unique([1, 1, 2]), np.unique([1, 1, 2], return_counts=True, return_index=True)
np.unique_counts([1, 1, 2]), np.intersect1d([1, 2], [2, 3]), np.union1d([1], [2])
np.isin([1, 2], [2])
np.take(a, np.argsort(a)), a.take([0, 1]), a.take(a - 1), a[a.argsort()], a[np.array([0, 2])]
np.take_along_axis(A, np.argsort(A, axis=1), axis=1), np.unravel_index(3, (2, 2))
np.unravel_index(np.array([1, 3]), (2, 2)), np.ravel_multi_index((1, 1), (2, 2))
np.ix_([0, 1], [1])
np.triu_indices(2), np.tril_indices(2), np.diag_indices(2), np.triu(A), np.tril([[1, 2], [3, 4]])
a.reshape(np.array([3, 1])).shape, np.zeros(a).shape, np.array_split(a, np.array([1]))
np.roll(a, a[1])
np.shape(A), A.size, A.ndim, np.size(A), len(A), type(np.array([1, 2]).shape[0])
x.astype(int), x[0].astype(int), np.float64(2.7).astype(int), np.floor(x).astype(int), np.rint(x)
np.round([1, 2]), np.round(x).astype("int64"), a.astype(float), a.astype(np.int8), x.view(int).dtype
np.abs([-1]), np.sign([-2]), np.square([3]), np.gcd([4], 6), np.lcm(4, 6), np.diff([1, 4, 9])
np.mod(7, 3)
np.convolve([1, 2], [1, 1]), np.correlate([1, 2], [1]), np.interp(1, [0, 2], [0, 4])
np.polyval([1, 2], 3)
np.apply_along_axis(sum, 0, A), np.vectorize(lambda n: n * n)([1, 2])
np.piecewise(a, [a > 1], [1, 0])
np.vectorize(int)([1.5, 2.5]), np.frompyfunc(int, 1, 1)([1.5]), np.ediff1d([1, 4])
matrix_rank(np.eye(2)), np.linalg.matrix_rank([[1, 2], [2, 4]])
np.linalg.matrix_rank([np.eye(2)] * 2)
matrix_power(A, 3), matrix_power(np.array([[1, 1], [1, 0]]), 60), np.linalg.multi_dot([A, A, A])
np.linalg.lstsq(np.eye(2), [1, 2])[2], np.linalg.norm([3, 4]), np.linalg.det([[2, 0], [0, 3]])
np.linalg.inv([[2, 0], [0, 4]]), np.linalg.solve([[2, 0], [0, 4]], [2, 4]), np.linalg.trace(A)
np.linalg.cross([1, 2, 3], [4, 5, 6]), np.linalg.outer([1, 2], [3, 4]), np.linalg.diagonal(A)
np.poly1d([1, 2, 3]), np.poly1d([1, 2])(3), np.matrix([[1, 2]]), np.matrix([[1, 2]]).sum()
np.ma.array([1, 2], mask=[0, 1]), np.ma.array([1, 2], mask=[0, 1]).sum()
np.random.default_rng(0).integers(10, size=3), np.random.default_rng(0).permutation(4)
np.random.default_rng(0).choice(5, 3), np.random.default_rng(0).choice([1, 2], 3)
np.random.default_rng(0).shuffle(a), np.random.default_rng(0).poisson(3, 2)
np.random.seed(0), np.random.randint(0, 10, 3), np.random.permutation(4), np.random.choice(5, 2)
np.random.seed(0), np.random.randint(0, 9, 3)[0], np.random.permutation(4)[0], np.random.randint(5)
np.random.RandomState(1).permutation(4)[0], np.random.default_rng(0).permutation(4)[0]
np.random.RandomState(1).binomial(9, 0.5, 4), np.random.RandomState(1).multinomial(9, [0.5, 0.5])
np.random.RandomState(1).binomial([9, 8], 0.5)[0], np.random.RandomState(1).poisson(3, 2)[0]
np.random.seed(1), np.random.binomial(9, 0.5, 4), np.random.binomial(9, 0.5, 4)[0]
np.random.RandomState(1).randint(10, size=2, dtype=np.int32), np.random.RandomState(1).zipf(2.0, 4)
np.random.RandomState(1).randint(5, size=(2, 2)), np.random.RandomState(1).poisson(3, 2)
np.dtype(int), np.dtype("int"), np.dtype(np.int_), np.dtype(np.intp), np.dtype("i4"), np.dtype("i8")
np.int_, np.intp, np.int32, np.int64, np.int_ is np.int64, np.int_(3), np.intp(3), np.uint(3)
np.iinfo(int), np.iinfo(np.int32).max, np.iinfo(a.dtype).max
a.dtype == int, a.dtype == "int", a.dtype == np.int64, a.dtype == "int64", a.dtype != int
int == a.dtype, i32.dtype == int
np.issubdtype(a.dtype, int), np.issubdtype(a.dtype, np.integer), isinstance(a[0], np.int64)
np.result_type(int, np.int8), np.promote_types(int, "i4"), np.can_cast(int, np.int32)
np.can_cast(int, float)
i32, i32[0], type(i32[0]), i32 + 1, i32 * i32, i32 @ i32, i32**2, i32 + a, i32 / 2, -i32, i32[0] + 1
np.dtype(">i4"), np.array([1], dtype=">i4")
np.int32(5), type(np.int32(5)), np.int32.__name__, np.int32(5) + np.int32(1)
np.int32(5) * np.int64(1)
np.array([1], dtype="int32"), np.array([1], dtype="i4"), a.astype("int32"), a.astype(np.int32).dtype
np.array([2**31 - 1], dtype=np.int32) + 1, np.array([1], np.uint32), np.uint32(5), i32.max()
i32.dtype.name
np.zeros(2, dtype=np.int32), np.arange(2, dtype="int32"), np.sort(i32), i32.tolist()
i32.astype(int)
a.argsort() + 2**40, np.bincount(a) * 2**40, a.argmax() * 2**40, b.sum() * 2**40
np.array(b.tolist()) * 2**40
str(a), str(A), f"{a[0]}", np.array2string(a), np.array_repr(a), np.array_str(i32), a.tobytes()[:9]
np.array([1], dtype=np.int16), np.int16(3) + 1, np.array([1], np.int8) * 2
np.array([1], np.uint8) + 1
__import__("pickle").loads(__import__("pickle").dumps(i32)), __import__("copy").deepcopy(a)
a + x
a += 0.5
np.array(["x"]) + 1
np.array(["x"]) + a
np.array([1], dtype=object) + a
a[5]
A @ a
a + [1, 2]
np.int8(300)
a[0.5]
np.zeros(-1)
np.zeros()
np.array([1, 2], dtype=int, shape=3)
np.array(["x"]).astype(int)
np.array([1.5]).astype(int, casting="safe")
np.repeat(a, np.array([1.5]))
np.take(a, [7])
np.bincount([-1])
np.bincount(np.array([1.5]))
np.array([[1, 2], [3]])
np.linalg.inv([1, 2])
np.reshape([1, 2, 3], (2, 2))
2 ** np.array([-1])
""".strip().splitlines()

# What a case gives stands on one line, in a fresh set of names, so that cases do not meet.
EVALUATE = """
def evaluated(case):
    names = {}
    exec(SETUP, names)
    try:
        try:
            return ascii(repr(eval(case, names)))
        except SyntaxError:
            return ascii(exec(case, names))
    except Exception as error:
        return ascii(f"{type(error).__name__}: {error}")

for case in CASES:
    print(evaluated(case))
"""


def evaluate(run):
    """The text of each case, by what runs a source and returns what that printed."""
    lines = run(f"SETUP = {SETUP!r}\nCASES = {CASES!r}\n{EVALUATE}").splitlines()
    assert len(lines) == len(CASES), lines[-1:]
    return dict(zip(CASES, lines, strict=True))


def here(source):
    with contextlib.redirect_stdout(io.StringIO()) as out, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        exec(source, {})
    return out.getvalue()


def test_integers_in_the_browser_are_those_of_this_machine(python):
    native, browser = evaluate(here), evaluate(python.run)

    different = [
        f"{case}\n  here        {native[case]}\n  the browser {browser[case]}"
        for case in CASES
        if native[case] != browser[case]
    ]
    assert not different, "\n" + "\n".join(different)


def test_a_long_list_of_integers_becomes_an_array_within_a_second(python):
    source = "import numpy as np, time\nstart = time.time()\nnp.array(range(100_000))\n"

    assert python.run(f"{source}print(time.time() - start < 1)") == "True\n"


def test_an_index_beyond_32_bits_is_refused_and_not_cut(python):
    source = "import numpy as np\nnp.take([5, 6], np.array([2**32]))"

    assert "Error: " in python.run(source)


def test_the_browser_still_needs_wide_integers(python):
    """When this fails, wide_integers.py has nothing left to do: remove it."""
    source = "import numpy as np\nprint(np.array([1]).dtype)"

    assert python.run(source, corrections=False) == "int32\n"


def test_where_integers_are_wide_nothing_is_changed():
    spec = importlib.util.spec_from_file_location("wide_integers", PYTHON / "wide_integers.py")
    wide_integers = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(wide_integers)
    before = [dict(vars(kind)) for kind in (np, np.linalg, np.random, np.ndarray, np.ufunc)]

    assert wide_integers.install() is False
    assert [dict(vars(kind)) for kind in (np, np.linalg, np.random, np.ndarray, np.ufunc)] == before
