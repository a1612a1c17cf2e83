"""Exercises of lesson 07."""

import difflib
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import fields
from typing import Any

import torch
from torch import Tensor

from gan_lessons import clinic, metrics
from gan_lessons.ensemble import Ensemble
from gan_lessons.exercises.engine import NOT_YET, Exercise, Mistake, NotAttempted, Question, Quiz, call, number
from gan_lessons.recipes import Recipe


def _listed(things: list[int]) -> str:
    return " and ".join(filter(None, [", ".join(map(str, things[:-1])), str(things[-1])]))


# Exercise 1: five charts, five names

_PATIENTS = {  # by disease: the patient, and what his chart shows against each other name, and the dial that tells
    "memorising": (
        clinic.memorising,
        "Compare what D says of training samples with what it says of held-out ones.",
        {
            "collapse": "Then D would stay near ½. This D says far more of training samples than of fakes.",
            "cycling": "Nothing comes back here. G's loss climbs, and the gradient grows.",
            "vanishing gradient": "The gradient that reaches a fake grows here, to more than 1.",
            "unequal pace": "A D too slow to learn lets the fakes run away. Here they stay, and D learns too much.",
        },
    ),
    "unequal pace": (
        clinic.unequal_pace,
        "Look at where the fakes are.",
        {
            "collapse": "Then the fakes would crowd together near the data. Here they run away and spread ever wider.",
            "cycling": "Then the fakes would come back. Here they run on, tens of units away.",
            "vanishing gradient": (
                "Then D would be sure, and the fakes would stand still. This D never calls them fake, and they run. "
                "The gradient falls only once they are far away."
            ),
            "memorising": "Then D would tell training samples from held-out ones. Here the two curves are one.",
        },
    ),
    "cycling": (
        clinic.cycling,
        "Look at the centre of the fakes, and how often it passes the dashed line.",
        {
            "collapse": (
                "The spread is 0, but so is the dashed line: this data is a single point, and the fakes have nothing "
                "to lose. What moves, and how?"
            ),
            "vanishing gradient": "Then the gradient would fall and stay low. Here it comes back, time after time.",
            "memorising": "Then D would tell training samples from held-out ones. Here it says ½ of both, always.",
            "unequal pace": "Then the fakes would run away. Here they come back, again and again.",
        },
    ),
    "vanishing gradient": (
        clinic.vanishing,
        "Look at the gradient that reaches a fake.",
        {
            "collapse": "Then D would say about ½. This D is sure: 1 of the data, 0 of the fakes.",
            "cycling": "Nothing swings here: losses, centre and spread lie still.",
            "memorising": "Then D would say less of held-out samples than of training ones. Here it says 1 of both.",
            "unequal pace": (
                "In this clinic that is a D that learns too slowly: it says about ½ of the data, and the fakes run "
                "away. This D is sure, and the fakes stand still."
            ),
        },
    ),
    "collapse": (
        clinic.collapse,
        "Compare the spread of the fakes with the dashed line.",
        {
            "cycling": "Then the losses would swing with the fakes. Here they are calm, and the centre only hops.",
            "vanishing gradient": "Then D would be sure, its loss near 0. This D says ½, and its loss is near log 4.",
            "memorising": "Then D would tell training samples from held-out ones. Here it says ½ of both.",
            "unequal pace": "Then the fakes would run away by tens of units. Here they keep within a few.",
        },
    ),
}
_TRUTH = {
    n: next(name for name, (ill, *_) in _PATIENTS.items() if ill is patient) for n, patient in clinic.PATIENTS.items()
}
_STEMS = {  # what a name of each disease has in it
    "memorising": "memor|over ?fit|by heart",
    "unequal pace": r"\bpace|unequal|imbalance|unbalanced|slow|weak d|d too weak",
    "cycling": r"cycl|rotat|circl|oscill|spiral|orbit|swing|loop",
    "vanishing gradient": "vanish|saturat|no gradient|dead gradient",
    "collapse": "collaps|mode drop|missing mode|modes missing",
}
_CURES = r"\bpack|\br1\b|non saturating|penalt|\badam\b|\bsgd\b|opt [dg]\b"


def _disease(n: int, given: Any) -> str | None:
    """The disease that is meant, one of `_PATIENTS`; None where the place is open."""
    if given is None or given is ...:
        return None
    if not isinstance(given, str):
        raise Mistake(f"Patient {n}: give the disease as a text, such as {'cycling'!r}, not as {type(given).__name__}.")
    text = " ".join(re.split(r"[\W_]+", given.lower())).strip()
    if not text:
        return None
    if re.search(_CURES, text):
        raise Mistake(f"Patient {n}: {given!r} is a cure. First the disease: {', '.join(_PATIENTS)}.")
    if re.search(r"\bnot\b", text):
        raise Mistake(f"Patient {n}: {given!r} says what it is not. Name what it is: {', '.join(_PATIENTS)}.")
    meant = [name for name, stems in _STEMS.items() if re.search(stems, text)]
    if len(meant) > 1:
        raise Mistake(f"Patient {n}: {given!r} names two diseases. Each of the five has one: choose.")
    meant = meant or difflib.get_close_matches(text, _PATIENTS, n=1, cutoff=0.75)
    if not meant:
        healthy = " All five are ill." if re.search(r"health|\bwell\b|\bfine\b|^(ok|none|nothing)$", text) else ""
        raise Mistake(f"Patient {n}: {given!r} is none of the five.{healthy} Choose from {', '.join(_PATIENTS)}.")
    return meant[0]


def _entries(answer: Any) -> dict[int, Any]:
    """What was given for each patient."""
    if callable(answer):
        answer = call(answer)
    if hasattr(answer, "tolist"):
        answer = answer.tolist()
    if isinstance(answer, list | tuple):
        if answer and all(isinstance(entry, tuple) and len(entry) == 2 for entry in answer):
            return _entries(dict(answer))
        if len(answer) != len(_TRUTH):
            raise Mistake(f"There are {len(_TRUTH)} patients and your {type(answer).__name__} has {len(answer)} names.")
        answer = dict(zip(_TRUTH, answer, strict=True))
    if not isinstance(answer, Mapping):
        raise Mistake(
            f"Give the dictionary, with a name for each patient: {{1: ..., 2: ..., …}}. "
            f"This is of type {type(answer).__name__}."
        )
    answer = dict(answer)
    if answer and all(isinstance(name, str) and isinstance(n, int) for name, n in answer.items()):
        raise Mistake("Your dictionary is the wrong way round. The patients' numbers are the keys: {1: 'name', …}.")
    for key in answer:
        if isinstance(key, str) and (digits := re.search(r"\d+", key)):
            raise Mistake(f"Your key {key!r} is a text. The patients are numbers: write {digits[0]}.")
        if key not in _TRUTH:
            counted = " Do you count from 0?" if key == 0 else ""
            raise Mistake(f"There is no patient {key!r}.{counted} They are numbered 1 to {len(_TRUTH)}.")
    if absent := [n for n in _TRUTH if n not in answer]:
        raise Mistake(f"There is no entry for {_listed(absent)}. Write ... where you leave it open.")
    return {n: answer[n] for n in _TRUTH}


def _judge_diagnosis(answer) -> str:
    named = {n: _disease(n, given) for n, given in _entries(answer).items()}
    still = [n for n, name in named.items() if name is None]
    if len(still) == len(named):
        raise NotAttempted(NOT_YET)
    left = f" Still open: {_listed(still)}." if still else ""
    said = []
    for name in _PATIENTS:
        if len(twice := [n for n in named if named[n] == name]) > 1:
            said.append(f"You write {name!r} for {_listed(twice)}. Each of the five has another disease.")
    for n, name in named.items():
        if name and name != _TRUTH[n]:
            _, dial, against = _PATIENTS[_TRUTH[n]]
            said.append(f"Patient {n}, {name}? {against[name]} {dial}")
    if said:
        raise Mistake(" ".join(said) + left)
    if still:
        raise NotAttempted(f"So far so good: {_listed([n for n in named if n not in still])}.{left}")
    return "All five. No one dial would have told them all."


diagnose = Exercise(
    judge=_judge_diagnosis,
    hints=(
        "Begin with the chart where D is sure of all, and with the one where the fakes are far away.",
        "A gradient near 0, fakes that run away, a centre that swings, a spread far below the dashed line, a D that "
        "knows its training samples by heart: each belongs to one chart.",
        "1: what D says of held-out samples. 2: the centre. 3: the centre again, over time. 4: the gradient. "
        "5: the spread.",
    ),
    answer="""\
diagnosis = {
    1: "memorising",  # D tells training samples from held-out ones
    2: "unequal pace",  # the fakes run away, and D never calls them fake
    3: "cycling",  # the centre passes the data again and again
    4: "vanishing gradient",  # D is sure, and nothing reaches the fakes
    5: "collapse",  # the fakes spread far less than the data
}""",
)


# Exercise 2: the energy distance

_PAIRS = "Every a with every b: torch.cdist(a, b), or (a[:, None] - b).norm(dim=-1)."
_SLIPS = {  # words in an error that Python, NumPy or torch raises, and what helps
    "must match the size": f"a and b need not hold equally many samples. {_PAIRS}",
    "not broadcastable": f"a and b need not hold equally many samples. {_PAIRS}",
    "could not be broadcast": f"a and b need not hold equally many samples. {_PAIRS}",
    "equal size": f"a and b need not hold equally many samples. {_PAIRS}",
    "is shorter than argument": f"zip pairs a[i] with b[i] alone. {_PAIRS}",
    "is longer than argument": f"zip pairs a[i] with b[i] alone. {_PAIRS}",
    "same number of columns": "cdist wants two tensors of points with equally many coordinates, as they come: no .T.",
    "out of bounds": "a and b need not hold equally many samples. Let each loop run over its own len().",
    "out of range": "A dimension or an index is too large. a is (N, F), b is (M, F): loop over their own len().",
    "shape of the mask": "b has its own number of samples: make its mask from len(b).",
    "same number of dimensions": "math.dist takes two points. Loop over those of a and of b, or take torch.cdist.",
    "_or_method": "A method lacks its parentheses: .mean() calls it.",
    "boolean value of tensor": "An if takes one truth value, a tensor holds many. Compare one distance at a time.",
    "converted to scalar": "A whole tensor is no number. Take its mean, or the distance of one pair.",
    "only one element tensors": "A whole tensor is no number. Take its mean, or the distance of one pair.",
    "only length-1 arrays": "A whole array is no number. Take its mean, or the distance of one pair.",
    "division by zero": "There is a division by 0. Within a there are N (N - 1) ordered pairs, N = len(a).",
    "math domain error": "The estimate may fall below 0, and then has no root. None is asked for.",
    "nonnegative input": "The estimate may fall below 0, and then has no root. None is asked for.",
    "positional argument": "The function takes two things, the samples: energy(a, b).",
    "has no attribute 'item'": "This is a plain number already: it needs no .item().",
    "'float' object has no attribute": "This is a plain number, no tensor: it has no methods such as .mean().",
}


def _samples() -> list[tuple[Tensor, Tensor]]:
    """Pairs of samples. In the last but one samples repeat; the estimate of the last lies below 0."""
    generator = torch.Generator().manual_seed(7)
    places = []
    for n, m, coordinates, shift, width in ((5, 8, 2, 1.5, 0.6), (7, 3, 3, -0.8, 1.9), (4, 6, 1, 2.2, 1.3)):
        a, b = (torch.randn(k, coordinates, generator=generator) for k in (n, m))
        places.append((a + 0.3, width * b + shift))
    a, b = torch.randn(6, 2, generator=generator), torch.randn(6, 2, generator=generator)
    return [*places, (a[[0, 1, 1, 2, 3, 3]], b + 1), (torch.tensor([[0.0], [2.0]]), torch.tensor([[1.1], [0.8]]))]


_Distance = Callable[[Tensor, Tensor], Tensor]  # of (N, F) and (M, F) to (N, M)


def _terms(a: Tensor, b: Tensor, distance: _Distance = torch.cdist) -> tuple[float, float, float]:
    """The mean distances between a and b, within a and within b, without self-pairs."""
    within = [(distance(x, x).sum() / (len(x) * (len(x) - 1))).item() for x in (a, b)]
    return distance(a, b).mean().item(), *within


_SELF = "a sample is no pair with itself. Within a there are N (N - 1) pairs, not N²."
_OTHER_WEIGHTS = {  # of the means between, within a, within b; without self-pairs, and with them
    "The factor 2 is missing: the mean between a and b counts twice, once against each term within.": (1, -1, -1),
    "The terms within a and within b are missing. Subtract both.": (2, 0, 0),
    "The terms within a and within b are missing. Subtract both, and take the mean between twice.": (1, 0, 0),
    "The term within b is missing. Subtract it too.": (2, -1, 0),
    "The term within a is missing. Subtract it too.": (2, 0, -1),
    "The term within b is missing, and the factor 2 before the mean between.": (1, -1, 0),
    "The term within a is missing, and the factor 2 before the mean between.": (1, 0, -1),
    "You add the terms within. Subtract both: what the samples spread is no distance between the two.": (2, 1, 1),
    "You add the term within b. Subtract both. Do parentheses turn its sign?": (2, -1, 1),
    "You add the term within a. Subtract both.": (2, 1, -1),
    "The sign is turned. Twice the mean between comes first, and the terms within are subtracted.": (-2, 1, 1),
    "That is half of it: twice the mean between, minus both terms within.": (1, -0.5, -0.5),
    "That is twice as much: twice the mean between, minus each term within, once.": (4, -2, -2),
    "Your terms within count twice: by a 2 before them, or by a sum of all pairs over N (N - 1) / 2.": (2, -2, -2),
    "You halve the terms within: is the sum of i < j divided by N², or by N (N - 1)? It has half as many pairs.": (
        (2, -0.5, -0.5)
    ),
}
_OTHER_ENDS: dict[str, Callable[[float], float]] = {  # of the estimate, without self-pairs, and with them
    "You take a root at the end. Leave it out: the estimate may fall below 0.": (
        lambda e: e**0.5 if e >= 0 else math.nan
    ),
    "You cut off what is below 0, and take a root. Leave out both: the estimate may fall below 0.": (
        lambda e: max(e, 0.0) ** 0.5
    ),
    "You cut off what is below 0. Leave it: so the estimate is 0 on average where the laws are the same.": (
        lambda e: max(e, 0.0)
    ),
    "You take the absolute value. Leave the sign: so the estimate is 0 on average where the laws are the same.": abs,
    "You square at the end. Leave it out.": lambda e: e**2,
    "You round to a whole number. Give it as it is.": round,
    "You cut off the fraction. Give the number as it is.": int,
}
_OTHER_DISTANCES: dict[str, _Distance] = {
    "You square the distances. Then only the means count, and the shapes cancel: take the lengths themselves.": (
        lambda u, v: torch.cdist(u, v).square()
    ),
    "You add up the coordinates' differences, as p=1 does. A length is the root of the summed squares.": (
        lambda u, v: torch.cdist(u, v, p=1)
    ),
    "You take a mean over the coordinates. A length is the root of the summed squares: .norm(dim=-1).": (
        lambda u, v: torch.cdist(u, v, p=1) / u.shape[1]
    ),
    "Your root is of the mean square, not of the sum. A length is the root of the summed squares.": (
        lambda u, v: torch.cdist(u, v) / u.shape[1] ** 0.5
    ),
    "That is the mean square of the coordinates. A length is the root of the summed squares: .norm(dim=-1).": (
        lambda u, v: torch.cdist(u, v).square() / u.shape[1]
    ),
    "You take the largest coordinate's difference. A length is the root of the summed squares: .norm(dim=-1).": (
        lambda u, v: torch.cdist(u, v, p=torch.inf)
    ),
    "You take the first coordinate only. A length is over all of them: .norm(dim=-1).": (
        lambda u, v: torch.cdist(u[:, :1], v[:, :1])
    ),
    "Your differences keep their sign, and cancel. Take their length: .norm(dim=-1).": (
        lambda u, v: (u[:, None] - v).sum(-1)
    ),
    "You take the first coordinate only, and with its sign. A length is over all of them: .norm(dim=-1).": (
        lambda u, v: u[:, :1] - v[:, 0]
    ),
    "Your differences keep their sign, and cancel. A mean of them is no length: .norm(dim=-1).": (
        lambda u, v: (u[:, None] - v).mean(-1)
    ),
    "You take a root of each length. torch.cdist and norm have taken it.": lambda u, v: torch.cdist(u, v).sqrt(),
}


_OTHER_DIVISORS: list[Callable[[int], float]] = [  # by how much the terms within are too large, for k samples
    lambda k: k,
    lambda k: k - 1,
    lambda k: (k - 1) / 2,
    lambda k: k / (k - 1),
    lambda k: k / (k + 1),
    lambda k: (k - 1) ** 2 / k**2,
]


def _other_energies(a: Tensor, b: Tensor) -> list[tuple[str, float]]:
    """What other formulas give, and the message for each; the first that fits counts."""
    n, m = len(a), len(b)
    x, s, t = _terms(a, b)
    right, biased = 2 * x - s - t, 2 * x - s * (n - 1) / n - t * (m - 1) / m
    rows = [(f"You count each sample's distance to itself, 0. But {_SELF}", biased)]
    for message, (cx, ca, cb) in _OTHER_WEIGHTS.items():
        rows.append((message, cx * x + ca * s + cb * t))
        rows.append((f"{message} And {_SELF}", cx * x + ca * s * (n - 1) / n + cb * t * (m - 1) / m))
    for message, end in _OTHER_ENDS.items():
        rows += [(message, end(right)), (f"{message} And {_SELF}", end(biased))]
    for message, distance in _OTHER_DISTANCES.items():
        X, A, B = _terms(a, b, distance)
        rows += [(message, e) for e in (2 * X - A - B, 2 * X - A * (n - 1) / n - B * (m - 1) / m, X, X - A - B)]

    positive = [d[d > 0].mean().item() for d in (torch.cdist(a, a), torch.cdist(b, b))]
    k, cross, shift = min(n, m), torch.cdist(a, b), (a.mean(0) - b.mean(0)).norm().item()
    facing = cross.diagonal().mean().item()  # of a[i] and b[i]
    off = x * n * m - facing * k  # the sum of all others
    divisor = "The divisor within is off. N samples with N - 1 others each make N (N - 1) pairs."
    medians = [d.median().item() for d in (cross, torch.pdist(a), torch.pdist(b))]
    nearest = [cross.amin(dim).mean().item() for dim in (1, 0)]
    line = [(z[1:] - z[:-1]).norm(dim=1).mean().item() for z in (a, b)]
    first = [torch.cdist(z, z)[0, 1:].mean().item() for z in (a, b)]
    spreads = [
        [z.std(0).mean().item() for z in (a, b)],
        [z.std(0).norm().item() for z in (a, b)],
        [z.std().item() for z in (a, b)],
    ]
    swapped = 2 * x - s * n * (n - 1) / (n * (m - 1)) - t * m * (m - 1) / (m * (n - 1))
    coordinates = torch.cdist(a, b, p=1).mean().item() / a.shape[1]
    paired = f"You pair a[i] with b[i] alone. {_PAIRS}"
    uneven = "The mean between is not over its N · M pairs: divide their sum by that."
    pooled = torch.pdist(torch.cat([a, b])).mean().item()
    skipped = "You leave pairs out of the mean between. There no sample meets itself: all N · M count."
    means = "You compare the means of a and b alone. Take the distance of each pair, and then the mean."
    rows += [
        (
            "You leave out all distances of 0. Two samples may be equal, and count: leave out the diagonal only.",
            2 * x - sum(positive),
        ),
        (f"Within a you count each sample's distance to itself. But {_SELF}", 2 * x - s * (n - 1) / n - t),
        (f"Within b you count each sample's distance to itself. But {_SELF}", 2 * x - s - t * (m - 1) / m),
        *((divisor, 2 * x - s * f(n) - t * f(m)) for f in _OTHER_DIVISORS),
        (
            "Parentheses are missing: / N * (N - 1) multiplies by N - 1. Divide by (N * (N - 1)).",
            2 * x - s * (n - 1) ** 2 - t * (m - 1) ** 2,
        ),
        ("You divide within b by a's number of pairs. It is M (M - 1).", 2 * x - s - t * m * (m - 1) / (n * (n - 1))),
        (
            "You divide within b by a's number of pairs, N². It is M (M - 1).",
            2 * x - (s - s / n) - t * m * (m - 1) / n**2,
        ),
        ("You divide within a by b's number of pairs. It is N (N - 1).", 2 * x - s * n * (n - 1) / (m * (m - 1)) - t),
        (
            "You take sums. Take means, so that it does not grow with the number of samples.",
            2 * x * n * m - s * n * (n - 1) - t * m * (m - 1),
        ),
        *((uneven, 2 * x * n * m / pairs - s - t) for pairs in (1, n, m, n * n, m * m, n * (n - 1), m * (m - 1))),
        ("That is the test's statistic, with N M / (N + M) before it. Leave that out.", right * n * m / (n + m)),
        ("You divide by the distance between, so that it has no unit. Leave that out.", right / (2 * x)),
        (
            "Your pairs within are of a and b together. Take them within a, and within b, each by itself.",
            2 * x - 2 * pooled,
        ),
        (
            "You take medians. Take means: of the distances between, and of those within.",
            2 * medians[0] - sum(medians[1:]),
        ),
        *(
            ("You take each sample's nearest neighbour only. Between, all N · M pairs count.", 2 * d - s - t)
            for d in nearest
        ),
        ("Within, you take neighbours in order only. Every pair counts: torch.cdist(a, a).", 2 * x - sum(line)),
        ("Within, you take the pairs of the first sample only. Every pair counts.", 2 * x - sum(first)),
        *(
            (
                "Within, a standard deviation is no distance of pairs. Take the mean of torch.pdist(a).",
                2 * x - sum(pair),
            )
            for pair in spreads
        ),
        ("The N and M in your divisors within are mixed up. a has N (N - 1) pairs, b has M (M - 1).", swapped),
        (
            "Between, you take a mean over the coordinates. A length is the root of the summed squares: .norm(dim=-1).",
            2 * coordinates - s - t,
        ),
        ("Between, you take the distance of the means. Take the mean of all N · M distances.", 2 * shift - s - t),
        ("Between, you take the distance of the means. Take the mean of all N · M distances.", shift - s - t),
        *(("You multiply by the number of samples. Leave that out.", right * k) for k in (n, m, n + m, n * m)),
        (
            "Between, you take one norm of everything. Take each pair's length, .norm(dim=-1), and then the mean.",
            2 * cross.norm().item() - s - t,
        ),
        *((means, value) for value in (shift, 2 * shift, shift**2)),
        *((paired, value) for value in (facing, 2 * facing, 2 * facing - s - t, 2 * facing + biased - 2 * x)),
        *((skipped, 2 * off / pairs - s - t) for pairs in (n * m - k, n * m, n * (m - 1), n * (n - 1))),
    ]
    for dim, what in ((0, "the samples of a"), (1, "the samples of b"), (None, "everything at once")):
        X, A, B = ((u[:, None] - v).norm(dim=dim).mean().item() for u, v in ((a, b), (a, a), (b, b)))
        message = f"Your norm is over {what}. Take it over the coordinates: .norm(dim=-1)."
        rows += [(message, 2 * X - A - B), (message, 2 * X - A * n / (n - 1) - B * m / (m - 1))]
    return rows


def _estimate(answer: Any, a: Tensor, b: Tensor) -> float:
    """The learner's number for copies of these, which must come back unchanged."""
    copies = a.clone(), b.clone()
    given = call(answer, *copies, slips=_SLIPS)
    if not (torch.equal(copies[0], a) and torch.equal(copies[1], b)):
        raise Mistake("You changed the a or b that was given to you: -= and fill_diagonal_ do that. Make new tensors.")
    if isinstance(given, complex):
        raise Mistake("You take a root, here of a number below 0. The energy distance has none: leave it out.")
    shape, (n, features), m = tuple(getattr(given, "shape", ())), a.shape, len(b)
    if shape in ((n, m), (m, n)):
        raise Mistake("That is a matrix, one value for each pair. One number is asked for: take means.")
    if len(shape) == 1 and shape[0] > 1:
        what = {n: "sample of a", m: "sample of b", features: "coordinate"}.get(shape[0])
        raise Mistake(
            f"You give {shape[0]} values{f', one for each {what}' if what else ''}. Take the mean over all pairs."
        )
    if isinstance(given, list | tuple) and len(given) == 3:
        raise Mistake("You give three things. Put them together: 2 * between - within_a - within_b.")
    return number(given, finite=False)


def _judge_energy(answer) -> str:
    places = _samples()
    given = []
    for k, (a, b) in enumerate(places):
        try:
            given.append(_estimate(answer, a, b))
        except NotAttempted:
            if not k:
                raise
            raise Mistake(
                f"For {len(a)} and {len(b)} samples nothing comes back. Does a branch lack its return?"
            ) from None
    mine, doubles = torch.tensor(given, dtype=torch.double), [(a.double(), b.double()) for a, b in places]

    def same(values: list[float], tolerance: float = 1e-3) -> bool:
        return torch.allclose(mine, torch.tensor(values).double(), rtol=tolerance, atol=tolerance, equal_nan=True)

    right = [metrics.energy_distance(a, b) for a, b in doubles]
    if same(right):
        return "0 on average where the laws are the same, and in the units of the samples."
    again = [_estimate(answer, a, b) for a, b in places]
    if not same(again):
        raise Mistake("The same samples give another number the second time. Take all pairs, and nothing at random.")
    for rows in zip(*(_other_energies(a, b) for a, b in doubles), strict=True):
        if same([value for _, value in rows]):
            raise Mistake(rows[0][0])
    for value in given:
        number(value)  # refuses what is not finite
    if max(given) - min(given) < 1e-6:
        raise Mistake(
            f"You give {round(given[0], 4) + 0:.4g} for whatever samples. Compute it from a and b, of terms that do "
            "not cancel."
        )
    if same(right, 0.06):
        raise Mistake(f"Close: {given[0]:.6g} where it is {right[0]:.6g}. Do you round, or add something small?")
    for counted, self_pairs in ((0, ""), (1, ", with self-pairs")):
        terms = torch.tensor([_terms(a, b) for a, b in doubles]).double()
        if counted:
            sizes = torch.tensor([(len(a), len(b)) for a, b in doubles])
            terms[:, 1:] *= (sizes - 1) / sizes
        weights = torch.linalg.lstsq(terms, mine[:, None]).solution
        if same((terms @ weights).flatten().tolist()):
            between, within_a, within_b = (f"{round(w, 4) + 0:.3g}" for w in weights.flatten().tolist())
            raise Mistake(
                f"You take {between} times the mean between, {within_a} times that within a and {within_b} times that "
                f"within b{self_pairs}. It is 2, -1 and -1, without self-pairs."
            )
    if same([_estimate(answer, a + 5, b) for a, b in places]):
        raise Mistake("Your number stays the same when all of a moves away. It needs the distances between a and b.")
    a, b = torch.tensor([[0.0], [1.0]]), torch.tensor([[3.0], [5.0]])
    found = _estimate(answer, a, b)
    if math.isclose(found, 4, rel_tol=1e-3):
        k = next(k for k in range(len(right)) if not math.isclose(given[k], right[k], rel_tol=1e-3, abs_tol=1e-3))
        n, m, features = *map(len, places[k]), places[k][0].shape[1]
        raise Mistake(
            f"For {n} and {m} samples of {features} coordinate{'s' * (features > 1)} it is {right[k]:.4g}; you give "
            f"{given[k]:.4g}. Is each distance a length over the coordinates, and each pair counted once?"
        )
    raise Mistake(
        f"Try a = [[0.], [1.]] and b = [[3.], [5.]]. The distances between are 3, 5, 2, 4, within a 1, within b 2: "
        f"2 · 3.5 - 1 - 2 = 4. You give {found:.4g}."
    )


energy = Exercise(
    judge=_judge_energy,
    hints=(
        "Three means of distances: between a and b, within a, within b.",
        "torch.cdist(a, b) holds every distance between. On the diagonal of torch.cdist(a, a) samples meet themselves.",
        "Within a: torch.cdist(a, a).sum() / (N * (N - 1)). The answer is 2 * between - within a - within b.",
    ),
    answer="""\
def energy(a, b):
    def within(x):
        return torch.cdist(x, x).sum() / (len(x) * (len(x) - 1))  # the diagonal adds 0 and is not counted

    return (2 * torch.cdist(a, b).mean() - within(a) - within(b)).item()""",
)


# Exercise 3: two diseases at once

_GIVE = "Give the chart that clinic.treat(clinic.two_diseases, …) gave back."
_TYPES = {
    clinic.Patient: f"That is a patient, not yet treated. {_GIVE}",
    Recipe: f"That is a recipe. Name its changed fields in clinic.treat. {_GIVE}",
    Ensemble: f"Those are the runs themselves. {_GIVE}",
    Mapping: f"That is the prescription, not how it went. Hand it to clinic.treat(…, **fields). {_GIVE}",
    list | tuple: "Give one chart, of one treatment with both changes. Two single treatments do not add up.",
    str: f"That is a text. {_GIVE}",
    int | float | Tensor: f"That is a number out of the chart. {_GIVE}",
}


def _alike(one: Any, other: Any) -> bool:
    return one is other or repr(one) == repr(other)


def _chart(answer: Any) -> clinic.Chart:
    """The chart that was given, if it is of the right patient and of enough runs."""
    treat = "That is a function that has not run. Call clinic.treat(…), and give the chart that it gives back."
    if isinstance(answer, type) or answer is clinic.treat or getattr(answer, "func", None) is clinic.treat:
        raise Mistake(treat)
    if callable(answer) and not isinstance(answer, Mapping):
        answer = call(answer, slips={"missing": treat})
    if not isinstance(answer, clinic.Chart):
        advice = (text for kind, text in _TYPES.items() if isinstance(answer, kind))
        raise Mistake(next(advice, f"{_GIVE} This is of type {type(answer).__name__}."))
    patient, wanted = answer.patient, clinic.two_diseases
    for n, other in clinic.PATIENTS.items():
        if _alike(patient.recipe, other.recipe):
            raise Mistake(f"That is a chart of patient {n}. The sixth has two diseases: clinic.two_diseases.")
    if not _alike(patient.recipe, wanted.recipe):
        raise Mistake(
            "The patient's own recipe was changed. Leave clinic.two_diseases, and change fields in clinic.treat."
        )
    for field in fields(clinic.Patient):
        if field.name not in ("recipe", "data", "held_out") and not _alike(
            getattr(patient, field.name), getattr(wanted, field.name)
        ):
            raise Mistake(
                f"The patient's {field.name} is not that of clinic.two_diseases. Rounds and limits belong to him: "
                "every treatment gets the same."
            )
    if patient.data is not wanted.data and answer.real != clinic.Chart(wanted, {}, [], {}, answer.distance).real:
        raise Mistake("The patient's data was changed. A cure changes the recipe, not what is to be learned.")
    return answer


def _left(chart: clinic.Chart) -> str:
    """Which disease the curves still show, as sentences."""
    middle, wide = chart.real
    runs, sick = len(chart.distance), ~(chart.distance < chart.patient.well)
    end = {name: curve[-clinic.LAST :].mean(0) for name, curve in chart.curves.items()}
    off = (end["centre"] - middle).abs()
    broken = ~torch.isfinite(end["centre"] + end["spread"] + chart.distance)
    away = sick & ~broken & ((off > 2 * wide) | (end["spread"] > 2 * wide))
    narrow = sick & ~broken & ~away & (end["spread"] < 0.6 * wide)
    moved = torch.stack([chart.curves[name] - chart.curves[name][:1] for name in ("centre", "spread")])
    still = narrow & (moved.abs().amax((0, 1)) < 0.6 * wide)
    other, ill = sick & ~broken & ~away & ~narrow, sick.sum()
    if 3 * broken.sum() >= ill:
        return f"In {broken.sum()} of {runs} runs the numbers overflow: a player's steps are too long. Lower that rate."
    if 3 * away.sum() >= ill:
        far = torch.maximum(off, end["spread"])[away].max()
        found = f"In {away.sum()} of {runs} runs the fakes run away, {far:.0f} units at most, "
        if end["on_fakes"][away].median() > 0.4:
            return (
                f"{found}and D does not call them fake. D still learns too slowly for this G: which patient had that?"
            )
        return f"{found}though D calls them fake. G's steps are too long, or D's slope is too weak out there."
    if 2 * still.sum() > ill:
        why = (
            "A slower G is no cure for a slow D: rounds are counted." if "opt_G" in chart.change else "Does D push it?"
        )
        return f"In {still.sum()} of {runs} runs the fakes stay about where they began: G hardly moves. {why}"
    if 2 * narrow.sum() >= ill or not other.any():
        return (
            f"{'In' if away.any() else 'The fakes do not run away, but in'} {narrow.sum()} of {runs} runs they spread "
            f"over {end['spread'][narrow].median():.2g} where the data has {wide:.2g}. The collapse is left: what did "
            "you give patient 5?"
        )
    return (
        f"Neither disease stands out. In {other.sum()} of {runs} runs the fakes are near the data and about as wide, "
        f"but their energy distance, {chart.distance[other].median():.2g}, is not below {chart.patient.well:g}. "
        "Perhaps islands are missing still: what else holds against collapse?"
    )


def _judge_capstone(answer) -> str:
    chart = _chart(answer)
    recipe, runs = chart.patient.recipe, len(chart.distance)
    same = [name for name, value in chart.change.items() if _alike(value, getattr(recipe, name, None))]
    changed = [name for name in chart.change if name not in same]
    if "batch" in changed:
        raise Mistake(
            f"batch is no cure here: {recipe.batch} samples a round are the budget, the same for every treatment. "
            "Leave it as it is."
        )
    fit = chart.well >= 0.75 * runs
    count = f"{chart.well} of {runs} runs are well. "
    rest = "" if fit else _left(chart)
    idle = f" ({' and '.join(same)} is what it was before.)" if same else ""
    if not changed:
        raise Mistake(f"Nothing is changed: this is the untreated course.{idle} {rest}".strip())
    if len(changed) == 1 and fit:
        raise Mistake(f"{count}One field, {changed[0]}, does it alone. Asked are two: a cure for each disease.{idle}")
    if len(changed) == 1:
        raise Mistake(f"{count}You changed {changed[0]} alone.{idle} {rest}")
    if len(changed) > 2:
        way = "Take one away, then another: which does it need?" if fit else rest
        raise Mistake(f"{count}You changed {', '.join(changed)}: two are enough. {way}")
    if not fit:
        raise Mistake(f"{count}{rest}")
    if runs < 8:
        raise Mistake(f"{count}That may be luck: take eight, as clinic.treat does when you leave out seeds.")
    return f"{chart.well} of {runs} runs are well. Two diseases, two changes: while the one lasted, it hid the other."


capstone = Exercise(
    judge=_judge_capstone,
    hints=(
        "Treat what you see first. Then look at the new chart: another patient's disease comes to light.",
        "The fakes run away while D does not mind: patient 2. Once they stay, they spread too little: patient 5.",
        "opt_D=Adam(2e-3) lets D keep up. players=functools.partial(models.toy_players, width=32, pack=2) lets it see "
        "samples that are too alike.",
    ),
    answer="""\
capstone = clinic.treat(
    clinic.two_diseases,
    opt_D=Adam(2e-3),  # at 1e-5 D hardly learns, and the fakes run away
    players=functools.partial(models.toy_players, width=32, pack=2),  # D sees two at once: collapse is found out
)""",
)


quiz = Quiz(
    (
        Question(
            "b",
            {
                "a": "A collapsed G can fool D at every moment: then D's loss is log 4 and its verdict ½.",
                "b": "Yes: the gradient vanishes where D is sure, and this D is not.",
                "c": "A D that hardly learns says ½ of everything at first, and its loss starts at log 4.",
            },
        ),
        Question(
            "a",
            {
                "a": "Yes: both kinds are real, and only memory tells them apart.",
                "b": "Collapse is a matter of the fakes. These are all real samples.",
                "c": "A strong D would know real samples that it has never seen.",
            },
        ),
        Question(
            "a",
            {
                "a": "Yes: one sample may look right, but two of the same give G away.",
                "b": "G stays as it is, one z for one sample. D's input changes.",
                "c": "The batch stays as large. D reads it in groups.",
            },
        ),
        Question(
            "c",
            {
                "a": "One of them may have done it alone, and another nothing.",
                "b": "Three fields changed, so any of them may have been the ill one.",
                "c": "Yes: change one at a time, and you know what each does.",
            },
        ),
    )
)
