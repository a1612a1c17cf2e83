"""Exercises of lesson 12."""

import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress

import torch
from torch import Tensor

from gan_lessons.exercises.engine import Exercise, Mistake, NotAttempted, Question, Quiz, call, number

_Case = tuple[Tensor, ...]
_SLIPS = {  # words in an error that Python or torch raises, and what helps; the first that fits counts
    "return_types": "min(1) gives values and places together. Take .values of it.",
    "'tuple'": "Something gives two things together, as neighbours.nearest and min(1) do. Take the one you need.",
    "'list'": "Lists know no such arithmetic. Make tensors of them, or go through them with a loop.",
    "'float' object": "This is a plain number, no tensor. Python's own operators and math's functions work on it.",
    "infer output dtype": "You take the mean of truth values or whole numbers. Make them .double() first.",
    "mean is not implemented": "You take the mean of truth values. Make them .double() first.",
    "dimension out of range": "There is no such dim: the tensor has fewer. The first is dim 0.",
    "boolean value of tensor": "An if takes one truth value, and here are many. Use a loop, or select: p[p > 0].",
    "only one element": "A function for one number got a whole tensor. Tensors have their own: x.log().",
    "both arguments to": "Two tensors differ in their type. Make both .double().",
    "expected scalar type": "Two tensors differ in their type. Make both .double().",
}


def _ask(answer: Callable, cases: Sequence[_Case], slips: Mapping[str, str]) -> list[float]:
    """The learner's number for a copy of each case; infinity and NaN pass, to be judged by who asks."""
    found: list[float] = []
    for case in cases:
        copies = [x.clone() for x in case]
        try:
            given = call(answer, *copies, slips={**_SLIPS, **slips})
        except NotAttempted:
            if not found:
                raise
            raise Mistake("For some arguments nothing comes back. Does one branch lack its return?") from None
        if not all(map(torch.equal, copies, case)):
            raise Mistake("You change the tensors that you are given. Make new ones.")
        if getattr(given, "dtype", None) in (torch.half, torch.bfloat16):
            raise Mistake("Half precision keeps three digits, too few here. Give a float or a double.")
        found.append(number(given, finite=False))
    return found


def _same(a: Sequence[float], b: Sequence[float]) -> bool:
    return all(math.isclose(x, y, rel_tol=1e-4, abs_tol=1e-6) or (x != x and y != y) for x, y in zip(a, b, strict=True))


def _judge(
    answer: Callable,
    cases: Sequence[_Case],
    right: Callable,
    others: Mapping[str, Callable | tuple[Callable, ...]],
    show: Callable[..., str],
    slips: Mapping[str, str],
) -> None:
    """Raise the message of the other formula that the answer is, or of a twist of the right one; `show` a case."""
    given, wanted = _ask(answer, cases, slips), [right(*case) for case in cases]
    if _same(given, wanted):
        return
    for message, other in others.items():
        for formula in other if isinstance(other, tuple) else (other,):
            if _same(given, [float(formula(*case)) for case in cases]):
                raise Mistake(message)
    off = [math.inf if math.isnan(x) else abs(x - y) for x, y in zip(given, wanted, strict=True)]
    worst = off.index(max(off))
    shown = f"For {show(*cases[worst])} you give {given[worst]:.4g}, and it is {wanted[worst]:.4g}."
    if math.isnan(given[worst]):
        raise Mistake(f"{shown} Is 0 divided by 0, or multiplied with the log of 0?")
    if max(given) - min(given) < 1e-9:
        raise Mistake(f"{shown} You give the same for the other cases too: use the arguments, and / instead of //.")
    if _same(given, [-x for x in wanted]):
        raise Mistake("Only the sign is turned.")
    if any(given == [round(x, digits) for x in wanted] for digits in range(4)):
        raise Mistake("You round. Give the number as it is.")
    factors = [x / y for x, y in zip(given, wanted, strict=True)]
    if max(factors) - min(factors) < 1e-4 * abs(factors[0]):
        raise Mistake(f"You give {factors[0]:.3g} times the right answer, each time. Take that factor out.")
    if all(math.isclose(x, y, rel_tol=0.05, abs_tol=0.005) for x, y in zip(given, wanted, strict=True)):
        shown += " You are near each time: is a small number added, something rounded, or one entry lost?"
    raise Mistake(shown)


# Exercise 1: the share of copies, for sets of two sizes.


def _clouds(seed: int, train: int, held_out: int, copies: int) -> _Case:
    """60 fakes, `copies` of training points and two of the first and last held-out one; the others as real ones are."""
    generator = torch.Generator().manual_seed(seed)
    real = torch.randn(train + held_out, 3, generator=generator)
    fake = torch.randn(60, 3, generator=generator)
    fake[:copies] = real[:copies] + 0.01 * fake[:copies]
    fake[-2:] = real[[train, -1]] + 0.01 * fake[-2:]
    return fake, real[:train], real[train:]


_CLOUDS = [_clouds(1, 40, 40, 30), _clouds(2, 45, 15, 15), _clouds(4, 20, 50, 0)]
_COPY_SLIPS = {
    "as many of both": (
        "neighbours.memorisation wants train and held_out of one size. Here they differ: find the neighbours yourself."
    ),
    "non-singleton dimension": (
        "Two tensors differ in length. torch.cdist(fake, train) has one row for each fake: its nearest is "
        ".min(1).values. And min(0) runs over the fakes."
    ),
    "same number of columns": "You pool the features, with dim=1. Pool the points: torch.cat([train, held_out]).",
    "boolean value of tensor": (
        "Many truth values stand where one belongs. Two results of min(1)? Compare their .values. An if? It takes one."
    ),
    "division by zero": "You divide by 0: honest became 1. It is N / (N + H), and so below 1.",
}


def _nearer(fake: Tensor, train: Tensor, held_out: Tensor) -> Tensor:
    """Which fakes have their nearest neighbour in the training set, (M,)."""
    return (torch.cdist(fake, train).min(1).values < torch.cdist(fake, held_out).min(1).values).double()


def _alpha(share: Tensor | float, train: Tensor, held_out: Tensor) -> float:
    honest = len(train) / (len(train) + len(held_out))
    return float((share - honest) / (1 - honest))


def _copies(fake: Tensor, train: Tensor, held_out: Tensor) -> float:
    return _alpha(_nearer(fake, train, held_out).mean(), train, held_out)


def _by(reduce: Callable[[Tensor], Tensor], p: float = 2) -> Callable:
    """The estimate from another kind of distance to a set: `reduce` takes the table (M, N) to (M,)."""
    return lambda x, a, b: _alpha((reduce(torch.cdist(x, a, p)) < reduce(torch.cdist(x, b, p))).double().mean(), a, b)


def _from(formula: Callable[[Tensor, int, int], Tensor]) -> Callable:
    """Another formula of the right share of fakes, N and H."""
    return lambda x, a, b: formula(_nearer(x, a, b).mean(), len(a), len(b))


def _honest(expected: Callable[[int, int], float]) -> Callable:
    """The estimate with another honest share."""
    return _from(lambda s, n, h: (s - expected(n, h)) / (1 - expected(n, h)))


def _pooled(test: Callable[[Tensor, int, int], Tensor]) -> Callable:
    """The estimate where another test of a neighbour's place in [train, held_out] says which are "train"."""
    return lambda x, a, b: _alpha(
        test(torch.cdist(x, torch.cat([a, b])).argmin(1), len(a), len(b)).double().mean(), a, b
    )


_OTHER_COPIES = {
    "That is the share nearer to train. An honest sampler has one too: take its part out.": _from(lambda s, n, h: s),
    "2·share - 1 is for honest = ½. Among N and H points it is N / (N + H), and N is len(train), not shape[1].": _from(
        lambda s, n, h: 2 * s - 1
    ),
    "You cut the larger set, and throw points away. Use all: honest is N / (N + H).": (
        lambda x, a, b: 2 * _nearer(x, a[: len(b)], b[: len(a)]).mean() - 1
    ),
    "You have train and held_out the wrong way round, and look for held-out copies.": lambda x, a, b: _copies(x, b, a),
    "You count the fakes that lie nearer to held_out. Count those nearer to train.": (
        lambda x, a, b: _alpha(1 - _nearer(x, a, b).mean(), a, b)
    ),
    "The honest share is turned round: of N + H points N are in train, N / (N + H).": _honest(lambda n, h: h / (n + h)),
    "Your honest share is N / H, or the lesson's 2/3. Of all N + H points N are training points: N / (N + H).": (
        _honest(lambda n, h: n / h),
        _honest(lambda n, h: 2 / 3),
    ),
    "Brackets are missing: honest = N / (N + H), and α = (share - honest) / (1 - honest).": (
        _honest(lambda n, h: n / n + h),
        _from(lambda s, n, h: s - n / h),
    ),
    "You take the honest share away, and divide by something else than 1 - honest. A pure copier must get 1.": (
        _from(lambda s, n, h: s - n / (n + h)),
        _from(lambda s, n, h: 2 * (s - n / (n + h))),
        _from(lambda s, n, h: s * (n + h) / n - 1),  # divided by honest
        _from(lambda s, n, h: (s * (n + h) - n) / (2 * n + h)),  # by 1 + honest
    ),
    "That is share / honest. Solve share = α + (1 - α)·honest for α.": _from(lambda s, n, h: s * (n + h) / n),
    "You take the farthest point of each set, or the mean distance. A copy shows at one point only, the nearest.": (
        _by(lambda d: d.max(1).values),
        _by(lambda d: d.mean(1)),
    ),
    "You sum the coordinates' differences, or take the largest. Euclidean is the root of the sum of squares.": (
        _by(lambda d: d.min(1).values, 1),
        _by(lambda d: d.min(1).values, math.inf),
    ),
    "min() without a dim gives one number for all fakes together. One for each fake: .min(1).values.": _by(torch.min),
    "You ask every real point for its nearest fake. Ask every fake: torch.cdist(fake, pool).argmin(1).": (
        lambda x, a, b: _alpha((torch.cdist(x, torch.cat([a, b])).argmin(0) < len(a)).double().mean(), a, b)
    ),
    "Your pool and your test do not fit. In [train, held_out] the places 0 to N - 1 are train's: argmin(1) < N.": (
        _pooled(lambda i, n, h: torch.where(i < n, i + h, i - n) < n),  # held_out first
        _pooled(lambda i, n, h: i < h),
        _pooled(lambda i, n, h: i <= n),
    ),
    "You give 1 each time. Is yours the lesson's N, 5,000? Here it is len(train).": lambda x, a, b: 1,
    "You find no fake nearer to train. Does // cut the share to 0? Divide with /.": _from(lambda s, n, h: -n / h),
    "You count only exact copies. A copy with a little noise on it is one too: compare the two distances.": (
        lambda x, a, b: (torch.cdist(x, a).min(1).values < 1e-6).double().mean()
    ),
    "You cut the estimate at 0, or take its absolute value. Leave it: honest samplers lie below 0 as often as above.": (
        lambda x, a, b: max(_copies(x, a, b), 0.0),
        lambda x, a, b: abs(_copies(x, a, b)),
    ),
    "You count the fakes. Divide by how many there are before you take out the honest share.": (
        lambda x, a, b: _alpha(_nearer(x, a, b).sum(), a, b)
    ),
    "That is the honest share alone. Compare the share that you find with it.": _from(lambda s, n, h: n / (n + h)),
}


def _judge_copies(answer: Callable) -> str:
    def show(x: Tensor, a: Tensor, b: Tensor) -> str:
        return (
            f"N = {len(a)}, H = {len(b)} and {len(x)} fakes, of which {_nearer(x, a, b).sum():.0f} are nearer to train,"
        )

    _judge(answer, _CLOUDS, _copies, _OTHER_COPIES, show, _COPY_SLIPS)
    return "It finds how much is copied, whatever the sizes of the two sets. Give it beside its error all the same."


# Exercise 2: the birthday estimate. Things that come once, twice, three and four times.

_DRAWS = [
    (torch.tensor([3, 7, 7, 1, 3, 9, 3, 12, 5]),),  # 4 twins: 3 + 1
    (torch.tensor([4, 4, 0, 2, 8, 6, 6, 4, 4, 11, 13, 14]),),  # 7 twins: 6 + 1
    (torch.tensor([10, 2, 30, 21, 2, 10, 5]),),  # 2
    (torch.tensor([0, 400, 400, 0, 400, 0, 0, 144, 5, 5]),),  # 10: the smallest, the largest and the last two
]
_NO_TWINS = (torch.tensor([5, 1, 4, 2]),)
_ROWS = "These functions want rows. things[:, None].double() has one row for each draw."
_SUPPORT_SLIPS = {
    "division by zero": (
        "You find no twins in a list that has some. Equal things need not stand side by side, and tensors are no keys: "
        "things.tolist()."
    ),
    "at least two rows": _ROWS,
    "at least 2d": _ROWS,
}


def _counts(things: Tensor) -> Tensor:
    return things.unique(return_counts=True)[1].double()


def _twins(things: Tensor) -> float:
    return (_counts(things) * (_counts(things) - 1)).sum().item() / 2


def _pairs(things: Tensor) -> float:
    return len(things) * (len(things) - 1) / 2


def _over(pairs: float, twins: float) -> float:
    return pairs / twins if twins else math.inf


def _support(things: Tensor) -> float:
    return _over(_pairs(things), _twins(things))


_OTHER_SUPPORTS = {
    "You count the different things that came. Those that have not come yet are missing: count pairs that are twins.": (
        lambda s: len(_counts(s))
    ),
    "That is twins / pairs, the chance that two draws are alike. Turn it round.": lambda s: _twins(s) / _pairs(s),
    "Every pair of twins is counted twice, as (i, j) and as (j, i), and your pairs once. Count i < j in both.": (
        lambda s: _pairs(s) / (2 * _twins(s))
    ),
    "Your pairs are counted in both orders, the twins in one. Use s(s - 1)/2.": lambda s: 2 * _pairs(s) / _twins(s),
    "You count every draw as its own twin. Leave out the pairs (i, i): from j = i + 1 on, or .triu(1).": (
        lambda s: len(s) ** 2 / (len(s) + 2 * _twins(s)),
        lambda s: 2 * _pairs(s) / (len(s) + 2 * _twins(s)),
        lambda s: _pairs(s) / (len(s) + 2 * _twins(s)),
        lambda s: _pairs(s) / (len(s) + _twins(s)),
    ),
    "Pairs are s(s - 1)/2. s², its half and s(s + 1)/2 count a draw with itself, (s - 1)(s - 2)/2 leaves one out.": (
        lambda s: len(s) ** 2 / _twins(s),
        lambda s: len(s) ** 2 / 2 / _twins(s),
        lambda s: (_pairs(s) + len(s)) / _twins(s),
        lambda s: _pairs(s[1:]) / _twins(s),
    ),
    "A thing that comes three times makes three pairs of twins. You count it once, or not at all.": (
        lambda s: _pairs(s) / (_counts(s) > 1).sum(),
        lambda s: _pairs(s) / (_counts(s) == 2).sum(),
    ),
    "You count repeats, or neighbours in the sorted list: a thing that comes three times makes two. Three pairs are "
    "alike.": (lambda s: _pairs(s) / (len(s) - len(_counts(s)))),
    "You count the draws that have a twin. Count the pairs: a thing that comes c times makes c(c - 1)/2.": (
        lambda s: _pairs(s) / _counts(s)[_counts(s) > 1].sum()
    ),
    "You divide the number of draws by the twins. Divide the number of pairs by them.": lambda s: len(s) / _twins(s),
    "You compare only neighbours in the list. Every pair counts: equal things need not stand side by side.": (
        lambda s: _over(_pairs(s), (s[1:] == s[:-1]).sum())
    ),
    "You give inf each time. Tensors are never one key of a Counter or set: take things.tolist().": lambda s: math.inf,
    "You count pairs of different things. s is the number of all draws.": lambda s: _pairs(s.unique()) / _twins(s),
    "You take the things for their counts. unique(return_counts=True) gives the things first, then the counts.": (
        lambda s: 2 * _pairs(s) / (s.unique() * (s.unique() - 1)).sum()
    ),
    "You multiply the pairs by the twins. Divide by them.": lambda s: _pairs(s) * _twins(s),
    "Brackets are missing: s * (s - 1) / 2, then divide by the twins.": lambda s: len(s) ** 2 - 0.5 / _twins(s),
    "Your loop misses the last draw, or the last pair. range(n) ends at n - 1.": lambda s: _pairs(s) / _twins(s[:-1]),
    "You leave out the thing called 0. It is a name as any other.": lambda s: _over(_pairs(s), _twins(s[s != 0])),
    "That is the size of support for which s draws hold a twin with a fair chance. The twins say more: count them.": (
        lambda s: len(s) ** 2,
        lambda s: (len(s) / 1.18) ** 2,
    ),
    "You give the number of pairs, twins or draws alone. The support is pairs / twins.": (_pairs, _twins, len),
    "The numbers are names only, and you count up to the largest. Count pairs that are alike.": (
        max,
        lambda s: max(s) + 1,
    ),
    "You cut to whole numbers. Give the quotient as it is.": lambda s: math.floor(_support(s)),
}


def _judge_support(answer: Callable) -> str:
    _judge(answer, _DRAWS, _support, _OTHER_SUPPORTS, lambda s: f"things {s.tolist()}", _SUPPORT_SLIPS)
    alone = None
    with suppress(NotAttempted):
        (alone,) = _ask(answer, [_NO_TWINS], {"division by zero": "Without twins you divide by 0. Give math.inf."})
    if alone != math.inf:
        raise Mistake(f"For four draws without twins you give {alone}. No size is excluded above: give math.inf.")
    return "From pairs alone, you know at least about how many different things there are, seen or not."


# Exercise 3: how far the class shares are off.

_CLASSES = [  # seven labels first: their number in an error tells whose length it is
    (torch.tensor([1, 2, 2, 0, 1, 1, 2]), torch.tensor([0.25, 0.3, 0.45], dtype=torch.float64)),
    (torch.tensor([0, 0, 1, 2, 2, 2, 3, 1, 0, 0]), torch.tensor([0.1, 0.4, 0.3, 0.2], dtype=torch.float64)),
    (torch.tensor([4, 1, 1, 0, 3, 2, 4, 4]), torch.tensor([0.3, 0.2, 0.05, 0.35, 0.1], dtype=torch.float64)),
]
_EMPTY = [  # the middle class, the last, and most of twelve; shares with three digits, and a KL above 1
    (torch.tensor([0, 2, 2, 0, 2]), torch.tensor([0.3, 0.2, 0.5], dtype=torch.float64)),
    (torch.tensor([0, 1, 1, 0, 1, 2]), torch.tensor([0.4, 0.2, 0.3, 0.1], dtype=torch.float64)),
    (torch.tensor([11, 10, 11, 3, 11, 0]), torch.tensor(6 * [0.125] + 4 * [0.05] + 2 * [0.025], dtype=torch.float64)),
]
_BY_DEFAULT = "class_coverage counts ten classes unless you say classes=len(share). And give it share."
_LABELS = "Here is an entry for each label, there one for each class. Labels are names: count how often each comes."
_DROPPED = "Two lengths differ. The empty classes that you leave out of one, leave out of the other too: share[p > 0]."
_ALL = "Two lengths differ, or an index goes too far. Count all classes, the empty ones too: minlength=len(share)."
_LOG_0 = "A class without a sample has the share 0, and log 0 is not defined. It adds nothing: leave it out."
_KL_SLIPS = {
    **dict.fromkeys(("for each of 10 classes", "how many `classes`"), _BY_DEFAULT),
    "bincount_cpu": "bincount counts labels, whole numbers. Are the arguments swapped, or the labels floats?",
    **dict.fromkeys(("tensor a (7)", "mask [7]"), _LABELS),
    **dict.fromkeys(("tensor a (2)", "shapes (2,)"), _DROPPED),
    **dict.fromkeys(("non-singleton dimension", "could not be broadcast", "is shorter than", "is longer than"), _ALL),
    **dict.fromkeys(("index out of range", "out of bounds", "shape of the mask"), _ALL),
    **dict.fromkeys(("math domain error", "expected a nonnegative"), _LOG_0),
    "division by zero": "You divide by 0. Divide found by share, and leave out a class without a sample.",
}


def _found(labels: Tensor, share: Tensor) -> Tensor:
    return torch.bincount(labels, minlength=len(share)).double() / len(labels)


def _divergence(p: Tensor, q: Tensor) -> Tensor:
    return (torch.xlogy(p, p) - torch.xlogy(p, q)).sum()


def _kl(labels: Tensor, share: Tensor) -> float:
    return _divergence(_found(labels, share), share).item()


def _of(formula: Callable[[Tensor, Tensor], Tensor]) -> Callable[[Tensor, Tensor], Tensor]:
    """A formula of the found and the expected shares, as a function of labels and shares."""
    return lambda labels, share: formula(_found(labels, share), share)


def _paired(counts: Callable[[Tensor], Iterable[int]]) -> Callable[[Tensor, Tensor], Tensor]:
    """The KL of counts in another order than that of the classes."""
    return lambda labels, share: _divergence(torch.tensor([*counts(labels)]).double() / len(labels), share)


_OTHER_KLS = {
    "That is KL(share ‖ found), the other direction, or its mean. Weigh the logs by what you found, and add up.": (
        _of(lambda p, q: _divergence(q, p)),
        _of(lambda p, q: _divergence(q, p) / len(q)),
    ),
    "That is log base 2 or 10. In nats it is the natural log.": (
        _of(lambda p, q: _divergence(p, q) / math.log(2)),
        _of(lambda p, q: _divergence(p, q) / math.log(10)),
    ),
    "You take the mean over the classes. It is a sum.": _of(lambda p, q: _divergence(p, q) / len(q)),
    "Counts stand where shares belong, as weights, in the log, or both. Divide them by the number of labels.": (
        lambda labels, share: len(labels) * _kl(labels, share),
        lambda labels, share: _kl(labels, share) + math.log(len(labels)),
        lambda labels, share: _divergence(len(labels) * _found(labels, share), share),
    ),
    "You divide the counts by the number of classes. Divide by the number of labels.": (
        lambda labels, share: _divergence(len(labels) / len(share) * _found(labels, share), share)
    ),
    "You compare with equal shares. Compare with the shares that you are given.": (
        _of(lambda p, q: _divergence(p, torch.full_like(q, 1 / len(q)))),
        _of(lambda p, q: _divergence(p, torch.full_like(q, 0.1))),  # of ten classes, as class_coverage(labels)
    ),
    "The weights are missing, or are the expected shares. Weigh each log(found / share) by what you found.": (
        _of(lambda p, q: (p / q).log().sum()),
        _of(lambda p, q: (q * (p / q).log()).sum()),
    ),
    "Only the sign is turned: a minus in front, or share / found in the log.": _of(lambda p, q: -_divergence(p, q)),
    "That is the cross-entropy, -Σ found·log share. Add Σ found·log found.": _of(lambda p, q: -(p * q.log()).sum()),
    "That is the entropy of what you found, or minus that. share does not enter it: take log(found / share).": (
        _of(lambda p, q: -(p * p.log()).sum()),
        _of(lambda p, q: (p * p.log()).sum()),
    ),
    "You take away Σ share·log share. Take Σ found·log share.": _of(lambda p, q: (p * p.log() - q * q.log()).sum()),
    "You divide after the log, by share or its log. Divide inside: log(found / share).": (
        _of(lambda p, q: (p * p.log() / q).sum()),
        _of(lambda p, q: (p * p.log() / q.log()).sum()),
    ),
    "F.kl_div wants the log of its first argument: share.log().": _of(lambda p, q: (p * (p.log() - q)).sum()),
    "That is the Jensen-Shannon divergence. Asked is the KL.": _of(
        lambda p, q: (_divergence(p, (p + q) / 2) + _divergence(q, (p + q) / 2)) / 2
    ),
    "That is the sum of both directions of KL. Asked is one.": _of(lambda p, q: _divergence(p, q) + _divergence(q, p)),
    "You add up differences of the shares, or their squares. Asked is the KL.": (
        _of(lambda p, q: (p - q).abs().sum()),
        _of(lambda p, q: (p - q).abs().sum() / 2),
        _of(lambda p, q: (p - q).square().sum()),
        _of(lambda p, q: ((p - q).square() / q).sum()),
    ),
    "You cut terms below 0, or take absolute values. They belong to the sum as they are.": (
        _of(lambda p, q: (p * (p / q).log()).clamp(min=0).sum()),
        _of(lambda p, q: (p * (p / q).log()).abs().sum()),
    ),
    "You count every class once more than it came. Take the shares as they were found.": (
        lambda labels, share: _divergence((len(labels) * _found(labels, share) + 1) / (len(labels) + len(share)), share)
    ),
    "You leave out the first class or the last. Classes go from 0 to K - 1, and so does range(K).": (
        _of(lambda p, q: _divergence(p[:-1], q[:-1])),
        _of(lambda p, q: _divergence(p[1:], q[1:])),
        _of(lambda p, q: _divergence(p[1:], q[:-1])),  # labels from 1 to K
    ),
    "Counts and shares are paired wrongly: a Counter goes by the first to come, most_common by size. Go by label.": (
        _paired(lambda labels: Counter(labels.tolist()).values()),
        _paired(lambda labels: [count for _, count in Counter(labels.tolist()).most_common()]),
    ),
}
_EMPTY_SUM = "A class without a sample makes your sum {}: 0·log 0. That term is 0: leave the class out of the sum."
_OTHER_EMPTIES = {
    _EMPTY_SUM.format("NaN"): lambda labels, share: math.nan,
    _EMPTY_SUM.format("inf"): lambda labels, share: math.inf,
    "Where a class is empty you give 0. Only its own term is 0: mend that, not the sum.": lambda labels, share: 0,
    "Counts and shares are paired wrongly where a class is empty: unique leaves it out. Take share[labels found].": (
        lambda labels, share: _kl(labels.unique(return_inverse=True)[1], share)
    ),
    "You make the shares of the classes that came add up to 1 again. Leave them as they are.": (
        lambda labels, share: _kl(labels, share) + share[labels.unique()].sum().log()
    ),
    "You count ten classes. There are len(share), here up to twelve.": (
        lambda labels, share: _divergence(_found(labels, share)[:10], share[:10])
    ),
}


def _judge_class_kl(answer: Callable) -> str:
    def show(labels: Tensor, share: Tensor) -> str:
        return f"labels {labels.tolist()} and share {share.tolist()}"

    _judge(answer, _CLASSES, _kl, _OTHER_KLS, show, _KL_SLIPS)
    _judge(answer, _EMPTY, _kl, _OTHER_EMPTIES, show, _KL_SLIPS)
    return "A class that is missing adds nothing itself; it shows in the others, which have too much."


copies = Exercise(
    judge=_judge_copies,
    hints=(
        "For each fake find the nearest training point and the nearest held-out one. Which is nearer, in what share?",
        "torch.cdist(fake, train).min(1).values: one distance for each fake. And of N + H points, which may each be "
        "the nearest, N are in train: honest = N / (N + H).",
        "share = α + (1 - α)·honest, so share - honest = α·(1 - honest). Divide.",
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
        "Of s draws there are s(s - 1)/2 pairs. How many of them are twins?",
        "A table of all pairs: things[:, None] == things. Its diagonal compares each draw with itself.",
        "Above the diagonal each pair stands once: .triu(1). And without twins: math.inf.",
    ),
    answer="""def support(things):
    twins = (things[:, None] == things).triu(1).sum().item()  # each pair once, and none with itself
    pairs = len(things) * (len(things) - 1) / 2
    return pairs / twins if twins else math.inf
""",
)
class_kl = Exercise(
    judge=_judge_class_kl,
    hints=(
        "First the shares that were found: torch.bincount counts. Give it minlength: the last class may be empty.",
        "found·log(found / share) goes to 0 with found: an empty class adds nothing. But 0·log 0 is NaN for torch.",
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
                "c": "A copy has its source among your 10,000 once in six. So share = ½ + (α/6)/2: α/12 = 0.05.",
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
                "a": "Sevens still come, if seldom. So it counts ten, as it should.",
                "b": "Recall asks whether real images are within reach of some fake, not how often.",
                "c": "How often a class comes is what its share says. The KL weighs all ten shares.",
            },
        ),
    )
)
