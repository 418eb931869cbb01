"""Proves that an exercise is what its author says it is.

snippets.ask runs this file in a process of its own.
"""

from collections.abc import Iterator

from lesson_extensions.execution.snippets import answer
from lesson_extensions.exercise.calls import is_function
from lesson_extensions.exercise.differ import cut
from lesson_extensions.exercise.grade import Check, Checks, Exercise, Run, checks_of
from lesson_extensions.exercise.up_to import RELATIONS
from lesson_extensions.shared import other_answers, pristine


class Whole(Exercise):
    """An exercise with its programs, which a reader's browser does not need to grade."""

    starter: str
    solution: str


def prove(exercise: Whole) -> list[str]:
    """What is wrong with an exercise: sentences for its author, none if all is proven."""
    return [sentence for _, _, sentence in problems(exercise)]


def problems(exercise: Whole) -> list[tuple[str, int, str]]:
    """(part, index, sentence) of each thing that is wrong, to find its line by."""
    with pristine.as_at_first():
        return found_problems(exercise)


def found_problems(exercise: Whole) -> list[tuple[str, int, str]]:
    wrong = [
        (part, 0, f"NumPy has no function `{name}`; write one such as np.linalg.inv")
        for part, names in (("requires", exercise["requires"]), ("forbids", exercise["forbids"]))
        for name in names
        if not is_function(name)
    ]
    for part, lines in (("tests", exercise["tests"]), ("hidden", exercise["hidden"])):
        for index, line in enumerate(lines):
            wrong += [(part, index, sentence) for sentence in problems_of_line(line, part)]
    if wrong:
        return wrong

    checks = checks_of(exercise)
    called = set[str]()
    solution = Run(exercise["solution"], exercise, checks, other_answers.recorders(called))
    if solution.error:
        wrong.append(("solution", 0, f"the solution does not run: {solution.error}"))
    else:
        for check, outcome in zip(checks, solution.outcomes, strict=True):
            if outcome.said:
                wrong.append(("solution", 0, f"the solution fails {check}: {outcome.shown}"))
        if solution.passed:
            wrong += compared_by_digits(exercise, checks, solution, called)
        for check in checks:
            for name in sorted(check.called_right & solution.functions):
                said = f"the right side of {check} calls `{name}`, which the reader writes"
                advice = "write what is wanted, or np.allclose(…, …) for a property"
                wrong.append((*check.place, f"{said}; {advice}"))

        for name in sorted({*exercise.get("changes", [])} - changed_by_solution(exercise, checks)):
            said = f"the solution changes no `{name}`; delete it from `:changes:`, or have"
            wrong.append(("changes", 0, f"{said} the solution do so"))

    starter = Run(exercise["starter"], exercise, checks)
    if starter.error:
        said = f"the starter does not run, nor would its notebook: {starter.error}"
        wrong.append(("starter", 0, said))
    elif starter.passed:
        wrong.append(("starter", 0, "the starter passes all checks; leave something to do"))

    names = [f"“{cut(mistake['feedback'], 60)}”" for mistake in exercise["mistakes"]]
    runs = [Run(mistake["code"], exercise, checks) for mistake in exercise["mistakes"]]
    for index, run in enumerate(runs):
        found = []
        if run.passed:
            found.append("passes all checks; add one that it fails")
        elif not run.same_as(Run(run.program, exercise, checks)):
            found.append("does not do the same twice: it cannot be known")
        elif run.same_as(starter):
            found.append(
                "does what the starter does in every check; readers who have not begun would get "
                "its feedback: take it out, or add a check that tells"
            )
        found += [
            f"does what {names[other]} does in every check; add one that tells them apart"
            for other in range(index)
            if not run.passed and run.same_as(runs[other])
        ]
        wrong += [("mistakes", index, f"the mistake {names[index]} {said}") for said in found]
    return wrong


def compared_by_digits(
    exercise: Whole, checks: Checks, solution: Run, called: set[str]
) -> list[tuple[str, int, str]]:
    """Checks that the solution passes only with the signs or the order that LAPACK chose.

    Evidence: the solution fails them when a function that it calls gives another answer, which is
    as right.
    """
    found: dict[tuple[str, int], str] = {}
    for way, changes in other_answers.others(called):
        run = Run(exercise["solution"], exercise, checks, changes)
        for check, first, other in zip(checks, solution.outcomes, run.outcomes, strict=True):
            if not (isinstance(check, Check) and other.said):
                continue
            said = (
                f"{check} compares digits that are not unique: `{way.full_name}` may as well answer"
                f" with another {way.freedom}, and then the solution fails; {advice(check, way)}"
            )
            if first.kind == other.kind == "value":
                fits = [
                    name
                    for name, relation in RELATIONS.items()
                    if not isinstance(first.value, tuple) and relation(other.value, first.value)
                ]
                if fits:
                    said = said.partition("; write")[0]
                    said += f"; write `{fits[0]}({check.left_source}, {check.right_source})`"
            found.setdefault(check.place, said)
    return [(*place, said) for place, said in found.items()]


def advice(check: Check, way: other_answers.Way) -> str:
    test = {"qr": "is_qr", "svd": "is_svd"}.get(way.name, "is_eig")
    result = check.left_source if check.right else "…"
    return f"write what holds of each right answer, such as `{test}(A, {result})`"


def changed_by_solution(exercise: Whole, checks: Checks) -> set[str]:
    """The parameters whose arguments the solution changes."""
    if not exercise.get("changes"):
        return set()
    strict = exercise.copy()
    strict["changes"] = []
    run = Run(exercise["solution"], strict, checks)
    return {name for outcome in run.outcomes for name in outcome.changed}


def problems_of_line(line: str, part: str) -> Iterator[str]:
    try:
        check = Check(line)
    except SyntaxError as error:
        yield f"`{line}` is no Python expression ({error.msg}); a check is one, on one line"
        return
    if part == "hidden" and not check.comment:
        yield (
            f"`{check.source}` has no comment; end the line with `# what it is about`: of a hidden "
            "check, readers see nothing else"
        )


if __name__ == "__main__":
    answer(problems)
