"""When two printed outputs say the same: one rule, for `>>>` examples and for recorded outputs."""

from doctest import DONT_ACCEPT_BLANKLINE

from pytest_doctestplus.output_checker import FLOAT_CMP, OutputChecker

# Floats may differ by a relative 1e-9: last digits depend on the BLAS kernel. Everything else, and
# integers too, must be the same to the letter. There is no absolute tolerance: with one, a residual
# of 1e-9 would pass for one of 1e-15. What is zero but for rounding must be rounded by the snippet.
CHECKER = OutputChecker()
CHECKER.rtol = 1e-9
CHECKER.atol = 0
FLAGS = FLOAT_CMP


def same(expected, printed):
    """Whether `printed` is what was expected, up to the last digits of its floats."""
    return CHECKER.check_output(expected, printed, FLAGS | DONT_ACCEPT_BLANKLINE)
