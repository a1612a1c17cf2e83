"""Experiments of lesson 12, for sweeps.py: other deals of the real digits, and other seeds of the two trainings."""

from functools import cache, partial
from typing import NamedTuple

import torch
from lesson_09 import dense_players
from torch import Tensor

from gan_lessons import digits, features, losses, metrics, neighbours, penalties, pretrained
from gan_lessons.recipes import Adam, Recipe
from gan_lessons.training import GAN

N, M = 5_000, 2_000  # images of each kind, fakes
KEPT = 30_000  # of the training images, for which features are computed


class Pack(NamedTuple):
    """What one process computes once: images, classes and features of real and of generated digits."""

    images: Tensor
    classes: Tensor
    found: Tensor
    outside: Tensor
    drawn: Tensor
    drawn_found: Tensor


@cache
def pack(name: str) -> Pack:
    make, judge = pretrained.SOURCES[name], features.judge(name)
    data, test = make("train", labels=True), make("test")
    torch.manual_seed(0)
    order = torch.randperm(len(data))[:KEPT]
    G, _ = pretrained.generator("dcgan", name)
    with torch.no_grad():
        drawn = torch.cat([G(z) for z in torch.randn(10_000, 64).split(500)])
    images = data.images[order]
    found, outside = (judge.features(digits.to_float(x)) for x in (images, test.images[torch.randperm(10_000)]))
    return Pack(images, data.labels[order], found, outside, digits.to_uint8(drawn), judge.features(drawn))


def pixels(images: Tensor) -> Tensor:
    return images.flatten(1).double() / 255


def z(m: neighbours.Memorisation) -> float:
    return (m.share - 0.5) / m.error


def real(name: str, seed: int) -> dict[str, float]:
    """Sellers of known truth, with training, held-out and new images dealt anew."""
    judge, have = features.judge(name), pack(name)
    torch.manual_seed(seed)
    deal = torch.randperm(KEPT)
    train, held, people = deal.split(10_000)
    A, kept, C = have.found[train[:N]], have.found[held[:N]], have.found[people]
    others = have.drawn_found[torch.randperm(10_000)]
    results = {"honest_z": z(neighbours.memorisation(C[:M], A, kept))}
    for alpha in (0.1, 0.3, 0.5, 0.8):
        n = round(alpha * N)
        m = neighbours.memorisation(torch.cat([A[:n], C[n:N]]), A, kept)
        results |= {f"alpha_{alpha}_off": (2 * m.share - 1 - alpha) / (2 * m.error), f"alpha_{alpha}_z": z(m)}
    copies = digits.to_float(have.images[train[:1_000]])
    moved, noise = torch.full_like(copies, -1), 0.3 * torch.randn_like(copies)
    moved[..., 2:] = copies[..., :-2]
    flat = [pixels(have.images[which[:N]]) for which in (train, held)]
    for disguise, x in {"moved": moved, "noisy": copies + noise, "both": moved + noise}.items():
        x = x.clamp(-1, 1)
        results[f"{disguise}_features_z"] = z(neighbours.memorisation(judge.features(x), A, kept))
        results[f"{disguise}_pixels_z"] = z(neighbours.memorisation(pixels(digits.to_uint8(x)), *flat))
    ones = pixels(have.images[people[have.classes[people] == 1][:1_000]])
    noisy = pixels(digits.to_uint8((copies + noise).clamp(-1, 1)))
    far = {who: neighbours.nearest(x, flat[0]).distances.mean().item() for who, x in (("ones", ones), ("noisy", noisy))}
    results |= {"ones_over_noisy": far["ones"] / far["noisy"], "ones_z": z(neighbours.memorisation(ones, *flat))}
    hits, owned = M // 6, have.found[train]
    suspects = {"people": C[:M], "copier": torch.cat([A[:hits], C[hits:M]]), "dcgan": others[:M]}
    dock = {who: neighbours.memorisation(x, owned, have.outside) for who, x in suspects.items()}
    results |= {f"dock_{who}": m.share for who, m in dock.items()}
    stolen = dock["copier"].share - dock["people"].share
    results["dock_dcgan_over_copier"] = (dock["dcgan"].share - dock["people"].share) / stolen
    nearest = torch.cdist(C[:M].double(), torch.cat([A, kept[: N // 2]]).double()).argmin(1)
    results["unequal"] = (nearest < N).double().mean().item()
    mine, other = (pixels(have.images[people[k : k + 1_000]]) for k in (0, 1_000))
    radius = neighbours.closest_pairs(mine, 300).distances[-1].item()
    ask = {"people": other, "dcgan": pixels(have.drawn[torch.randperm(10_000)[:1_000]])}
    return results | {f"twins_{who}": neighbours.birthday(x, radius).twins / 300 for who, x in ask.items()}


def classes(name: str, seed: int) -> dict[str, float]:
    """Real digits with all, half or none of the eights."""
    judge, have = features.judge(name), pack(name)
    torch.manual_seed(seed)
    deal = torch.randperm(KEPT)
    eights, rest = (deal[(have.classes[deal] == 8) == is_eight] for is_eight in (True, False))

    def named(found: Tensor) -> Tensor:
        return judge.classifier.head(found).argmax(1)

    usual, results = metrics.class_coverage(named(have.outside)).share, {}
    for part, n in {"all": 980, "half": 490, "none": 0}.items():
        sold = have.found[torch.cat([eights[:n], rest[: 10_000 - n]])[torch.randperm(10_000)]]
        reached = neighbours.prdc(have.outside[:3_000], sold[:3_000])
        results |= {
            f"{part}_floors": metrics.frechet_distance(metrics.gaussian_fit(sold), judge.reference) / judge.floor,
            f"{part}_recall": reached.recall,
            f"{part}_coverage": reached.coverage,
            f"{part}_kl": metrics.class_coverage(named(sold), usual).reverse_kl,
        }
    return results


def known(seed: int) -> dict[str, float]:
    """The birthday estimate for samplers of 500 things, over 1/Σp²."""
    torch.manual_seed(seed)
    fair = torch.full((500,), 1 / 500)
    favourites = torch.cat([torch.full((20,), 0.5 / 20), torch.full((480,), 0.5 / 480)])
    found = {}
    for name, p in {"fair": fair, "favourites": favourites}.items():
        draws = torch.multinomial(p, 400, replacement=True)[:, None].double()
        found[name] = neighbours.birthday(draws).support * p.square().sum().item()
    return found


adam = Adam(2e-3, betas=(0.0, 0.99))
RECIPE = Recipe(
    loss=losses.non_saturating,
    players=partial(dense_players, 128),
    penalties=(penalties.r1(0.5, every=8),),
    batch=32,
    opt_G=adam,
    opt_D=adam,
    average=0.99,
)


def trained(images: Tensor, name: str, seed: int, steps: int) -> tuple[GAN, list[float]]:
    gan = GAN.from_recipe(RECIPE, seed)
    loss_D = [record["loss_D"].item() for record in gan.train(digits.Digits(images, name=name), steps)]
    return gan, loss_D


def hundred(name: str, seed: int) -> dict[str, float]:
    """A GAN of 100 images, others with each seed: does it copy?"""
    data = pretrained.SOURCES[name]()
    torch.manual_seed(seed)
    train, held, people = data.images[torch.randperm(len(data))[:1_200]].split([100, 100, 1_000])
    gan, loss_D = trained(train, name, seed, 2_500)
    few = digits.to_uint8(gan.sample(M))
    sets = [pixels(x) for x in (few, train, held)]
    copied = neighbours.memorisation(*sets)
    radius = neighbours.closest_pairs(pixels(people), 300).distances[-1].item()
    twins = neighbours.birthday(pixels(few[:1_000]), radius).twins / 300
    return {
        "share": copied.share,
        "z": z(copied),
        "twins": twins,
        "sources": len(neighbours.nearest(pixels(few), pixels(train)).indices.unique()),
        "loss_D_falls_to": sum(loss_D[-250:]) / sum(loss_D[:250]),
    }


def skewed(name: str, seed: int) -> dict[str, float]:
    """A GAN of 4,000 images, 40 % of them sixes and 1 % zeros."""
    judge, data = features.judge(name), pretrained.SOURCES[name]("train", labels=True)
    torch.manual_seed(seed)
    order = torch.randperm(len(data))
    given = torch.full((10,), 0.59 / 8, dtype=torch.float64)
    given[6], given[0] = 0.4, 0.01
    dealt = data.labels[order]
    first = torch.cat([(dealt == k).nonzero()[: round(4_000 * given[k].item()), 0] for k in range(10)])
    labels = judge.classify(trained(data.images[order[first]], name, seed, 1_500)[0].sample(N))
    found, even = metrics.class_coverage(labels, given), metrics.class_coverage(labels)
    return {
        "sixes": found.share[6].item(),
        "next": found.share[torch.arange(10) != 6].max().item(),
        "zeros": found.share[0].item(),
        "kl_given": found.reverse_kl,
        "kl_even": even.reverse_kl,
        "ratio": found.reverse_kl / even.reverse_kl,
    }


SETS = {"mnist": "MNIST", "drawn": "drawn digits"}
RUNS = {"real": real, "classes": classes, "hundred": hundred, "skewed": skewed}
SWEEPS = {f"12_{run}_{key}": partial(RUNS[run], name) for run in RUNS for key, name in SETS.items()}
SWEEPS["12_known"] = known
