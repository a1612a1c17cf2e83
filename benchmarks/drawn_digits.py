"""How like MNIST are the drawn digits? Each way round: `python benchmarks/drawn_digits.py`, some minutes.

Prints, per class, the share of drawn digits that the frozen MNIST classifier recognises, and the share of MNIST's
test images that a classifier trained on drawn digits alone recognises. Nothing was tuned on either.
"""

import torch

from gan_lessons import digits, features


def recalls(judge: features.Judge, data: digits.Digits) -> list[float]:
    """The share of each class 0 … 9 that is recognised."""
    right = judge.classify(digits.to_float(data.images)) == data.labels
    return [right[data.labels == k].double().mean().item() for k in range(10)]


def row(name: str, shares: list[float]) -> str:
    return f"| {name} | " + " | ".join(f"{share:.1%}" for share in shares) + f" | {sum(shares) / 10:.1%} |"


def main() -> None:
    torch.set_num_threads(1)
    there = recalls(features.judge("MNIST"), digits.Drawn("test", labels=True))
    trained = features.train_classifier(digits.Drawn("train", labels=True)).eval()
    back = recalls(features.judge("MNIST")._replace(classifier=trained), digits.MNIST("test", labels=True))
    print("| | " + " | ".join(map(str, range(10))) + " | mean |\n" + "|---" * 12 + "|")
    print(row("drawn digits, by the MNIST classifier", there))
    print(row("MNIST, by a classifier of drawn digits", back))


if __name__ == "__main__":
    main()
