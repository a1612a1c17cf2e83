"""Exercises of lesson 00."""

import torch

from gan_lessons import toys
from gan_lessons.exercises.engine import Exercise, Mistake, Question, Quiz, call


def _islands(answer: int) -> str:
    if isinstance(answer, bool) or not isinstance(answer, int | float):
        raise Mistake(f"Give a number. This is a {type(answer).__name__}.")
    if answer == 8:
        raise Mistake("Eight is the ring of this lesson. The question is about Ring(modes=5, radius=2.0).")
    if answer == 2:
        raise Mistake("Two is the radius. The islands are the modes.")
    if answer != 5:
        raise Mistake("Read the first argument of toys.Ring again: it says how many modes there are.")
    return "Five: the argument modes says so. This is how every check works."


islands = Exercise(
    judge=_islands,
    hints=("An island is a mode.", "toys.Ring(modes=5, radius=2.0) has as many islands as modes."),
    answer="my_islands = 5",
)


def _high_quality(share) -> str:
    generator = torch.Generator().manual_seed(0)
    modes, std, n = toys.Ring(modes=8).modes, 0.05, 900
    # Rings of points at known distances, in turn around every mode: a third within 1σ, a third at 2σ, a third at 4σ.
    angle = 2 * torch.pi * torch.rand(n, generator=generator)
    radius = std * torch.tensor([0.5, 2.0, 4.0]).repeat(n // 3)
    samples = modes[torch.arange(n) % 8] + radius[:, None] * torch.stack([angle.cos(), angle.sin()], 1)
    given = call(share, samples, modes, std)
    number = _number(given, n)
    if abs(number - 2 / 3) < 1e-3:
        # The same points far from all modes but the last: an answer that looks at one mode only is found out.
        if abs(_number(call(share, samples[samples[:, 0] > 0], modes, std), n) - 2 / 3) > 0.02:
            raise Mistake("Right for all islands together, but not for half of them. Do you divide by a fixed number?")
        if abs(_number(call(share, 3 * samples, 3 * modes, 3 * std), n) - 2 / 3) > 1e-3:
            raise Mistake(
                "Three times as large in everything, the share must stay. Is a distance or a width written in?"
            )
        return "Right: the nearest mode decides, and three standard deviations of it."
    apart = (samples[:, None] - modes).abs()  # (N, K, 2)
    distance = apart.square().sum(-1).sqrt()  # (N, K)
    wrong = {
        "That is the share within one standard deviation. High quality means three: 3 * std.": distance.amin(1) < std,
        "That is the share within two standard deviations. High quality means three: 3 * std.": distance.amin(1)
        < 2 * std,
        "You compare squared distances with 3 * std. Take the square root, or square the right side.": (
            distance.square().amin(1) < 3 * std
        ),
        "You compare with 3 * std², the variance. The standard deviation is std itself.": (
            distance.amin(1) < 3 * std**2
        ),
        "That is the share that is too far away, the opposite of what is asked. Turn the comparison.": (
            distance.amin(1) >= 3 * std
        ),
        "You take the farthest mode. The nearest one counts: min, not max.": distance.amax(1) < 3 * std,
        "You look at the first mode only. Take the nearest of all of them.": distance[:, 0] < 3 * std,
        "You take the mean distance over the modes. The nearest one counts: min over the modes.": (
            distance.mean(1) < 3 * std
        ),
        "You compare each coordinate by itself, which draws a square. Take the Euclidean distance.": (
            (apart < 3 * std).all(-1).any(1)
        ),
    }
    for message, chosen in wrong.items():
        if abs(number - chosen.float().mean().item()) < 1e-3:
            raise Mistake(message)
    if abs(number - (distance < 3 * std).float().mean().item()) < 1e-3:
        raise Mistake(
            "You average over samples and modes. A sample counts once, if its nearest mode is near: min over modes."
        )
    if abs(number - (distance.amin(0) < 3 * std).float().mean().item()) < 1e-3:
        raise Mistake(
            "You take the minimum over the samples. That asks which modes were found; take it over the modes."
        )
    raise Mistake(
        f"On samples of which two thirds are near enough, yours gives {number:.3f}. Look at min and at 3 * std."
    )


def _number(given, n: int) -> float:
    """The answer as one number; raises `Mistake` for what is none, or no share."""
    if isinstance(given, torch.Tensor):
        if given.numel() != 1:
            raise Mistake(
                f"You return a tensor of shape {tuple(given.shape)}. Give one number: the mean over all samples."
            )
        given = given.item()
    try:
        number = float(given)
    except (TypeError, ValueError):
        raise Mistake(f"You return a {type(given).__name__}. Give one number between 0 and 1.") from None
    if number > 1 and abs(number - 200 / 3) < 0.1:
        raise Mistake("That is a percentage. Give a share between 0 and 1.")
    if number > 1:
        raise Mistake(f"You return {number:g}. A share lies between 0 and 1: divide by the number of samples, {n}.")
    return number


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
