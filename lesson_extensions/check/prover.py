"""Proves a check: computes which choice is right, and sees that its author says the same.

snippets.ask runs this file in a process of its own.
"""

import ast
import builtins
import contextlib
import io
import itertools
import math
import warnings
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from lesson_extensions.execution.snippets import answer
from lesson_extensions.shared import other_answers
from lesson_extensions.shared.values import RTOL, same

ERRORS = (TypeError, ValueError, np.linalg.LinAlgError, IndexError)  # a reader chooses among these
PUBLIC = {
    *(thing for thing in vars(builtins).values() if isinstance(thing, type)),
    *(thing for thing in vars(np.exceptions).values() if isinstance(thing, type)),
    np.linalg.LinAlgError,
}


Spec = dict[str, Any]  # see prove()
Result = dict[str, Any]


class Broken(Exception):
    """The problems of a check about which no more can be said before they are mended."""


def prove(spec: Spec) -> Result:
    """What the check `spec` asks for, as far as it can be told, and its `problems`.

    spec: kind; answer, holds and tolerance, texts that may be empty; setup, code; shown, the code
    in the question; choices, each {code, misconception, words}, where `code` is text and not Python
    if `words` is true.

    Returns {problems: sentences for the author, values: what each choice gives, as text,
    right: indices of choices} and, by kind, answer: text; value, tolerance and wrong: numbers or
    shapes; orders: {lines as far as they tell: what Python says}; error, message and errors.
    """
    called = set[str]()
    with other_answers.put_in(other_answers.recorders(called)):
        result = proof(spec)
    if not result["problems"]:
        result["problems"] = [*compared_by_digits(spec, result, called)]
    return result


def proof(spec: Spec) -> Result:
    """What prove() returns, of NumPy as it is."""
    result: Result = {"problems": [], "values": [], "right": []}
    with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            refuse_strays(spec)
            PROOFS[spec["kind"]](spec, result)
        except Broken as broken:
            result["problems"] += broken.args
    return result


def compared_by_digits(spec: Spec, result: Result, called: set[str]) -> Iterator[str]:
    """Yield why a check has its answer only with the signs or the order that LAPACK chose."""
    for way, changes in other_answers.others(called):
        with other_answers.put_in(changes):
            other = proof(spec)
        if not is_same_proof(result, other):
            then = (other["problems"] or ["another choice is right"])[0].partition(";")[0]
            advice = "ask for what is unique, such as `abs(v[0])` or a shape"
            if spec["kind"] in ("one", "several"):
                advice = (
                    "judge by what holds of each right answer, such as "
                    "`:holds: np.allclose(A @ choice, 3 * choice)`"
                )
            yield (
                f"the answer is not unique: `{way.full_name}` may as well answer with another "
                f"{way.freedom}, and then {then}; {advice}"
            )
            return


def is_same_proof(one: Result, other: Result) -> bool:
    """Whether the same is right, with the same answers for what is typed."""
    if other["problems"] or one["right"] != other["right"]:
        return False
    if one.get("orders", {}).keys() != other.get("orders", {}).keys():
        return False
    if "value" not in one:
        return one.get("error") == other.get("error")
    if isinstance(one["value"], list):  # a shape
        return bool(one["value"] == other["value"])
    return bool(abs(one["value"] - other["value"]) <= one["tolerance"] + slack(one["value"]))


def refuse_strays(spec: Spec) -> None:
    """Refuse options that mean nothing, or are missing, for the kind."""
    kind, given = spec["kind"], {name for name in ("answer", "holds", "tolerance") if spec[name]}
    wanted, allowed = {
        "one": ({"answer"} - {*given} if "holds" not in given else set(), {"answer", "holds"}),
        "several": ({"holds"}, {"holds"}),
        "number": ({"answer"}, {"answer", "tolerance"}),
        "shape": ({"answer"}, {"answer"}),
        "order": ({"answer"}, {"answer"}),
        "raises": (set(), set()),
    }[kind]
    problems = [
        f"a check of kind {kind} takes no `:{name}:`; delete that line"
        for name in sorted(given - allowed)
    ]
    if {"answer", "holds"} <= given & allowed:
        problems.append("it has `:answer:` and `:holds:`; leave one of them")
    examples = {
        "answer": "`:answer: np.dot([1, 2], [3, 4])`, an expression that gives the answer",
        "holds": "`:holds: choice @ u == 0`, a condition that is true of the right choices only",
    }
    problems += [f"it has no `:{name}:`; add {examples[name]}" for name in sorted(wanted - given)]
    at_least = {"order": 3, "number": 0, "shape": 0}.get(kind, 2)
    if len(spec["choices"]) < at_least:
        problems.append(
            f"a check of kind {kind} needs a list of {at_least} items or more, "
            f"each beginning with `code`; this one has {len(spec['choices'])}"
        )
    if problems:
        raise Broken(*problems)


# -- Running -------------------------------------------------------------------------------------


def names(spec: Spec) -> dict[str, Any]:
    """What the set-up defines, made anew, so that one choice cannot spoil another."""
    namespace = {"np": np, "__name__": "__main__"}
    try:
        exec(compile(spec["setup"], "set-up", "exec"), namespace)
    except (Exception, SystemExit) as error:
        raise Broken(f"the set-up fails: {said(error)}; mend the ```python block") from None
    return namespace


def value_of(code: str, namespace: dict[str, Any], what: str) -> Any:
    """The value of an expression; raises Broken, naming `what`, where it has none."""
    try:
        return eval(compile(code.strip(), what, "eval"), namespace)
    except SyntaxError as error:
        raise Broken(f"{what} is no Python expression: {error.msg}") from None
    except (Exception, SystemExit) as error:
        raise Broken(f"{what} fails: {said(error)}") from None


def is_true(code: str, namespace: dict[str, Any], what: str) -> bool:
    """Whether a condition holds; raises Broken where it is neither true nor false."""
    value = value_of(code, namespace, what)
    if isinstance(value, (bool, np.bool)):
        return bool(value)
    raise Broken(f"{what} gives {shown(value)}, but must be True or False")


def public_class(error: BaseException) -> type:
    """Its class, or the nearest above it that a reader can name."""
    return next(kind for kind in type(error).__mro__ if kind in PUBLIC)


def said(error: BaseException) -> str:
    """The last line of the traceback, without the module of the error."""
    text = " ".join(str(error).split())
    return f"{public_class(error).__name__}: {text}" if text else public_class(error).__name__


def shown(value: Any) -> str:
    """As Python shows it, but on one line, and numbers bare and without their unsure digits."""
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float):
        return repr(float(f"{value:.12g}"))
    if type(value) is tuple:
        return f"({', '.join(map(shown, value))}{',' if len(value) == 1 else ''})"
    if type(value) is list:
        return f"[{', '.join(map(shown, value))}]"
    text = repr(value).replace("[ ", "[")
    return " ".join(text.split())


# -- Choices -------------------------------------------------------------------------------------


def called(spec: Spec, index: int) -> str:
    """How a choice is named to its author."""
    return f"choice {index + 1}, `{spec['choices'][index]['code']}`,"


def listed(texts: list[str]) -> str:
    *most, last = texts
    return f"{', '.join(most)} and {last}" if most else last


def values_of(spec: Spec) -> list[tuple[dict[str, Any], Any]]:
    """[(namespace, value)] of the choices, each in a namespace of its own."""
    found: list[tuple[dict[str, Any], Any]] = []
    problems: list[Any] = []
    for index, choice in enumerate(spec["choices"]):
        namespace, what = names(spec), called(spec, index)
        try:
            value = choice["code"] if choice["words"] else None
            if not choice["words"]:
                value = value_of(choice["code"], namespace, what)
            found.append((namespace | {"choice": value}, value))
        except Broken as broken:
            problems += broken.args
    if problems:
        raise Broken(*problems)
    return found


def refuse_equals(spec: Spec, values: list[Any]) -> Iterator[str]:
    for i, j in itertools.combinations(range(len(values)), 2):
        if same(values[i], values[j]):
            codes = [f"`{spec['choices'][index]['code']}`" for index in (i, j)]
            yield (
                f"choices {i + 1} and {j + 1}, {listed(codes)}, have the same value, "
                f"{shown(values[i])}; change one of them"
            )


def refuse_marks(
    spec: Spec, right: list[int], is_wrong: Callable[[int], str], is_right: Callable[[int], str]
) -> Iterator[str]:
    """Yield where a choice is marked, by a misconception or none, as what it is not."""
    for index, choice in enumerate(spec["choices"]):
        if choice["misconception"] and index in right:
            yield (
                f"{called(spec, index)} has a misconception, but is right: {is_right(index)}; "
                "delete the text after it, or change the choice"
            )
        elif not choice["misconception"] and index not in right:
            yield (
                f"{called(spec, index)} is wrong and says nothing: {is_wrong(index)}; "
                "write `: ` after it, and what a reader who chooses it takes for true"
            )


def is_typed(code: str) -> bool:
    """Whether the expression is a mere literal, of which nothing is computed."""
    try:
        ast.literal_eval(code.strip())
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return False
    return True


def prove_choices(spec: Spec, result: Result) -> None:
    """Kinds one and several."""
    one, holds = spec["kind"] == "one", spec["holds"]
    for index, choice in enumerate(spec["choices"]):
        if choice["words"] and not holds:
            result["problems"].append(
                f"{called(spec, index)} is no code; write a Python expression, "
                "or judge words by a condition on `choice`, with `:holds:`"
            )
    if result["problems"]:
        return
    if not holds:
        expected = value_of(spec["answer"], names(spec), f"the answer, `{spec['answer']}`,")
        result["answer"] = shown(expected)
        if all(map(is_typed, [spec["answer"], *(choice["code"] for choice in spec["choices"])])):
            result["problems"].append(
                f"nothing is computed: the answer, `{spec['answer']}`, and all choices are "
                "literals; write the expression that gives the answer"
            )
    found = values_of(spec)
    values = [value for _, value in found]
    result["values"] = [
        "" if choice["words"] else shown(value)
        for choice, value in zip(spec["choices"], values, strict=True)
    ]
    if holds:
        problems: list[Any] = []
        for index, (namespace, _) in enumerate(found):
            what = f"`{holds}`, of {called(spec, index)}"
            try:
                if is_true(holds, namespace, what):
                    result["right"].append(index)
            except Broken as broken:
                problems += broken.args
        if problems:
            raise Broken(*problems)
    else:
        result["right"] = [index for index, value in enumerate(values) if same(value, expected)]
    right, problems = result["right"], result["problems"]

    def gives(index: int) -> str:
        if holds:
            return f"`{holds}` is {index in right}"
        value = result["values"][index]
        if index in right:
            return f"it gives {value}"
        return f"it gives {value}, and the answer is {result['answer']}"

    problems += refuse_equals(spec, values)
    if not right:
        problems.append(
            f"no choice is right: `{holds}` is true of none; add one of which it is"
            if holds
            else f"no choice is right: the answer is {result['answer']}, and the choices give "
            f"{listed(result['values'])}; write the right one, with no text after it"
        )
    elif one and len(right) > 1:
        codes = listed([f"`{spec['choices'][index]['code']}`" for index in right])
        why = f"`{holds}` is true of each" if holds else f"each gives {result['answer']}"
        problems.append(
            f"{len(right)} choices are right, {codes}: {why}; "
            "change all but one, or ask for several with `:kind: several` and `:holds:`"
        )
    elif len(right) == len(values):
        problems.append(f"all choices are right: `{holds}` is true of each; add a wrong one")
    else:
        problems += refuse_marks(spec, right, gives, gives)


# -- Typed answers -------------------------------------------------------------------------------


def as_number(value: Any, what: str) -> float:
    """A finite number; raises Broken for anything else."""
    array = np.asarray(value)
    if array.shape != () or array.dtype.kind not in "iuf" or not np.isfinite(array):
        raise Broken(f"{what} gives {shown(value)}, but must give one finite number")
    number: float = array.item()
    return number


def as_shape(value: Any, what: str) -> list[int]:
    """A shape; raises Broken for anything else."""
    if not isinstance(value, tuple) or not all(
        isinstance(length, (int, np.integer)) and not isinstance(length, bool) and length >= 0
        for length in value
    ):
        raise Broken(f"{what} gives {shown(value)}, but must give a shape, such as (2, 3) or (4,)")
    return [int(length) for length in value]


def tolerance_of(spec: Spec, value: float) -> float:
    """How far a reader's number may be off; raises Broken where the author's is of no use."""
    text = spec["tolerance"]
    whole = math.isclose(value, round(value), rel_tol=RTOL, abs_tol=RTOL)
    if not text:
        if whole:
            return 0.0
        raise Broken(f"the answer is {value}; say how exact, such as `:tolerance: 0.01`")
    try:
        tolerance = float(text)
    except ValueError:
        tolerance = math.nan
    if not 0 <= tolerance < math.inf:
        raise Broken(f"the tolerance {text!r} is no number from 0 on; write one such as 0.01")
    if not tolerance and not math.isclose(value, round(value, 4), rel_tol=RTOL, abs_tol=RTOL):
        raise Broken(
            f"the answer is {value}, which nobody types exactly; "
            "write `:tolerance: 0.01`, or as exact as you want it"
        )
    return tolerance


def slack(value: float) -> float:
    """How far two numbers are apart that are the same but for rounding; guess.js has it too."""
    return RTOL * max(1, abs(value))


def hidden_numbers(spec: Spec) -> list[complex]:
    """The numbers in the answer's code that do not lie in code that the question shows."""
    seen = set()
    for code in spec["shown"]:
        with contextlib.suppress(SyntaxError):
            seen.add(ast.dump(ast.parse(code.strip(), mode="eval").body))

    def find(node: ast.AST) -> Iterator[complex]:
        if ast.dump(node) in seen:
            return
        constant = node.value if isinstance(node, ast.Constant) else None
        if isinstance(constant, (int, float, complex)) and not isinstance(constant, bool):
            yield constant
        for child in ast.iter_child_nodes(node):
            yield from find(child)

    return list(find(ast.parse(spec["answer"].strip(), mode="eval").body))


def prove_typed(spec: Spec, result: Result) -> None:
    """Kinds number and shape."""
    is_number = spec["kind"] == "number"
    read: Callable[[Any, str], Any] = as_number if is_number else as_shape
    what = f"the answer, `{spec['answer']}`,"
    expected = value_of(spec["answer"], names(spec), what)
    value = read(expected, what)
    if is_typed(spec["answer"]):
        raise Broken(
            f"nothing is computed: the answer, `{spec['answer']}`, is a literal; "
            "write the expression that gives it"
        )
    tolerance = tolerance_of(spec, value) if is_number else 0
    result |= {"answer": shown(expected), "value": value, "tolerance": tolerance}
    for index, choice in enumerate(spec["choices"]):
        if choice["words"]:
            raise Broken(f"{called(spec, index)} is no code; write what a reader may type")
    values = [value for _, value in values_of(spec)]
    typed = [read(value, called(spec, index)) for index, value in enumerate(values)]
    result["values"] = [shown(value) for value in values]
    result["right"] = [
        index
        for index, other in enumerate(typed)
        if (abs(other - value) <= tolerance + slack(value) if is_number else other == value)
    ]
    result["wrong"] = [other for index, other in enumerate(typed) if index not in result["right"]]
    within = f"to within {tolerance:g} " if tolerance else ""

    def is_right(index: int) -> str:
        return f"the answer is {within}{result['values'][index]}"

    def is_wrong(index: int) -> str:
        return f"the answer is {result['answer']}"

    problems = result["problems"]
    problems += refuse_equals(spec, [float(n) for n in typed] if is_number else values)
    problems += refuse_marks(spec, result["right"], is_wrong, is_right)
    if not result["right"] and (hidden := hidden_numbers(spec)):
        numbers = listed([f"{number}" for number in dict.fromkeys(hidden)])
        problems.append(
            f"in the answer, `{spec['answer']}`, stands {numbers}, which no reader sees and "
            "nothing checks: show that code in the question, define it in the set-up, or write the "
            f"right {spec['kind']} into the list, `{result['answer']}`, with no text after it"
        )


# -- Lines in order ------------------------------------------------------------------------------


def try_order(spec: Spec, order: Sequence[int]) -> tuple[int, str]:
    """(how many lines tell, what Python says): all lines and "" where the order works."""
    namespace = names(spec)
    for count, index in enumerate(order, 1):
        try:
            exec(compile(spec["choices"][index]["code"], "line", "exec"), namespace)
        except (Exception, SystemExit) as error:
            return count, f"line {count} raises {said(error)}"
    ran = f"all lines run, but then `{spec['answer']}`"
    try:
        if is_true(spec["answer"], namespace, "it"):
            return len(order), ""
    except Broken as broken:
        return len(order), f"{ran} {str(broken).removeprefix('it ')}"
    return len(order), f"{ran} is False"


def prove_order(spec: Spec, result: Result) -> None:
    """Kind order: all permutations are run."""
    choices, problems = spec["choices"], result["problems"]
    if len(choices) > 5:
        raise Broken(f"it has {len(choices)} lines; write 3 to 5, since all orders are tried")
    for index, choice in enumerate(choices):
        if choice["words"] or choice["misconception"]:
            problems.append(
                f"line {index + 1} has a text; write the code alone: "
                "what Python says is the feedback to a wrong order"
            )
            continue
        try:
            compile(choice["code"], "line", "exec")
        except SyntaxError as error:
            problems.append(f"line {index + 1}, `{choice['code']}`, is no Python: {error.msg}")
    if problems:
        return
    result["orders"] = {}
    listed_order = tuple(range(len(choices)))
    for order in itertools.permutations(listed_order):
        count, words = try_order(spec, order)
        if words:
            result["orders"]["".join(map(str, order[:count]))] = words
        if order == listed_order and words:
            problems.append(
                f"the order of the list is wrong: {words}; put the lines into an order that works"
            )
        elif order != listed_order and not words and not problems:
            other = listed([f"`{choices[index]['code']}`" for index in order])
            problems.append(
                f"another order works too: {other}; make each line need what comes before it, "
                "or join two lines with a semicolon"
            )


# -- What raises ---------------------------------------------------------------------------------


def error_of(spec: Spec, index: int) -> BaseException | None:
    """What the choice raises, and None if it does not."""
    code, namespace = spec["choices"][index]["code"], names(spec)
    for mode in ("eval", "exec"):
        try:
            compiled = compile(code.strip(), "choice", mode)
            break
        except SyntaxError as error:
            if mode == "exec":
                raise Broken(f"{called(spec, index)} is no Python: {error.msg}") from None
    try:
        exec(compiled, namespace)
    except (Exception, SystemExit) as error:
        return error
    return None


def prove_raises(spec: Spec, result: Result) -> None:
    """Kind raises: one does, and the reader names the error."""
    if words := [called(spec, i) for i, choice in enumerate(spec["choices"]) if choice["words"]]:
        raise Broken(*(f"{one} is no code; write an expression or a statement" for one in words))
    found = [error_of(spec, index) for index in range(len(spec["choices"]))]
    errors = {index: error for index, error in enumerate(found) if error is not None}
    result["right"] = right = list(errors)
    result["values"] = [said(error) if error is not None else "" for error in found]
    if not right:
        raise Broken("no choice raises an error; write one that does")
    if len(right) > 1:
        each = listed([f"`{spec['choices'][i]['code']}` ({said(errors[i])})" for i in right])
        raise Broken(f"{len(right)} choices raise an error, {each}; change all but one")

    def raises(index: int) -> str:
        return f"it raises {said(errors[index])}"

    def does_not(index: int) -> str:
        return "it raises nothing"

    result["problems"] += refuse_marks(spec, right, does_not, raises)
    kind = public_class(errors[right[0]])
    result["error"], result["message"] = kind.__name__, said(errors[right[0]])
    others = [*ERRORS, *([] if kind in ERRORS else [kind])]
    result["errors"] = {other.__name__: issubclass(kind, other) for other in others}


PROOFS = {
    "one": prove_choices,
    "several": prove_choices,
    "number": prove_typed,
    "shape": prove_typed,
    "order": prove_order,
    "raises": prove_raises,
}

if __name__ == "__main__":
    answer(prove)
