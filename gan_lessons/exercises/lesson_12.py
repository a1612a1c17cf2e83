"""Exercises of lesson 12."""

import math
from collections.abc import Callable, Mapping, Sequence

import torch
from torch import Tensor

from gan_lessons.exercises.engine import Exercise, Mistake, NotAttempted, Question, Quiz, call, number

_Case = tuple[Tensor, ...]
_SLIPS = {  # words in an error that Python or torch raises, and what helps; the first that fits counts
    "as many of both": (
        "neighbours.memorisation wants train and held_out of one size. Here they differ: find the neighbours yourself."
    ),
    "return_types": "min(1) gives values and places together. Take .values of it.",
    "'tuple'": "Something gives two things together, as neighbours.nearest and min(1) do. Take the one you need.",
    "'list'": "Lists know no such arithmetic. Make tensors of them, or go through them with a loop.",
    "'float' object": "This is a plain number, no tensor. Python's own operators and math's functions work on it.",
    "infer output dtype": "You take the mean of truth values or whole numbers. Make them .double() first.",
    "mean is not implemented": "You take the mean of truth values. Make them .double() first.",
    "non-singleton dimension": (
        "Two tensors differ in length. Row with row is no comparison here: torch.cdist(a, b) has every row of a "
        "against every row of b. Or count with torch.bincount(labels, minlength=len(share)): the last may be empty."
    ),
    "could not be broadcast": "Two arrays differ in length. Count classes with minlength=len(share).",
    "is shorter than": "zip got two lengths. Count every class from 0 to len(share) - 1, the empty ones too.",
    "is longer than": "zip got two lengths. Count every class from 0 to len(share) - 1, the empty ones too.",
    "index out of range": "You count further than there are entries. Are all classes counted, the empty ones too?",
    "out of bounds": "You ask for an entry that is not there. Are all classes counted, the empty ones too?",
    "math domain error": (
        "A class without a sample has the share 0, and log 0 is not defined. It adds nothing: leave it out."
    ),
    "expected a nonnegative": "math.log got 0. A class without a sample adds nothing: leave it out.",
    "division by zero": "You divide by 0. Without twins nothing bounds the support: give math.inf.",
    "dimension out of range": "There is no such dim. Labels and shares have dim 0 alone.",
    "boolean value of tensor": (
        "Many truth values stand where one belongs. An if takes one; and two results of min(1) cannot be compared, "
        "only their .values can."
    ),
    "both arguments to": "Two tensors differ in their type. Make both .double().",
    "expected scalar type": "Two tensors differ in their type. Make both .double().",
}


def _ask(answer: Callable, cases: Sequence[_Case]) -> list[float]:
    """The learner's number for a copy of each case; infinity and NaN pass, to be judged by who asks."""
    found: list[float] = []
    for case in cases:
        copies = [x.clone() for x in case]
        try:
            given = call(answer, *copies, slips=_SLIPS)
        except NotAttempted:
            if not found:
                raise
            raise Mistake("For some arguments nothing comes back. Does one branch lack its return?") from None
        if not all(map(torch.equal, copies, case)):
            raise Mistake("You change the tensors that you are given. Make new ones.")
        found.append(number(given, finite=False))
    return found


def _same(a: Sequence[float], b: Sequence[float]) -> bool:
    return all(math.isclose(x, y, rel_tol=1e-4, abs_tol=1e-6) or (x != x and y != y) for x, y in zip(a, b, strict=True))


def _judge(answer: Callable, cases: Sequence[_Case], right: Callable, others: Mapping[str, Callable]) -> None:
    """Raise the message of the other formula that the answer is, or of a twist of the right one."""
    given, wanted = _ask(answer, cases), [right(*case) for case in cases]
    if _same(given, wanted):
        return
    for message, other in others.items():
        if _same(given, [float(other(*case)) for case in cases]):
            raise Mistake(message)
    if any(map(math.isnan, given)):
        raise Mistake("You give NaN. Is 0 divided by 0, or multiplied with the log of 0?")
    if not all(map(math.isfinite, given)):
        raise Mistake(f"You give {next(x for x in given if math.isinf(x))}, and the answer is finite here.")
    if max(given) - min(given) < 1e-9:
        raise Mistake(f"You give {given[0]:.4g} whatever is given. Use the arguments.")
    if _same(given, [-x for x in wanted]):
        raise Mistake("Only the sign is turned.")
    if _same(given, [100 * x for x in wanted]):
        raise Mistake("That is in per cent. Give the share itself.")
    if any(given == [round(x, digits) for x in wanted] for digits in range(4)):
        raise Mistake("You round. Give the number as it is.")
    factors = [x / y for x, y in zip(given, wanted, strict=True)]
    if max(factors) - min(factors) < 1e-4 * abs(factors[0]):
        raise Mistake(f"You give {factors[0]:.3g} times the right answer, each time. Take that factor out.")
    worst = max(range(len(cases)), key=lambda k: abs(given[k] - wanted[k]))
    sizes = ", ".join(str(tuple(x.shape)) for x in cases[worst])
    raise Mistake(f"For arguments of the shapes {sizes} you give {given[worst]:.4g}, and it is {wanted[worst]:.4g}.")


# Exercise 1: the share of copies, for sets of two sizes.


def _clouds(seed: int, train: int, held_out: int, copies: int) -> _Case:
    """60 fakes, `copies` of them training points moved a little, the others drawn as the real ones are."""
    generator = torch.Generator().manual_seed(seed)
    real = torch.randn(train + held_out, 3, generator=generator)
    fake = torch.randn(60, 3, generator=generator)
    fake[:copies] = real[:copies] + 0.01 * fake[:copies]
    return fake, real[:train], real[train:]


_CLOUDS = [_clouds(1, 40, 40, 30), _clouds(2, 45, 15, 15), _clouds(4, 20, 50, 0)]


def _nearer(fake: Tensor, train: Tensor, held_out: Tensor, p: float = 2) -> Tensor:
    """Which fakes have their nearest neighbour in the training set, (M,)."""
    return (torch.cdist(fake, train, p).min(1).values < torch.cdist(fake, held_out, p).min(1).values).double()


def _alpha(share: Tensor | float, train: Tensor, held_out: Tensor) -> float:
    honest = len(train) / (len(train) + len(held_out))
    return float((share - honest) / (1 - honest))


def _copies(fake: Tensor, train: Tensor, held_out: Tensor) -> float:
    return _alpha(_nearer(fake, train, held_out).mean(), train, held_out)


def _by(reduce: Callable[[Tensor], Tensor], p: float = 2) -> Callable:
    """The estimate from another kind of distance to a set: `reduce` takes the table (M, N) to (M,)."""
    return lambda x, a, b: _alpha((reduce(torch.cdist(x, a, p)) < reduce(torch.cdist(x, b, p))).double().mean(), a, b)


def _expected(a: Tensor, b: Tensor) -> float:
    return len(a) / (len(a) + len(b))


_OTHER_COPIES = {
    "That is the share that lies nearer to the training set. An honest sampler has one too. Take out its part.": (
        lambda x, a, b: _nearer(x, a, b).mean()
    ),
    "2·share - 1 holds for sets of one size. Which share does an honest sampler have among N and H points?": (
        lambda x, a, b: 2 * _nearer(x, a, b).mean() - 1
    ),
    "You have train and held_out the wrong way round: you look for copies of held-out points.": (
        lambda x, a, b: _copies(x, b, a)
    ),
    "The honest share is turned round: among N and H points the training set holds N / (N + H).": (
        lambda x, a, b: (_nearer(x, a, b).mean() - _expected(b, a)) / (1 - _expected(b, a))
    ),
    "You take the honest share away, and stop. A pure copier must get 1: divide by 1 - honest.": (
        lambda x, a, b: _nearer(x, a, b).mean() - _expected(a, b)
    ),
    "You divide by the honest share. From honest to 1 it is 1 - honest: divide by that.": (
        lambda x, a, b: (_nearer(x, a, b).mean() - _expected(a, b)) / _expected(a, b)
    ),
    "That is how many times the honest share you found. Solve share = α + (1 - α)·honest for α.": (
        lambda x, a, b: _nearer(x, a, b).mean() / _expected(a, b)
    ),
    "You take the farthest point of each set. It is the nearest one that shows a copy.": _by(lambda d: d.max(1).values),
    "You take the mean distance to each set. A copy is near to one point only: take the nearest.": _by(
        lambda d: d.mean(1)
    ),
    "You take the median distance to each set. A copy is near to one point only: take the nearest.": _by(
        lambda d: d.median(1).values
    ),
    "You add up the coordinates' differences. The distance is Euclidean: the root of the sum of squares.": _by(
        lambda d: d.min(1).values, 1
    ),
    "You take the largest coordinate's difference. The distance is Euclidean: the root of the sum of squares.": _by(
        lambda d: d.min(1).values, math.inf
    ),
    "You count only exact copies. A copy with a little noise on it is one too: compare the two distances.": (
        lambda x, a, b: (torch.cdist(x, a).min(1).values == 0).double().mean()
    ),
    "You compare from the wrong side: the nearest fake of every real point. Ask every fake for its nearest real one.": (
        lambda x, a, b: _alpha(
            (torch.cdist(a, x).min(1).values.mean() < torch.cdist(b, x).min(1).values.mean()).double(), a, b
        )
    ),
    "You cut the estimate at 0. Leave it: an honest sampler lies below 0 as often as above.": (
        lambda x, a, b: max(_copies(x, a, b), 0.0)
    ),
    "You take the absolute value. Below 0 there is no fault to find: leave the sign.": (
        lambda x, a, b: abs(_copies(x, a, b))
    ),
    "You count the fakes. Divide by how many there are before you take out the honest share.": (
        lambda x, a, b: _alpha(_nearer(x, a, b).sum(), a, b)
    ),
    "That is a number of fakes. Give a share: divide by how many fakes there are.": (
        lambda x, a, b: len(x) * _copies(x, a, b)
    ),
    "That is the honest share alone. Compare the share that you find with it.": lambda x, a, b: _expected(a, b),
    "You compare the middles of the sets. A copy shows at its nearest neighbour: take the nearest point of each set.": (
        lambda x, a, b: _alpha(((x - a.mean(0)).norm(dim=1) < (x - b.mean(0)).norm(dim=1)).double().mean(), a, b)
    ),
}


def _judge_copies(answer: Callable) -> str:
    _judge(answer, _CLOUDS, _copies, _OTHER_COPIES)
    return "It finds how much is copied, whatever the sizes of the two sets. Give it beside its error all the same."


# Exercise 2: the birthday estimate. Things that come once, twice, three and four times.

_DRAWS = [
    (torch.tensor([3, 7, 7, 1, 3, 9, 3, 12, 5]),),  # 4 twins: 3 + 1
    (torch.tensor([4, 4, 0, 2, 8, 6, 6, 4, 4, 11, 13, 14]),),  # 7 twins: 6 + 1
    (torch.tensor([10, 2, 30, 21, 2, 17, 5]),),  # 1
]
_NO_TWINS = (torch.tensor([5, 1, 4, 2]),)


def _counts(things: Tensor) -> Tensor:
    return things.unique(return_counts=True)[1].double()


def _twins(things: Tensor) -> float:
    return (_counts(things) * (_counts(things) - 1)).sum().item() / 2


def _pairs(things: Tensor) -> float:
    return len(things) * (len(things) - 1) / 2


def _support(things: Tensor) -> float:
    return _pairs(things) / _twins(things) if _twins(things) else math.inf


_OTHER_SUPPORTS = {
    "You count the different things that came. Those that have not come yet are missing: count pairs that are twins.": (
        lambda s: len(_counts(s))
    ),
    "That is twins / pairs, the chance that two draws are alike. The support is one over it.": (
        lambda s: _twins(s) / _pairs(s)
    ),
    "Every pair of twins is counted twice, as (i, j) and as (j, i), and your pairs once. Count i < j in both.": (
        lambda s: _pairs(s) / (2 * _twins(s))
    ),
    "Your pairs are counted twice, as (i, j) and as (j, i), and the twins once. Use N(N - 1)/2.": (
        lambda s: 2 * _pairs(s) / _twins(s)
    ),
    "You count every draw as its own twin. Leave out the pairs (i, i), on both sides.": (
        lambda s: len(s) ** 2 / (len(s) + 2 * _twins(s))
    ),
    "You count every draw as its own twin. Leave out the pairs (i, i): the diagonal of the table.": (
        lambda s: 2 * _pairs(s) / (len(s) + 2 * _twins(s))
    ),
    "You count every draw as its own twin, and ordered pairs against unordered ones.": (
        lambda s: _pairs(s) / (len(s) + 2 * _twins(s))
    ),
    "Your pairs are N²: that counts every draw with itself, and each pair twice. Use N(N - 1)/2.": (
        lambda s: len(s) ** 2 / _twins(s)
    ),
    "You count N² pairs in both orders, N²/2 in one. A draw is no pair with itself: N(N - 1), or half of it.": (
        lambda s: len(s) ** 2 / 2 / _twins(s)
    ),
    "A thing that comes three times makes three pairs of twins. You count it once.": (
        lambda s: _pairs(s) / (_counts(s) > 1).sum()
    ),
    "You count repeats, or neighbours in the sorted list: a thing that comes three times makes two. Three pairs are "
    "alike.": (lambda s: _pairs(s) / (len(s) - len(_counts(s)))),
    "You count the draws that have a twin. Count the pairs: a thing that comes c times makes c(c - 1)/2.": (
        lambda s: _pairs(s) / _counts(s)[_counts(s) > 1].sum()
    ),
    "You divide the number of draws by the twins. Divide the number of pairs by them.": lambda s: len(s) / _twins(s),
    "You compare only neighbours in the list. Every pair counts, however far apart.": (
        lambda s: _pairs(s) / ((s[1:] == s[:-1]).sum() or math.nan)
    ),
    "That is N². It is the size of support for which N draws hold a twin with a fair chance; the twins say more.": (
        lambda s: len(s) ** 2
    ),
    "You give the number of pairs. Divide it by the twins among them.": _pairs,
    "You give the number of twins. The support is the number of pairs divided by it.": _twins,
    "You give the number of draws. The support is the number of pairs divided by the twins.": len,
    "That is the largest number among the draws. The numbers are names only: count which are alike.": max,
    "The numbers are names only, and you count up to the largest. Count pairs that are alike.": lambda s: max(s) + 1,
    "You cut to whole numbers. Give the quotient as it is.": lambda s: math.floor(_support(s)),
}


def _judge_support(answer: Callable) -> str:
    _judge(answer, _DRAWS, _support, _OTHER_SUPPORTS)
    (alone,) = _ask(answer, [_NO_TWINS])
    if alone != math.inf:
        raise Mistake(f"Four draws without twins: you give {alone:.4g}. No size is excluded above: give math.inf.")
    return "From pairs alone, you know about how many different things there are, seen or not."


# Exercise 3: how far the class shares are off.

_CLASSES = [
    (torch.tensor([0, 0, 1, 2, 2, 2, 3, 1, 0, 0]), torch.tensor([0.1, 0.4, 0.3, 0.2], dtype=torch.float64)),
    (torch.tensor([1, 2, 2, 0, 1, 1, 2]), torch.tensor([0.25, 0.3, 0.45], dtype=torch.float64)),
    (torch.tensor([4, 1, 1, 0, 3, 4, 4, 4]), torch.tensor([0.3, 0.2, 0.05, 0.35, 0.1], dtype=torch.float64)),
]
_EMPTY = [  # the middle class, and the last
    (torch.tensor([0, 2, 2, 0, 2]), torch.tensor([0.3, 0.2, 0.5], dtype=torch.float64)),
    (torch.tensor([0, 1, 1, 0, 1, 2]), torch.tensor([0.4, 0.2, 0.3, 0.1], dtype=torch.float64)),
]
_CLASSES[2][0][5] = 2  # so that no class is empty there


def _found(labels: Tensor, share: Tensor) -> Tensor:
    return torch.bincount(labels, minlength=len(share)).double() / len(labels)


def _divergence(p: Tensor, q: Tensor) -> Tensor:
    return (torch.xlogy(p, p) - torch.xlogy(p, q)).sum()


def _kl(labels: Tensor, share: Tensor) -> float:
    return _divergence(_found(labels, share), share).item()


def _of(formula: Callable[[Tensor, Tensor], Tensor]) -> Callable[[Tensor, Tensor], Tensor]:
    """A formula of the found and the expected shares, as a function of labels and shares."""
    return lambda labels, share: formula(_found(labels, share), share)


_OTHER_KLS = {
    "That is KL(share ‖ found), the other direction. Weigh the logs by what you found.": _of(
        lambda p, q: _divergence(q, p)
    ),
    "That is KL(share ‖ found), divided by the number of classes. Turn it, and take the sum.": _of(
        lambda p, q: _divergence(q, p) / len(q)
    ),
    "That is log base 2, so bits. In nats it is the natural log.": _of(lambda p, q: _divergence(p, q) / math.log(2)),
    "That is log base 10. In nats it is the natural log.": _of(lambda p, q: _divergence(p, q) / math.log(10)),
    "You take the mean over the classes. It is a sum.": _of(lambda p, q: _divergence(p, q) / len(q)),
    "Your weights are counts, no shares. Divide by the number of labels.": (
        lambda labels, share: len(labels) * _kl(labels, share)
    ),
    "You put counts where shares belong. Divide them by the number of labels first.": (
        lambda labels, share: _divergence(len(labels) * _found(labels, share), share)
    ),
    "Inside the log stand counts. Divide them by the number of labels there too.": (
        lambda labels, share: _kl(labels, share) + math.log(len(labels))
    ),
    "You divide the counts by the number of classes. Divide by the number of labels.": (
        lambda labels, share: _divergence(len(labels) / len(share) * _found(labels, share), share)
    ),
    "You compare with equal shares. Compare with the shares that you are given.": _of(
        lambda p, q: _divergence(p, torch.full_like(q, 1 / len(q)))
    ),
    "The weights are missing: you add up log(found / share). Weigh each by what you found.": _of(
        lambda p, q: (p / q).log().sum()
    ),
    "You weigh by the expected shares, with the log the right way up. Weigh by what you found.": _of(
        lambda p, q: (q * (p / q).log()).sum()
    ),
    "The fraction in the log stands on its head: found / share.": _of(lambda p, q: _divergence(p, q).neg()),
    "That is the cross-entropy, -Σ found·log share. The part Σ found·log found is missing.": _of(
        lambda p, q: -(p * q.log()).sum()
    ),
    "That is the entropy of what you found. The shares that you expect do not enter it.": _of(
        lambda p, q: -(p * p.log()).sum()
    ),
    "That is the Jensen-Shannon divergence. Asked is the KL.": _of(
        lambda p, q: (_divergence(p, (p + q) / 2) + _divergence(q, (p + q) / 2)) / 2
    ),
    "That is the sum of both directions of KL. Asked is one.": _of(lambda p, q: _divergence(p, q) + _divergence(q, p)),
    "That is the total variation, half of the differences. Asked is the KL.": _of(lambda p, q: (p - q).abs().sum() / 2),
    "You add up the differences of the shares. Asked is the KL.": _of(lambda p, q: (p - q).abs().sum()),
    "You add up squared differences of the shares. Asked is the KL.": _of(lambda p, q: (p - q).square().sum()),
    "You take absolute values, term by term. Terms below 0 belong to the sum.": _of(
        lambda p, q: (p * (p / q).log()).abs().sum()
    ),
    "You cut terms below 0. They belong to the sum.": _of(lambda p, q: (p * (p / q).log()).clamp(min=0).sum()),
    "You count every class once more than it came. Take the shares as they were found.": (
        lambda labels, share: _divergence((len(labels) * _found(labels, share) + 1) / (len(labels) + len(share)), share)
    ),
}


def _judge_class_kl(answer: Callable) -> str:
    _judge(answer, _CLASSES, _kl, _OTHER_KLS)
    for case, given in zip(_EMPTY, _ask(answer, _EMPTY), strict=True):
        if not math.isfinite(given):
            raise Mistake(
                f"A class without a sample makes it {given}: 0·log 0. That term is 0: leave the class out of the sum."
            )
        if not math.isclose(given, _kl(*case), rel_tol=1e-4):
            raise Mistake(
                f"Where a class is empty you give {given:.4g}, and it is {_kl(*case):.4g}. Its term is 0, the others "
                "stay as they are."
            )
    return "A class that is missing adds nothing itself; it shows in the others, which have too much."


copies = Exercise(
    judge=_judge_copies,
    hints=(
        "For each fake find the nearest training point and the nearest held-out one. Which is nearer, in what share?",
        "An honest sampler gets honest = N / (N + H): any of the N + H points may be the nearest.",
        "share = α·1 + (1 - α)·honest. Solve it for α.",
    ),
    answer="""def copies(fake, train, held_out):
    share = (torch.cdist(fake, train).min(1).values < torch.cdist(fake, held_out).min(1).values).double().mean()
    honest = len(train) / (len(train) + len(held_out))
    return (share - honest) / (1 - honest)  # share = α + (1 - α)·honest, solved for α
""",
)
support = Exercise(
    judge=_judge_support,
    hints=(
        "Of N draws there are N(N - 1)/2 pairs. How many of them are twins?",
        "A table of all pairs: things[:, None] == things. Its diagonal compares each draw with itself.",
        "Above the diagonal each pair stands once: .triu(1). And without twins: math.inf.",
    ),
    answer="""def support(things):
    twins = (things[:, None] == things).triu(1).sum().item()  # each pair once, and none with itself
    pairs = len(things) * (len(things) - 1) / 2
    return pairs / twins if twins else float("inf")
""",
)
class_kl = Exercise(
    judge=_judge_class_kl,
    hints=(
        "First the shares that were found: torch.bincount counts. Give it minlength: the last class may be empty.",
        "Σ found·log(found / share). Where found is 0, the term is 0.",
        "Keep only the classes with found > 0, in both.",
    ),
    answer="""def class_kl(labels, share):
    found = torch.bincount(labels, minlength=len(share)).double() / len(labels)
    there = found > 0  # 0·log 0 counts as 0
    return (found[there] * (found[there] / share[there]).log()).sum()
""",
)
quiz = Quiz(
    (
        Question(
            "b",
            {
                "a": "Fréchet asks whether the features spread like those of real images. A copier's do.",
                "b": "Its images are real images. Only their source is wrong, and Fréchet does not ask for that.",
                "c": "New real digits score the same. So the number cannot tell the two apart.",
            },
        ),
        Question(
            "c",
            {
                "a": "2·0.55 - 1 holds if all copies are of the images that you compare with. Look at the sizes.",
                "b": "Above ½ is not yet anything. But here you know the error: five of them.",
                "c": "A copy has its source among your 10,000 only once in six. So α/12 = 0.05.",
            },
        ),
        Question(
            "a",
            {
                "a": "Half of all batches of 1.18·√K hold one: √(2·ln 2·10,000) is about 118.",
                "b": "With 5,000 draws there are some 1,250 pairs of twins. Pairs grow with the square.",
                "c": "That is enough to be certain of one. For an even chance far fewer do.",
            },
        ),
        Question(
            "c",
            {
                "a": "It drops no class here. And the KL is no distance between pictures.",
                "b": "Recall asks whether real images are within reach of some fake, not how often.",
                "c": "How often a class comes is what its share says. The KL weighs all ten shares.",
            },
        ),
    )
)
