"""What every exercise shares: check, hint, solution. An answer is judged where it is given; nothing is kept.

A lesson's file makes `Exercise` values. The learner calls `check(answer)`, and the verdict names the bug.
"""

import html
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import torch

NOT_YET = "Not attempted yet. Write your answer in the cell above, run it, then run this one again."
NOTHING = "Your function gives nothing back yet. Write it in the cell above. If you have, its return is missing."


class Mistake(Exception):
    """Raised by a checker; its message names the bug and points to the way out."""


class NotAttempted(Exception):
    """Raised where there is no answer yet."""


@dataclass(frozen=True)
class Verdict:
    """What `check` gives back: `passed` is True, False, or None where nothing was attempted; `message` says why."""

    passed: bool | None
    message: str

    def __repr__(self) -> str:
        return f"{ {True: 'Right.', False: 'Not yet.', None: 'Open.'}[self.passed] } {self.message}"

    def _repr_html_(self) -> str:
        colour = {True: "#009E73", False: "#D55E00", None: "#777777"}[self.passed]
        return f'<div style="border-left: 5px solid {colour}; padding: .4em .8em">{html.escape(repr(self))}</div>'


@dataclass(frozen=True)
class Text:
    """Text that a cell shows as it is."""

    text: str

    def __repr__(self) -> str:
        return self.text


@dataclass(frozen=True)
class Exercise:
    """One exercise.

    `judge(*answers)` returns a sentence of praise, or raises `Mistake`; `hints` lead from vague to plain;
    `answer` is the source of a solution that passes, with its reason in a comment.
    """

    judge: Callable[..., str]
    hints: tuple[str, ...]
    answer: str

    def check(self, *answers: Any) -> Verdict:
        """Judge the learner's objects. Their errors become verdicts; torch's random state is left as it was."""
        try:
            if any(answer is None or answer is ... for answer in answers):
                raise NotAttempted(NOT_YET)
            with torch.random.fork_rng(devices=[]):
                return Verdict(True, self.judge(*answers))
        except NotAttempted as reason:
            return Verdict(None, str(reason))
        except Mistake as mistake:
            return Verdict(False, str(mistake))
        except Exception as error:
            return Verdict(False, f"Your answer raised {type(error).__name__}: {error}")

    def hint(self, number: int = 1) -> Text:
        """Hint 1, 2, …: each says more than the one before."""
        if not 1 <= number <= len(self.hints):
            return Text(f"There are hints 1 to {len(self.hints)}. After the last comes solution().")
        more = f" (hint({number + 1}) says more)" if number < len(self.hints) else " (then there is solution())"
        return Text(self.hints[number - 1] + more)

    def solution(self) -> Text:
        """One way to do it. Yours may differ and be as right."""
        return Text(self.answer)


def advised(error: Exception, slips: Mapping[str, str]) -> Exception:
    """The error, or a Mistake with the advice of the first slip whose words stand in it, in whatever case."""
    if isinstance(error, Mistake | NotAttempted):
        return error
    said = str(error).lower()
    return next((Mistake(advice) for words, advice in slips.items() if words.lower() in said), error)


def call(function: Callable, *arguments: Any, slips: Mapping[str, str] = MappingProxyType({})) -> Any:
    """The learner's function of these arguments, its errors `advised`; an empty one counts as not attempted."""
    if not callable(function):
        raise Mistake(f"Give the function itself, without calling it. This is of type {type(function).__name__}.")
    try:
        result = function(*arguments)
    except Exception as error:
        raise advised(error, slips) from None
    if result is None or result is ...:
        raise NotAttempted(NOTHING)
    return result


def number(given: Any, finite: bool = True) -> float:
    """What was given as one plain number: NumPy's numbers and tensors of one element count as numbers."""
    shape = getattr(given, "shape", ())
    if isinstance(shape, tuple) and shape and math.prod(shape) != 1:
        raise Mistake(f"One number is asked for. This {type(given).__name__} has the shape {tuple(shape)}.")
    if hasattr(given, "item"):
        given = given.item()
    if isinstance(given, str | bytes):
        raise Mistake(f"You give the text {given!r}. Give the number itself, without quotes.")
    if isinstance(given, bool):
        raise Mistake(f"You give {given}, a truth value. Give a number.")
    if isinstance(given, list | tuple | set | dict):
        raise Mistake(f"One number is asked for. This {type(given).__name__} has length {len(given)}.")
    try:
        value = float(given)
    except (TypeError, ValueError):
        raise Mistake(f"One number is asked for. This is of type {type(given).__name__}.") from None
    if finite and not math.isfinite(value):
        raise Mistake(f"You give {value}. Is something divided by 0?")
    return value


@dataclass(frozen=True)
class Question:
    """One question of a quiz: `right` is the letter of the right choice, `why` says for every letter why (not)."""

    right: str
    why: dict[str, str]


@dataclass(frozen=True)
class Quiz:
    """Questions that the notebook asks in prose; the learner gives one letter each."""

    questions: tuple[Question, ...]

    def check(self, letters: str) -> Text:
        """Judge letters such as "b a c", a dot for a question left open; every letter gets its reason."""
        given = "".join(letters.replace(",", " ").split()).lower()
        if len(given) > len(self.questions):
            return Text(f"There are {len(self.questions)} questions and you gave {len(given)} letters.")
        lines = []
        for k, (letter, question) in enumerate(
            zip(given.ljust(len(self.questions), "."), self.questions, strict=True), 1
        ):
            if letter == ".":
                verdict = "open."
            elif letter not in question.why:
                verdict = f"there is no choice {letter!r}: choose from {', '.join(question.why)}."
            else:
                verdict = f"{'right' if letter == question.right else 'not yet'}. {question.why[letter]}"
            lines.append(f"{k}: {verdict}")
        return Text("\n".join(lines))
