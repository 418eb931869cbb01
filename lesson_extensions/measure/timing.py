"""Times n × n products by three loops and by `@`: measure.js calls it in the reader's browser."""

import time
import timeit
from collections.abc import Callable

import numpy as np

SIZES = (8, 16, 32, 64, 128, 256)
BUDGET = 5.0  # seconds for all sizes together
TOO_SLOW = 0.5  # seconds a run: no larger n is timed then

rng = np.random.default_rng(0)


def matmul_loops(A: list[list[float]], B: list[list[float]]) -> list[list[float]]:
    """A B for lists of rows: A is (m, k), B is (k, n)."""
    m, k, n = len(A), len(B), len(B[0])
    C = [[0.0] * n for _ in range(m)]
    for i in range(m):
        for j in range(n):
            total = 0.0
            for p in range(k):
                total += A[i][p] * B[p][j]
            C[i][j] = total
    return C


def seconds(task: Callable[[], object]) -> float:
    """The fastest of several runs of task(), in seconds."""
    timer = timeit.Timer(task)
    runs = 1
    while (spent := timer.timeit(runs)) < 0.03:  # a browser's clock may tick in milliseconds
        runs *= 2
    again = timer.repeat(min(8, int(0.25 / spent)), runs)
    return min(t for t in [spent, *again] if t) / runs  # 0: between two ticks of a coarse clock


def time_loops(n: int) -> float:
    A, B = rng.random((n, n)).tolist(), rng.random((n, n)).tolist()
    return seconds(lambda: matmul_loops(A, B))


def time_matmul(n: int) -> float:
    A, B = rng.random((n, n)), rng.random((n, n))
    return seconds(lambda: A @ B)


TASKS = {"loops": (time_loops, 64), "@ float64": (time_matmul, 256)}  # with the largest n of each


def measure() -> dict[str, dict[int, float]]:
    """{name: {n: seconds}}; both tasks at each n in turn, so that time is up for both alike."""
    times: dict[str, dict[int, float]] = {name: {} for name in TASKS}
    for time_task, _ in TASKS.values():
        time_task(SIZES[0])  # a browser compiles anew, and better, what has run for a while
    begin = time.perf_counter()
    for n in SIZES:
        for name, (time_task, largest) in TASKS.items():
            fast_enough = max(times[name].values(), default=0) <= TOO_SLOW
            if n <= largest and fast_enough and time.perf_counter() - begin < BUDGET:
                times[name][n] = time_task(n)
    return times


def measure_each(n: int = 100) -> dict[str, dict[str, tuple[int, float]]]:
    """{operation: {dtype: (n, seconds)}}, each at one size: fit.js reckons from it."""
    times: dict[str, dict[str, tuple[int, float]]] = {}
    for dtype in ("float64", "float32"):
        A = (rng.random((n, n)) + n * np.eye(n)).astype(dtype)
        S = (A + A.T) / 2
        tasks: dict[str, Callable[[], object]] = {
            "matmul": lambda A=A: A @ A,
            "solve": lambda A=A: np.linalg.solve(A, A),
            "inv": lambda A=A: np.linalg.inv(A),
            "cholesky": lambda S=S: np.linalg.cholesky(S),
            "qr": lambda A=A: np.linalg.qr(A),
            "lstsq": lambda A=A: np.linalg.lstsq(A, A, rcond=None),
            "eigh": lambda S=S: np.linalg.eigh(S),
            "svd": lambda A=A: np.linalg.svd(A, full_matrices=False),
        }
        for name, task in tasks.items():
            times.setdefault(name, {})[dtype] = (n, seconds(task))
    return times
