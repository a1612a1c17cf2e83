"""Experiments of lesson 11, for sweeps.py: other draws of real digits, other seeds of a short run.

The patients' true faults do not depend on chance; which digits they are made of does.
"""

from collections.abc import Callable
from functools import cache, partial

import torch
from scipy.stats import spearmanr
from torch import Tensor, nn
from torch.nn.functional import conv2d, softplus

from gan_lessons import digits, features, metrics, neighbours, recipes
from gan_lessons.training import GAN

N = 2_500


@cache
def _digits(make: Callable) -> tuple[digits.Digits, Tensor, digits.Digits, Tensor]:
    """The training digits and their features, the test digits and theirs."""
    train, test = make("train", labels=True), make("test", labels=True)
    judge = features.judge(train.name)
    return train, judge.features(digits.to_float(train.images)), test, judge.features(digits.to_float(test.images))


def dials(f: Tensor, truth: Tensor, law: metrics.GaussianFit) -> dict[str, float]:
    found = neighbours.prdc(truth, f)._asdict()
    distance = metrics.frechet_distance(metrics.gaussian_fit(f), law)
    return {"frechet": distance, "kernel": metrics.kernel_distance(f, truth)} | found


def held_out_accuracy(real: Tensor, fake: Tensor) -> tuple[float, float]:
    """A small network's accuracy on the half that it was trained on and on the other half."""
    D = nn.Sequential(nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 1), nn.Flatten(0))
    optimiser = torch.optim.Adam(D.parameters(), 2e-3)
    middle, width = real.mean(0), real.std()
    real, fake = (real - middle) / width, (fake[torch.randperm(len(fake))] - middle) / width
    for _ in range(300):
        i, j = torch.randint(len(real) // 2, (2, 64)) * 2
        loss = softplus(-D(real[i])).mean() + softplus(D(fake[j])).mean()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    with torch.no_grad():
        right = [torch.cat([D(real[k::2]) > 0, D(fake[k::2]) <= 0]).double().mean().item() for k in (0, 1)]
    return right[0], right[1]


def patients(make: Callable, seed: int) -> dict[str, float]:
    """Every dial on every patient of the lesson; Fréchet in floors of four real sets of 2,500."""
    train, all_features, test, test_features = _digits(make)
    judge = features.judge(train.name)
    torch.manual_seed(seed)
    order = torch.randperm(len(train))[: 8 * N]
    f, labels = all_features[order], train.labels[order]
    honest = f[4 * N : 5 * N]
    images = digits.to_float(train.images[order[4 * N : 5 * N]])
    noise = judge.features(2 * torch.rand(N // 10, 1, 28, 28) - 1)
    pencil = torch.tensor([1.0, 2.0, 1.0]) / 4
    blurred = conv2d(images + 1, torch.outer(pencil, pencil)[None, None], padding=1) - 1
    glued = torch.cat([images[::10, :, :14], images.roll(1, 0)[::10, :, 14:]], 2)
    static, chimera = honest.clone(), honest.clone()
    static[::10], chimera[::10] = noise, judge.features(glued)
    truth, law = test_features[torch.randperm(len(test))[:N]], judge.reference
    gaussian = torch.distributions.MultivariateNormal(law.mean, law.covariance + 1e-9 * torch.eye(64))
    sets = {
        "honest": honest,
        "even": f[5 * N :][labels[5 * N :] % 2 == 0][:N],
        "static": static,
        "blurred": judge.features(blurred.clamp(-1, 1)),
        "few": honest[: N // 10].repeat(10, 1),
        "chimera": chimera,
        "gaussian": gaussian.sample((N,)).float(),
    }
    real = [dials(part, truth, law) for part in f[: 4 * N].split(N)]
    perfect = {dial: sum(one[dial] for one in real) / 4 for dial in real[0]}
    result = {f"real {dial}": value for dial, value in perfect.items()}
    result["real kernel, largest"] = max(abs(one["kernel"]) for one in real)
    for name, some in sets.items():
        for dial, value in dials(some, truth, law).items():
            result[f"{name} {dial}"] = value / perfect["frechet"] if dial == "frechet" else value
    for name in ("honest", "static", "even", "few"):
        result[f"tester {name}, trained"], result[f"tester {name}, held out"] = held_out_accuracy(f[:N], sets[name])
    counts = {n: metrics.frechet_distance(metrics.gaussian_fit(f[:n]), law) for n in (250, 500, 2_500)}
    return result | {"250 over 2,500": counts[250] / counts[2_500], "500 in floors": counts[500] / perfect["frechet"]}


def train(make: Callable, seed: int) -> dict[str, float]:
    """The dials through 300 steps of `recipes.DCGAN`: rank correlations with Fréchet, and how D's score moves."""
    data, test = make("train"), make("test")
    judge = features.judge(data.name)
    torch.manual_seed(seed)
    some = digits.to_float(test.images[torch.randperm(len(test))[:1_000]])
    truth = judge.features(some)
    gan, log = GAN.from_recipe(recipes.DCGAN, seed), []
    for record in gan.train(data, steps=300):
        if record["step"] in (5, 20, 50, 100, 150, 200, 300):
            with torch.no_grad():
                fake = gan.sample(1_000)
                on_real, on_fake = gan.D(some), gan.D(fake)
            right = ((on_real > 0).double().mean() + (on_fake <= 0).double().mean()).item() / 2
            found = dials(judge.features(fake), truth, judge.reference)
            log.append(found | {"accuracy": right, "score": on_real.mean().item()})
    series = {dial: [row[dial] for row in log] for dial in log[0]}
    result = {f"rank of {dial}": spearmanr(values, series["frechet"]).statistic for dial, values in series.items()}
    pixels = torch.randn(9, 1, 28, 28, requires_grad=True)
    gan.D.requires_grad_(False)
    optimiser = torch.optim.Adam([pixels], lr=0.1)
    for _ in range(60):
        loss = -gan.D(pixels.tanh()).sum()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    return result | {
        "frechet, last over first": series["frechet"][-1] / series["frechet"][0],
        "score of real, range": max(series["score"]) - min(series["score"]),
        "favourite over the best real digit": (gan.D(pixels.tanh()).min() - gan.D(some).max()).item(),
    }


SWEEPS = {
    "11_patients": partial(patients, digits.MNIST),
    "11_patients_drawn": partial(patients, digits.Drawn),
    "11_train": partial(train, digits.MNIST),
    "11_train_drawn": partial(train, digits.Drawn),
}
