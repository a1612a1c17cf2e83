"""Answers to the exercises of lesson 00, right ones in many styles and wrong ones with the words that each must get."""

import math

import numpy as np
import torch

from gan_lessons import metrics, toys

# How many islands?

RING = toys.Ring(modes=5, radius=2.0)
ISLANDS = [5, 5.0, len(RING.modes), np.int64(5), np.array(5), np.float32(5), torch.tensor(5), torch.tensor([5.0])]
WRONG_ISLANDS = [
    (8, "Eight is the ring of this lesson"),
    (2, "Two is the radius"),
    (2.0, "Two is the radius"),
    (10, "modes times radius"),
    (7, "modes plus radius"),
    (6, "One too many"),
    (np.int64(4), "One too few"),
    (1, "It is not 1. Read the first argument"),
    (-5, "-5 is no count"),
    (4 * math.pi, "12.566371 is no count"),
    (math.nan, "You give nan"),
    ("5", "the text '5'"),
    (b"5", "the text b'5'"),
    ([5], "This list has length 1"),
    (True, "True, a truth value"),
    (np.array([5, 2]), "This ndarray has the shape (2,)"),
    (RING.modes, "This Tensor has the shape (5, 2)"),
    (RING, "the ring itself"),
    (lambda: 5, "of type function"),
]


# The share of samples within three standard deviations of their nearest mode


def nearest(samples, modes):
    return torch.cdist(samples, modes).min(1).values


def mean(condition):
    return condition.float().mean()


def within(width):
    return lambda s, m, std: mean(nearest(s, m) < width(std))


def by_loop(samples, modes, std):
    near = [a for a in samples.tolist() if min(math.dist(a, b) for b in modes.tolist()) <= 3 * std]
    return len(near) / len(samples)


def by_einsum(samples, modes, std, k=3):
    apart = samples.double()[:, None] - modes
    return (torch.einsum("nkd,nkd->nk", apart, apart).sqrt() <= k * std).any(1).double().mean()


def in_place(samples, modes, std):
    samples /= std
    modes /= std
    return mean(nearest(samples, modes) < 3)


class Share:
    def __call__(self, s, m, std):
        return torch.mean((nearest(s, m) < 3 * std) * 1.0)


SHARE = [
    within(lambda std: 3 * std),
    by_loop,
    by_einsum,
    Share(),
    lambda s, m, std: torch.cdist(s, m).amin(1).le(3 * std).double().mean().item(),
    lambda s, m, std: (np.linalg.norm(s.numpy()[:, None] - m.numpy(), axis=-1).min(1) <= 3 * std).mean(),
    lambda s, m, std: np.array(float(mean((s[:, None] - m).square().sum(-1).min(1)[0] < (3 * std) ** 2))),
    lambda s, m, std: mean((torch.cdist(s, m) < 3 * std).any(1)).reshape(1),
    lambda s, m, std: mean(nearest(s / std, m / std) < 3).requires_grad_(),
    lambda s, m, std: metrics.mode_coverage(s, m, std).high_quality,
]
WRONG_SHARE = [
    (within(lambda std: std), "up to a distance of about 1 * std"),
    (within(lambda std: 2 * std), "up to a distance of about 2 * std"),
    (within(lambda std: 1.5 * std), "up to a distance of about 1.5 * std"),
    (within(lambda std: 6 * std), "up to a distance of about 6 * std"),
    (within(lambda std: std / 3), "up to a distance of about 0.3 * std"),
    (within(lambda std: 3 * std**2), "3 * std², the variance"),
    (within(lambda std: 3), "stays the same when std doubles"),
    (within(lambda std: 0.15), "stays the same when std doubles"),
    (lambda s, m, std: mean(nearest(s, m) < 3 * nearest(s, m).std()), "stays the same when std doubles"),
    (lambda s, m, std: mean(nearest(s, m).square() < 3 * std), "squared distances with 3 * std."),
    (lambda s, m, std: mean(nearest(s, m).square() < 3 * std**2), "squared distances with 3 * std²"),
    (lambda s, m, std: mean(nearest(s, m) > 3 * std), "too far away, the opposite"),
    (lambda s, m, std: mean(torch.cdist(s, m).max(1).values < 3 * std), "the farthest decides"),
    (lambda s, m, std: mean(torch.cdist(s, m).mean(1) < 3 * std), "the mean distance over the modes"),
    (lambda s, m, std: mean(torch.cdist(s, m[:1]) < 3 * std), "the first mode only"),
    (lambda s, m, std: mean(torch.cdist(s, m[-1:]) < 3 * std), "the last mode only"),
    (lambda s, m, std: mean((s - m.mean(0)).norm(dim=1) < 3 * std), "With you no sample counts"),
    (
        lambda s, m, std: mean((2 * std < nearest(s, m)) & (nearest(s, m) < 3 * std)),
        "should count, and with you they do not",
    ),
    (lambda s, m, std: mean(torch.cdist(s, m, p=1).min(1).values < 3 * std), "without squares"),
    (lambda s, m, std: mean(((s[:, None] - m).abs() < 3 * std).all(-1).any(1)), "each coordinate by itself"),
    (lambda s, m, std: mean((s[:, :1] - m[:, 0]).abs().min(1).values < 3 * std), "the first coordinate only"),
    (lambda s, m, std: mean((s[:, None] - m).sum(-1).min(1).values < 3 * std), "Is it their distance that you"),
    (lambda s, m, std: mean(s.norm(dim=1) < 3 * std), "stays the same when all modes move"),
    (lambda s, m, std: mean(torch.cdist(s, m).min(1)[1] < 3 * std), "the index of the nearest mode"),
    (lambda s, m, std: nearest(s, m).mean(), "the mean distance to the nearest mode"),
    (lambda s, m, std: nearest(s, m).mean() / std, "then take the mean"),
    (lambda s, m, std: mean(torch.cdist(s, m) < 3 * std), "You average over samples and modes"),
    (lambda s, m, std: (torch.cdist(s, m) < 3 * std).sum() / len(s), "counts twice"),
    (lambda s, m, std: mean(torch.cdist(s, m).min(0).values < 3 * std), "the share of modes that were found"),
    (lambda s, m, std: (torch.cdist(s, m).min(0).values < 3 * std).sum() / len(s), "over the samples, dimension 0"),
    (lambda s, m, std: metrics.mode_coverage(s, m, std).modes, "You count the modes"),
    (lambda s, m, std: metrics.mode_coverage(s, m, std), "This Coverage has length 4"),
    (lambda s, m, std: (nearest(s, m) < 3 * std).sum(), "You count the near samples"),
    (lambda s, m, std: (nearest(s, m) < 3 * std).sum() / len(m), "You divide by the number of modes"),
    (
        lambda s, m, std: (nearest(s, m) < 3 * std).sum() / (nearest(s, m) > 3 * std).sum(),
        "near samples by the far ones",
    ),
    (lambda s, m, std: (nearest(s, m) < 3 * std).sum() / 2500, "You divide by 2500"),
    (lambda s, m, std: (nearest(s, m) < 3 * std).sum() // len(s), "cut nothing off"),
    (lambda s, m, std: 100 * mean(nearest(s, m) < 3 * std), "a percentage"),
    (lambda s, m, std: round(mean(nearest(s, m) < 3 * std).item()), "You round to 0 or 1"),
    (lambda s, m, std: round(mean(nearest(s, m) < 3 * std).item(), 2), "Do you round?"),
    (within(lambda std: 3 + std), "even nine standard deviations"),
    (lambda s, m, std: 1.0, "You give 1 for whatever samples"),
    (lambda s, m, std: mean(torch.cdist(s, m).min() < 3 * std), "each sample's own distance"),
    (lambda s, m, std: nearest(s, m) < 3 * std, "one value for each sample"),
    (lambda s, m, std: (nearest(s, m) < 3 * std).tolist(), "one value for each sample"),
    (lambda s, m, std: (nearest(s, m) < 3 * std).mean(), ".float().mean()"),
    (lambda s, m, std: mean(torch.cdist(s, m).min(1) < 3 * std), "Take .values"),
    (lambda s, m, std: mean((s - m).norm(dim=1) < 3 * std), "Two shapes do not fit"),
    (lambda s, m, std: f"{mean(nearest(s, m) < 3 * std):.0%}", "without quotes"),
    (lambda s, m, std: bool((nearest(s, m) < 3 * std).any()), "a truth value"),
    (lambda s, m, std: math.nan, "You give nan"),
    (lambda s, m: 1.0, "takes 2 positional arguments but 3 were given"),
    (in_place, "You changed the samples or modes"),
    (0.97, "without calling it. This is of type float"),
]


RIGHT = {"islands": ISLANDS, "high_quality": SHARE}
WRONG = {"islands": WRONG_ISLANDS, "high_quality": WRONG_SHARE}
