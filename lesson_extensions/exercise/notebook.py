"""The cell of checks in the notebook of a page: plain Python and NumPy."""

from lesson_extensions.exercise.grade import Check, Exercise, checks_of

# What it takes for the same is what shared/values.py does.
CHECKS = """\
# Run this after your own cell: does each check hold?
import numpy as np

for exercise_check in [
{lines}
]:
    print(" == ".join(exercise_check).removesuffix(" == True"))
    try:
        exercise_value, exercise_wanted = map(eval, exercise_check)
        exercise_pairs = [(exercise_value, exercise_wanted)]
        if isinstance(exercise_wanted, tuple):
            exercise_pairs = zip(exercise_value, exercise_wanted, strict=True)
        exercise_holds = all(
            np.shape(value) == np.shape(wanted)
            and (
                np.allclose(value, wanted, rtol=1e-9, atol=1e-12, equal_nan=True)
                if {*"fc"} & {np.asarray(value).dtype.kind, np.asarray(wanted).dtype.kind}
                else np.array_equal(value, wanted)
            )
            for value, wanted in exercise_pairs
        )
        print("    holds" if exercise_holds else f"    not yet: yours gives {exercise_value}")
    except Exception as error:
        print(f"    not yet: {type(error).__name__}: {error}")
"""


def checks(spec: Exercise) -> str:
    """A cell that runs to its end whatever the one above it does, and prints what holds."""
    sides = [
        f"    ({check.left_source!r}, {check.right_source!r}),"
        for check in checks_of(spec)
        if isinstance(check, Check) and not check.hidden
    ]
    return CHECKS.replace("{lines}", "\n".join(sides)).strip()
