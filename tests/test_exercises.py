"""Right answers of every style are accepted, and a wrong one gets the message that names its bug.

The answers to lesson NN's exercises lie in answers_NN.py.
"""

import importlib
import math
from pathlib import Path

import pytest
import torch
from torch import nn
from torch.nn.functional import softplus

from gan_lessons import digits, exercises, losses
from gan_lessons.exercises import engine, lesson_09
from gan_lessons.exercises.engine import NOT_YET, NOTHING, Exercise, Mistake, NotAttempted, Question, Quiz

NUMBERS = sorted(path.stem.removeprefix("lesson_") for path in Path(exercises.__path__[0]).glob("lesson_*.py"))
LESSONS = {number: importlib.import_module(f"gan_lessons.exercises.lesson_{number}") for number in NUMBERS}
ANSWERS = {number: importlib.import_module(f"answers_{number}") for number in NUMBERS}  # beside this file
EXERCISES = [
    (lesson, name) for lesson in LESSONS.values() for name, value in vars(lesson).items() if isinstance(value, Exercise)
]
ACTS = {"two_to_one": "Neither player has moved yet."}  # asks for a deed, and for nothing to be given back
QUESTIONS = [question for lesson in LESSONS.values() for question in lesson.quiz.questions]
RIGHT = [
    (getattr(LESSONS[number], name), answer)
    for number, answers in ANSWERS.items()
    for name, rows in answers.RIGHT.items()
    for answer in rows
]
WRONG = [
    pytest.param(getattr(LESSONS[number], name), *row, id=f"{name}: {row[-1][:40]}")
    for number, answers in ANSWERS.items()
    for name, rows in answers.WRONG.items()
    for row in rows
]


@pytest.mark.parametrize("number", NUMBERS)
def test_each_exercise_has_answers_of_both_kinds(number):
    names = {name for lesson, name in EXERCISES if lesson is LESSONS[number]}
    assert ANSWERS[number].RIGHT.keys() == ANSWERS[number].WRONG.keys() == names
    assert all(len(rows) >= 5 for rows in ANSWERS[number].RIGHT.values())
    assert all(len(rows) >= 10 for rows in ANSWERS[number].WRONG.values())


@pytest.mark.parametrize(("exercise", "answer"), RIGHT)
def test_a_right_answer_is_accepted_in_any_style(exercise, answer):
    verdict = exercise.check(answer)
    assert verdict.passed is True, verdict.message
    assert not verdict.message.startswith("Right")  # the verdict says that before it


@pytest.mark.parametrize(("exercise", "answer", "words"), WRONG)
def test_a_wrong_answer_gets_the_message_that_names_its_bug(exercise, answer, words):
    verdict = exercise.check(answer)
    assert verdict.passed is False
    assert words in verdict.message


OPEN = [
    (getattr(LESSONS[number], name), *row)
    for number, answers in ANSWERS.items()
    for name, rows in getattr(answers, "OPEN", {}).items()
    for row in rows
]


@pytest.mark.parametrize(("exercise", "answer", "words"), OPEN)
def test_an_answer_that_is_not_finished_is_open(exercise, answer, words):
    verdict = exercise.check(answer)
    assert verdict.passed is None
    assert words in verdict.message


def test_accepted_images_of_another_type_than_networks_want_get_a_note():
    assert "Networks want float32" in lesson_09.prepare.check(lambda x: digits.to_float(x).double()).message
    assert "Networks want float32" not in lesson_09.prepare.check(digits.to_float).message


def test_a_network_that_is_judged_stays_as_it_is():
    G = ANSWERS["09"].good()
    before = {name: value.clone() for name, value in G.state_dict().items()}
    assert lesson_09.generator.check(lambda: G).passed
    assert all(torch.equal(value, before[name]) for name, value in G.state_dict().items())
    assert G.training
    assert all(parameter.grad is None for parameter in G.parameters())


# The engine


@pytest.mark.parametrize(("lesson", "name"), EXERCISES)
def test_what_is_not_attempted_is_open(lesson, name):
    exercise = getattr(lesson, name)
    for stub in (None, ...):
        assert (exercise.check(stub).passed, exercise.check(stub).message) == (None, NOT_YET)
    if name != "islands":
        for result in (None, ...):
            verdict = exercise.check(lambda *arguments, result=result: result)
            assert verdict.passed is None
            assert verdict.message.startswith(ACTS.get(name, NOTHING))


@pytest.mark.parametrize(("lesson", "name"), EXERCISES)
def test_the_solution_passes_its_own_check(lesson, name):
    exercise, made = getattr(lesson, name), {}
    number = lesson.__name__[-2:]
    names = {"torch": torch, "nn": nn, "softplus": softplus, "losses": losses} | getattr(ANSWERS[number], "NAMES", {})
    exec(exercise.solution().text, names, made)  # as a learner would run it
    assert len(made) == 1
    assert exercise.check(*made.values()).passed is True


@pytest.mark.parametrize(("lesson", "name"), EXERCISES)
def test_hints_lead_to_the_solution_and_no_further(lesson, name):
    exercise = getattr(lesson, name)
    last = len(exercise.hints)
    assert exercise.hint().text == exercise.hint(1).text
    for number in range(1, last + 1):
        assert exercise.hint(number).text.startswith(exercise.hints[number - 1])
        assert (f"hint({number + 1})" if number < last else "solution()") in exercise.hint(number).text
    for number in (-1, 0, last + 1):
        assert exercise.hint(number).text == f"There are hints 1 to {last}. After the last comes solution()."


def judging(judge):
    return Exercise(judge=judge, hints=("Look.",), answer="")


def test_an_exception_becomes_a_verdict():
    verdict = judging(lambda answer: answer.nothing).check(3)
    assert verdict.passed is False
    assert verdict.message == "Your answer raised AttributeError: 'int' object has no attribute 'nothing'"


def test_an_error_that_holds_the_words_of_a_slip_becomes_its_advice():
    slips = {"BY ZERO": "The first that fits.", "division": "The second."}
    with pytest.raises(Mistake, match=r"^The first that fits\.$"):
        engine.call(lambda x: x / 0, 1, slips=slips)
    with pytest.raises(ZeroDivisionError):
        engine.call(lambda x: x / 0, 1, slips={"something else": "No."})
    for raised in (Mistake("division"), NotAttempted("division"), ValueError("other")):
        assert engine.advised(raised, slips) is raised


def test_a_number_may_be_infinite_only_where_that_is_allowed():
    for infinite in (math.inf, -math.inf, torch.tensor([math.inf])):
        assert math.isinf(engine.number(infinite, finite=False))
        with pytest.raises(Mistake, match="divided by 0"):
            engine.number(infinite)
    with pytest.raises(Mistake, match="length 2"):
        engine.number([1, 2], finite=False)


def test_a_verdict_shows_itself_as_text_and_as_safe_html():
    def refuse(answer):
        raise Mistake("1 < 2")

    wrong, right, missing = (
        judging(refuse).check(1),
        judging(lambda answer: "Good.").check(1),
        judging(refuse).check(...),
    )
    assert (repr(wrong), repr(right)) == ("Not yet. 1 < 2", "Right. Good.")
    assert repr(missing).startswith("Open. ")
    assert "1 &lt; 2" in wrong._repr_html_()


@pytest.mark.parametrize(("lesson", "name"), EXERCISES)
def test_random_numbers_go_on_as_if_nothing_had_been_checked(lesson, name):
    before = torch.get_rng_state()
    getattr(lesson, name).check(lambda *arguments: torch.rand(1))
    lesson_09.generator.check(ANSWERS["09"].good)
    assert torch.equal(torch.get_rng_state(), before)


QUIZ = Quiz((Question("a", {"a": "Why a.", "b": "Why not b."}), Question("b", {"a": "Why not a.", "b": "Why b."})))


@pytest.mark.parametrize(
    ("letters", "text"),
    [
        ("a b", "1: right. Why a.\n2: right. Why b."),
        ("AB", "1: right. Why a.\n2: right. Why b."),
        ("a, b", "1: right. Why a.\n2: right. Why b."),
        ("b\nb", "1: not yet. Why not b.\n2: right. Why b."),
        (". b", "1: open.\n2: right. Why b."),
        ("a", "1: right. Why a.\n2: open."),
        ("", "1: open.\n2: open."),
        ("a d", "1: right. Why a.\n2: there is no choice 'd': choose from a, b."),
        ("a b a", "There are 2 questions and you gave 3 letters."),
    ],
)
def test_the_quiz_answers_every_letter(letters, text):
    assert QUIZ.check(letters).text == text


@pytest.mark.parametrize("question", QUESTIONS)
def test_the_right_letter_is_among_the_choices(question):
    assert question.right in question.why
    assert list(question.why) == list("abcdef"[: len(question.why)])
    assert len(question.why) > 1
    assert not question.why[question.right].startswith("Right")  # the quiz says that before it


@pytest.mark.parametrize("number", NUMBERS)
def test_the_answers_of_a_quiz_are_not_all_one_letter(number):
    assert len({question.right for question in LESSONS[number].quiz.questions}) > 1
