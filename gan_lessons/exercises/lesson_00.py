"""Exercises of lesson 00."""

import torch

from gan_lessons import toys
from gan_lessons.exercises.engine import Exercise, Mistake, Question, Quiz, call, number


def _islands(answer) -> str:
    if hasattr(answer, "modes"):
        raise Mistake("That is the ring itself. How many modes did it get? Give that number.")
    islands = number(answer)
    wrong = {
        8: "Eight is the ring of this lesson. The question is about Ring(modes=5, radius=2.0).",
        2: "Two is the radius: how far out the islands lie, not how many there are.",
        10: "Ten is modes times radius, or two coordinates an island. The islands alone are the modes.",
        7: "Seven is modes plus radius. The radius says how far out the islands lie; it adds none.",
        6: "One too many: the middle of the ring is empty. There are as many islands as modes.",
        4: "One too few: every mode is an island, the first one too.",
    }
    if islands in wrong:
        raise Mistake(wrong[islands])
    if islands != round(islands) or islands < 0:
        raise Mistake(f"{islands:.8g} is no count of islands. Give a whole number: how many modes were asked for?")
    if islands != 5:
        raise Mistake(f"It is not {islands:g}. Read the first argument of toys.Ring again: it says how many modes.")
    return "Five: the argument modes says so. This is how every check works."


islands = Exercise(
    judge=_islands,
    hints=("An island is a mode.", "toys.Ring(modes=5, radius=2.0) has as many islands as modes."),
    answer="my_islands = 5",
)


# What other answers would give, from the distances d (N, K), the vectors v (N, K, 2) they belong to, and std.
_OTHER_SHARES = {
    "You compare squared distances with 3 * std. Take the square root, or square the right side.": (
        lambda d, v, std: d.square().amin(1) < 3 * std
    ),
    "You compare squared distances with 3 * std². Square the 3 as well, or take the square root.": (
        lambda d, v, std: d.square().amin(1) < 3 * std**2
    ),
    "You compare with 3 * std², the variance. The standard deviation is std itself.": (
        lambda d, v, std: d.amin(1) < 3 * std**2
    ),
    "That is the share that is too far away, the opposite of what is asked. Turn the comparison.": (
        lambda d, v, std: d.amin(1) >= 3 * std
    ),
    "That is the share near all modes at once, so the farthest decides. The nearest counts: min over the modes.": (
        lambda d, v, std: d.amax(1) < 3 * std
    ),
    "You look at the first mode only. Take the nearest of all of them.": lambda d, v, std: d[:, 0] < 3 * std,
    "You look at the last mode only. Does a loop forget the ones before? Take the nearest of all.": (
        lambda d, v, std: d[:, -1] < 3 * std
    ),
    "You take the mean distance over the modes. The nearest one counts: min over the modes.": (
        lambda d, v, std: d.mean(1) < 3 * std
    ),
    "You compare each coordinate by itself, which draws a square. Take the Euclidean distance.": (
        lambda d, v, std: (v.abs() < 3 * std).all(-1).any(1)
    ),
    "You add up the coordinates without squares. Take the Euclidean distance, as torch.cdist does.": (
        lambda d, v, std: v.abs().sum(-1).amin(1) < 3 * std
    ),
    "You use the first coordinate only. Take the Euclidean distance, as torch.cdist does.": (
        lambda d, v, std: v[..., 0].abs().amin(1) < 3 * std
    ),
    "You compare the index of the nearest mode. min(1) gives values and indices: take .values.": (
        lambda d, v, std: d.argmin(1) < 3 * std
    ),
    "That is the mean distance to the nearest mode. Compare each distance with 3 * std, then take the mean.": (
        lambda d, v, std: d.amin(1)
    ),
    "You average over samples and modes. A sample counts once, if its nearest mode is near: min over the modes.": (
        lambda d, v, std: d < 3 * std
    ),
    "A sample near two modes counts twice with you. It counts once, if its nearest is near: min over the modes.": (
        lambda d, v, std: (d < 3 * std).sum(1)
    ),
    "That is the share of modes that were found. Take the minimum over the modes, dimension 1, not over the samples.": (
        lambda d, v, std: d.amin(0) < 3 * std
    ),
    "You take the minimum over the samples, dimension 0. Take it over the modes, dimension 1.": (
        lambda d, v, std: (d.amin(0) < 3 * std).sum() / len(d)
    ),
    "You count the modes that were found. Asked is the share of samples that are near.": (
        lambda d, v, std: (d.amin(0) < 3 * std).sum()
    ),
    "You count the near samples. Divide by how many there are.": lambda d, v, std: (d.amin(1) < 3 * std).sum(),
    "You divide by the number of modes. Divide by the number of samples.": (
        lambda d, v, std: (d.amin(1) < 3 * std).sum() / d.shape[1]
    ),
    "You divide the near samples by the far ones. Divide by all of them.": (
        lambda d, v, std: (d.amin(1) < 3 * std).sum() / (d.amin(1) >= 3 * std).sum()
    ),
    "That is a percentage. Give a share between 0 and 1.": lambda d, v, std: 100 * (d.amin(1) < 3 * std).float(),
    "You round to 0 or 1. A share may lie between: give it as it is.": (
        lambda d, v, std: (d.amin(1) < 3 * std).float().mean().round()
    ),
}
_SLIPS = {
    "could not infer output dtype": "Truth values have no mean. Turn them into floats first: .float().mean().",
    "torch.return_types.min": "min(1) gives two things, values and indices. Take .values.",
    "must match the size of tensor": (
        "Two shapes do not fit. Every sample needs its distance to every mode: torch.cdist(samples, modes)."
    ),
}


def _clouds() -> list[tuple[torch.Tensor, torch.Tensor, float]]:
    """Samples, modes and std: far apart, overlapping, and large. The first and the last leave one mode unvisited."""
    generator = torch.Generator().manual_seed(0)
    clouds = []
    for n, std, visited, modes in [
        (400, 0.05, 7, toys.Ring(modes=8).modes),
        (250, 0.25, 3, torch.tensor([[0.0, 0.0], [0.5, 0.1], [0.1, 0.6]])),
        (300, 2.0, 2, torch.tensor([[-15.0, 4.0], [9.0, 7.0], [2.0, -30.0]])),
    ]:
        home = modes[torch.arange(n) % visited]
        angle, radius = torch.rand(2, n, generator=generator) * torch.tensor([[2 * torch.pi], [7 * std]])
        samples = home + radius[:, None] * torch.stack([angle.cos(), angle.sin()], 1)
        clear = (torch.cdist(samples, modes).amin(1) / std - 3).abs() > 0.05  # rounding decides about none
        clouds.append((samples[clear], modes, std))
    return clouds


def _share(share, samples, modes, std) -> float:
    """The learner's number for copies of these, which must come back unchanged."""
    copies = samples.clone(), modes.clone()
    given = call(share, *copies, std, slips=_SLIPS)
    if not (torch.equal(copies[0], samples) and torch.equal(copies[1], modes)):
        raise Mistake("You changed the samples or modes that were given to you: /= and -= do that. Make new tensors.")
    n = len(samples)
    if n > 1 and (getattr(given, "shape", ())[:1] == (n,) or (isinstance(given, list) and len(given) == n)):
        raise Mistake("You give one value for each sample. The share is their mean: one number.")
    return number(given)


def _near(samples, modes, std) -> torch.Tensor:
    return (samples[:, None] - modes).norm(dim=-1).amin(1) < 3 * std


def _high_quality(share) -> str:
    clouds = _clouds()
    given = [_share(share, *cloud) for cloud in clouds]
    right = [_near(*cloud).float().mean().item() for cloud in clouds]

    def same(a, b):
        return all(abs(x - y) < 1e-3 * max(1, abs(y)) for x, y in zip(a, b, strict=True))

    if same(given, right):
        return "The nearest mode decides, and three standard deviations of it."
    for message, other in _OTHER_SHARES.items():
        vectors = [(samples[:, None] - modes, std) for samples, modes, std in clouds]  # (N, K, 2)
        if same(given, [other(v.norm(dim=-1), v, std).float().mean().item() for v, std in vectors]):
            raise Mistake(message)
    if max(given) == min(given):
        raise Mistake(
            f"You give {given[0]:g} for whatever samples, modes and std. Compare each sample's "
            "own distance with 3 * std, and cut nothing off their mean (/ not //)."
        )
    divisors = [len(cloud[0]) * r / g if g else 0 for cloud, r, g in zip(clouds, right, given, strict=True)]
    if same(divisors, divisors[:1] * 3):
        raise Mistake(f"You divide by {divisors[0]:.4g}, however many samples there are. Divide by len(samples).")
    if same(given, [_share(share, samples, modes, 2 * std) for samples, modes, std in clouds]):
        raise Mistake("Your share stays the same when std doubles. Compare the distances with 3 * std, the one given.")
    if same(given, [_share(share, samples, modes + 9 * std, std) for samples, modes, std in clouds]):
        raise Mistake("Your share stays the same when all modes move. Take the distances from samples to modes.")
    _, modes, std = clouds[0]
    steps = torch.arange(0.05, 9, 0.1)  # one sample, twice, ever farther outwards from the first mode, in units of std
    alone = [_share(share, modes[:1].repeat(2, 1) * (1 + s * std / modes[0].norm()), modes, std) for s in steps]
    if odd := [(s, a) for s, a in zip(steps, alone, strict=True) if a not in (0, 1)]:
        raise Mistake(
            f"Samples {odd[0][0]:.1f} standard deviations from their mode all count, or none: the share is 1 or 0. "
            f"Yours is {odd[0][1]:.3g}. Compare each distance with 3 * std, then take the mean."
        )
    if min(alone) == 1:
        raise Mistake(
            "With you samples count even nine standard deviations from any mode. Is it their distance that you "
            "compare, and with 3 * std?"
        )
    if max(alone) == 0:
        raise Mistake(
            "With you no sample counts, not even one right beside a mode. Do you compare its distance "
            "to the nearest mode with 3 * std?"
        )
    if sorted(alone, reverse=True) == alone and abs((limit := sum(alone) / 10) - 3) > 0.2:
        raise Mistake(f"With you a sample counts up to a distance of about {limit:g} * std. It should be 3 * std.")
    if wrong := [(s, a) for s, a in zip(steps, alone, strict=True) if abs(s - 3) > 0.2 and a != (s < 3)]:
        raise Mistake(
            f"Samples {wrong[0][0]:.2f} standard deviations from their mode should {'not ' * (wrong[0][0] > 3)}count, "
            f"and with you they do{' not' * (wrong[0][1] == 0)}. Compare the distance with 3 * std and nothing else."
        )
    if max(abs(g - r) for g, r in zip(given, right, strict=True)) < 0.06:
        raise Mistake(f"Close: {given[1]:g} where the share is {right[1]:.4f}. Do you round? Give it as it is.")
    raise Mistake(
        f"On {len(clouds[1][0])} samples of overlapping islands the share is {right[1]:.3f}; yours is {given[1]:.3f}. "
        "The distance to the nearest mode decides, whichever it is."
    )


high_quality = Exercise(
    judge=_high_quality,
    hints=(
        "Which of the K modes decides for one sample? Only the nearest.",
        "torch.cdist(samples, modes) has shape (N, K). Take the minimum over the modes, dimension 1.",
        "Compare the minimum with 3 * std. The mean of the truth values, as floats, is the share.",
    ),
    answer="""\
def high_quality_share(samples, modes, std):
    nearest = torch.cdist(samples, modes).min(1).values  # (N,)
    return (nearest < 3 * std).float().mean().item()     # the mean of zeros and ones is a share""",
)

quiz = Quiz(
    (
        Question(
            "b",
            {
                "a": "G never sees a real point. Look at move_G: there is no real in it.",
                "b": "D's slope says which way more real lies.",
                "c": "Nobody computes that distance in training. We used it to judge, afterwards.",
            },
        ),
        Question(
            "a",
            {
                "a": "D's loss is D's business. G has its own move.",
                "b": "D's own gradients are the same with and without it.",
                "c": "The noise is random anyhow.",
            },
        ),
        Question(
            "c",
            {
                "a": "Perhaps. But a D that has learned nothing guesses as well, whatever G does.",
                "b": "Perhaps. But a perfect G forces even the best D to guess.",
                "c": "Guessing has two causes, and the loss cannot tell them apart.",
            },
        ),
    )
)
