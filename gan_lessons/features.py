"""A classifier of digits, trained for one purpose: its features measure how far generated digits are from real ones.

`python -m gan_lessons.features` trains it on MNIST, judges it, and writes data/pretrained/digit_features.safetensors;
with `--references` it keeps the classifier and computes the references anew. The classifier was frozen before any
GAN was tuned. Inception's features are not for digits: their authors say so themselves.
"""

import argparse
import math
from functools import cache
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn.functional import affine_grid, cross_entropy, grid_sample
from tqdm import trange

from gan_lessons import digits
from gan_lessons.files import PRETRAINED, load_tensors, save_tensors
from gan_lessons.metrics import GaussianFit, frechet_distance, gaussian_fit

PATH = PRETRAINED / "digit_features.safetensors"
COMMAND = "python -m gan_lessons.features"
SAMPLES = 10_000  # every Fréchet distance of this course is computed from so many: it depends on the number


def _block(before: int, after: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(before, after, 3, padding=1, bias=False), nn.BatchNorm2d(after), nn.ReLU(),
        nn.Conv2d(after, after, 3, padding=1, bias=False), nn.BatchNorm2d(after), nn.ReLU(),
        nn.MaxPool2d(2),
    )  # fmt: skip


class DigitClassifier(nn.Module):
    """Images (N, 1, 28, 28) in [-1, 1] -> logits (N, 10); `.features` gives the 64 numbers before the last layer."""

    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(1, 16, 5, stride=2, padding=2, bias=False), nn.BatchNorm2d(16), nn.ReLU(),  # (N, 16, 14, 14)
            _block(16, 32),  # (N, 32, 7, 7)
            _block(32, 64),  # (N, 64, 3, 3)
            nn.Flatten(), nn.Dropout(0.3),
            nn.Linear(64 * 3 * 3, 64), nn.ReLU(),
        )  # fmt: skip
        self.head = nn.Linear(64, 10)

    def features(self, x: Tensor) -> Tensor:
        return self.body(x)  # (N, 64)

    def forward(self, x: Tensor) -> Tensor:
        return self.head(self.features(x))  # (N, 10)


class Judge(NamedTuple):
    """The frozen classifier, and what the real digits look like through it."""

    classifier: DigitClassifier
    reference: GaussianFit  #: of the features of the 10,000 real test images
    floor: float  #: mean Fréchet distance from six disjoint sets of 10,000 real training images to the test images

    @torch.no_grad()
    def features(self, x: Tensor) -> Tensor:
        """Features (N, 64) of images (N, 1, 28, 28) in [-1, 1], first rounded to 256 greys as real ones are."""
        greys = digits.to_uint8(x).split(500)  # in pieces: the layers between would fill the memory
        return torch.cat([self.classifier.features(digits.to_float(piece)) for piece in greys])

    @torch.no_grad()
    def classify(self, x: Tensor) -> Tensor:
        """The most likely class (N,) of images (N, 1, 28, 28) in [-1, 1]."""
        return self.classifier.head(self.features(x)).argmax(1)

    def distance(self, x: Tensor) -> float:
        """The Fréchet distance of 10,000 images to the real test images, in squared units of the features.

        Raises `ValueError` for another number of images: distances from other numbers cannot be compared.
        """
        if len(x) != SAMPLES:
            raise ValueError(f"{len(x):,} images: the Fréchet distance depends on their number; give {SAMPLES:,}")
        return frechet_distance(gaussian_fit(self.features(x)), self.reference)

    def floors(self, x: Tensor) -> float:
        """`distance` over the floor: real digits score about 1, and nothing honest scores less for long."""
        return self.distance(x) / self.floor


@cache
def judge(name: str) -> Judge:
    """The judge for the digits of that name (`digits.name`): "MNIST" or "drawn digits"; kept after the first call.

    Raises `ValueError` where there is no reference of that name, and the errors of `files.load_tensors`.
    """
    tensors, _ = load_tensors(PATH)
    parts = {key.partition(".")[2]: value for key, value in tensors.items() if key.startswith(f"{name}.")}
    if not parts:
        known = sorted({key.partition(".")[0] for key in tensors} - {"classifier"})
        raise ValueError(f"no reference for {name!r}: there are {known}; {COMMAND} makes them")
    weights = {
        key.removeprefix("classifier."): value for key, value in tensors.items() if key.startswith("classifier.")
    }
    return Judge(_frozen(weights), GaussianFit(parts["mean"], parts["covariance"]), parts["floor"].item())


def _frozen(weights: dict[str, Tensor]) -> DigitClassifier:
    classifier = DigitClassifier()
    classifier.load_state_dict(weights)
    return classifier.eval().requires_grad_(False).to(memory_format=torch.channels_last)


def _jittered(x: Tensor) -> Tensor:
    """The images turned, scaled and shifted a little: the classifier must not know its training images by heart."""
    n = len(x)
    angle, scale = 0.5 * (torch.rand(n) - 0.5), 1 + 0.2 * (torch.rand(n) - 0.5)  # ±14°, ±10 %
    shift = 0.2 * (torch.rand(n, 2) - 0.5)  # ±10 % of half the width
    rows = [
        angle.cos() * scale,
        -angle.sin() * scale,
        shift[:, 0],
        angle.sin() * scale,
        angle.cos() * scale,
        shift[:, 1],
    ]
    grid = affine_grid(torch.stack(rows, 1).view(n, 2, 3), x.shape, align_corners=False)
    return grid_sample(x + 1, grid, align_corners=False) - 1  # beyond the edge there is paper


def train_classifier(data: digits.Digits, steps: int = 2_500, batch: int = 128, seed: int = 0) -> DigitClassifier:
    """Train the classifier on labelled digits."""
    torch.manual_seed(seed)
    classifier = DigitClassifier().to(memory_format=torch.channels_last)
    optimiser = torch.optim.Adam(classifier.parameters())
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, max_lr=4e-3, total_steps=steps)
    for _ in trange(steps, desc="classifier"):
        x, labels = data.sample(batch)
        loss = cross_entropy(classifier(_jittered(x).contiguous(memory_format=torch.channels_last)), labels)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        schedule.step()
    return classifier


def accuracy(classifier: DigitClassifier, data: digits.Digits) -> float:
    """The share of labelled digits that the classifier recognises, in [0, 1]."""
    judge = Judge(classifier, None, math.nan)
    return (judge.classify(digits.to_float(data.images)) == data.labels).double().mean().item()


def reference(classifier: DigitClassifier, train: digits.Digits, test: digits.Digits) -> dict[str, Tensor]:
    """What `judge` needs to know of real digits: mean and covariance of the test features, and the floor."""
    judge = Judge(classifier, None, math.nan)
    fit = gaussian_fit(judge.features(digits.to_float(test.images)))
    parts = train.images.split(SAMPLES)[:6]
    distances = [frechet_distance(gaussian_fit(judge.features(digits.to_float(part))), fit) for part in parts]
    floor = torch.tensor(distances, dtype=torch.float64)
    print(f"{test.name}: floor {floor.mean():.4f}, the six subsets from {floor.min():.4f} to {floor.max():.4f}")
    return {"mean": fit.mean, "covariance": fit.covariance, "floor": floor.mean()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, prog=COMMAND)
    parser.add_argument("--references", action="store_true", help="keep the classifier, compute the references anew")
    if parser.parse_args().references:
        classifier = judge("MNIST").classifier
    else:
        trained = train_classifier(digits.MNIST("train", labels=True))
        classifier = _frozen(trained.state_dict())
    right = accuracy(classifier, digits.MNIST("test", labels=True))
    print(f"accuracy on MNIST's test images: {right:.2%}")
    tensors = {f"classifier.{key}": value for key, value in classifier.state_dict().items()}
    for make in (digits.MNIST, digits.Drawn):
        test = make("test")
        for key, value in reference(classifier, make("train"), test).items():
            tensors[f"{test.name}.{key}"] = value
    save_tensors(PATH, tensors, {"command": COMMAND, "accuracy": f"{right:.4f}"})


if __name__ == "__main__":
    main()
