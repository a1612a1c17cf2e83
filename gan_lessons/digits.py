"""Digits to train on: MNIST, or drawn digits where it cannot be had. All images stay in memory, as uint8."""

import gzip
import math
import os
import zlib
from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor

from gan_lessons import strokes
from gan_lessons.downloads import fetch
from gan_lessons.files import DATA, md5, whole_or_absent

CACHE = DATA / "cache"
VARIABLE = "GAN_LESSONS_DATA"
MIRRORS = (
    "https://ossci-datasets.s3.amazonaws.com/mnist/",
    "https://storage.googleapis.com/cvdf-datasets/mnist/",
)
CHECKSUMS = {  # MD5 of the content, not of the compression: a mirror may compress anew
    "train-images-idx3-ubyte": "6bbc9ace898e44ae57da46a324031adb",
    "train-labels-idx1-ubyte": "a25bea736e30d166cdddb491f175f624",
    "t10k-images-idx3-ubyte": "2646ac647ad5339dbf082846283269ea",
    "t10k-labels-idx1-ubyte": "27ae3e4e09519cfbb04c329615203637",
}
FILES = {
    "train": ("train-images-idx3-ubyte", "train-labels-idx1-ubyte"),
    "test": ("t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"),
}
DRAWN = {"train": (60_000, 0), "test": (10_000, 1)}  # how many, and the seed


class DataError(OSError):
    """MNIST cannot be had; the message says what was tried."""


class Digits:
    """Images of digits, and their labels if wanted; `.sample(n)` draws from them with replacement.

    `images` is uint8 (N, 28, 28), 0 paper and 255 ink; `labels` is an integer tensor (N,) of 0 … 9, or None.
    Raises `TypeError` or `ValueError`, naming what is wrong and how to mend it.
    """

    def __init__(self, images: Tensor, labels: Tensor | None = None, name: str = "your digits"):
        if not isinstance(images, Tensor) or images.dtype != torch.uint8:
            kind = images.dtype if isinstance(images, Tensor) else type(images).__name__
            raise TypeError(f"images are {kind}: give a uint8 tensor; digits.to_uint8 makes one from [-1, 1]")
        if images.ndim != 3 or images.shape[1:] != (28, 28) or len(images) == 0:
            raise ValueError(f"images of shape {tuple(images.shape)}: give (N, 28, 28) with N ≥ 1")
        if labels is not None:
            if not isinstance(labels, Tensor):
                raise TypeError(f"labels are {type(labels).__name__}: give an integer tensor")
            if labels.is_floating_point() or labels.shape != images.shape[:1]:
                raise ValueError(
                    f"labels of shape {tuple(labels.shape)}, {labels.dtype}: give {len(images)} integers, one an image"
                )
            if labels.min() < 0 or labels.max() > 9:
                raise ValueError(f"labels from {labels.min()} to {labels.max()}: digits are labelled 0 to 9")
            labels = labels.long()
        self.images, self.labels, self.name = images, labels, name

    def __len__(self) -> int:
        return len(self.images)

    def __repr__(self) -> str:
        return f"{len(self):,} images of {self.name}{'' if self.labels is None else ', labelled'}"

    def sample(self, n: int) -> tuple[Tensor, ...]:
        """`n` images drawn at random: (x,) or (x, labels); x float32 (n, 1, 28, 28) in [-1, 1], labels (n,)."""
        index = torch.randint(len(self), (n,), device=self.images.device)
        x = to_float(self.images[index])
        return (x,) if self.labels is None else (x, self.labels[index])

    def to(self, device: torch.device | str) -> "Digits":
        """The same digits, resident on `device`."""
        return Digits(self.images.to(device), None if self.labels is None else self.labels.to(device), self.name)


def to_float(images: Tensor) -> Tensor:
    """uint8 (N, 28, 28) -> floats of torch's default type, (N, 1, 28, 28) in [-1, 1]: the range of a tanh."""
    return images[:, None].to(torch.get_default_dtype()) / 127.5 - 1


def to_uint8(x: Tensor) -> Tensor:
    """float (N, 1, 28, 28) in [-1, 1] -> uint8 (N, 28, 28): to the nearest of 256 greys, as a real image is stored.

    Raises `TypeError` for anything but floats and `ValueError` for another shape or range.
    """
    check_images(x)
    return ((x[:, 0] + 1) * 127.5).round().to(torch.uint8)


def check_images(x: Tensor) -> None:
    """Raise unless `x` is a batch of digit images: float (N, 1, 28, 28) with values in [-1, 1]."""
    if not isinstance(x, Tensor) or not x.is_floating_point():
        kind = x.dtype if isinstance(x, Tensor) else type(x).__name__
        raise TypeError(f"images are {kind}: give floats in [-1, 1]; digits.to_float makes them from uint8")
    if x.ndim != 4 or x.shape[1:] != (1, 28, 28):
        raise ValueError(f"images of shape {tuple(x.shape)}: give (N, 1, 28, 28)")
    if len(x) and not (x.min() >= -1 and x.max() <= 1):  # written so that NaN fails too
        raise ValueError(f"pixels from {x.min():.3g} to {x.max():.3g}: scale to [-1, 1], as digits.to_float does")


def load(split: str = "train", labels: bool = False) -> Digits:
    """MNIST, or the drawn digits where it cannot be had; prints one line that says which, and why.

    `split` is "train" (60,000 images) or "test" (10,000). With `labels=True`, `.sample` gives (x, labels).
    Raises `DataError` where the folder named by the variable GAN_LESSONS_DATA holds no whole MNIST: what
    you asked for by name is never replaced in silence.
    """
    try:
        found = MNIST(split, labels)
        print(f"Data: {found}")
    except DataError as error:
        if os.environ.get(VARIABLE):
            raise
        found = Drawn(split, labels)
        print(f"Data: {found}. MNIST could not be had: {error}")
    return found


def MNIST(split: str = "train", labels: bool = False) -> Digits:
    """The handwritten digits of LeCun, Cortes and Burges, from the data folder or else from the public mirrors.

    Where the variable GAN_LESSONS_DATA is set, `mnist/` in the folder that it names is the only source.
    Raises `DataError` where MNIST cannot be had, saying what was tried, and `ValueError` for another split.
    """
    images, classes = (_mnist_file(name) for name in FILES[_checked(split)])
    return Digits(images, classes if labels else None, "MNIST")


def Drawn(split: str = "train", labels: bool = False) -> Digits:
    """Digits drawn with a pen by this course (see `strokes`), as many as MNIST has and never the same twice."""
    drawing = strokes.draw(*DRAWN[_checked(split)])
    return Digits(drawing.images, drawing.labels if labels else None, "drawn digits")


def _checked(split: str) -> str:
    if split not in FILES:
        raise ValueError(f"split={split!r}: choose 'train' or 'test'")
    return split


def _mnist_file(name: str) -> Tensor:
    """One file of MNIST as a uint8 tensor, from the named folder, the data folder, or the mirrors."""
    named = os.environ.get(VARIABLE)
    folder = (Path(named) if named else CACHE) / "mnist"
    damaged = ""
    try:
        for path in (folder / f"{name}.gz", folder / name):
            if path.is_file():
                return parse_idx(verified(path.read_bytes(), name, str(path)))
    except OSError as error:
        if named:
            raise DataError(f"{VARIABLE}={named}: {error}. Delete the file, or choose another folder.") from error
        damaged = f"{error}, and a new copy could not be had: "
    if named:
        raise DataError(
            f"{VARIABLE}={named}, but there is no {folder / name}.gz. "
            f"Put MNIST's four files into {folder}, or unset {VARIABLE} to have them downloaded."
        )
    try:
        content = _download(name)
    except DataError as error:
        raise DataError(f"{damaged}{error}") from error
    _keep(content, name, folder / f"{name}.gz")
    return parse_idx(content)


def _keep(content: bytes, name: str, path: Path) -> None:
    """Put verified content into the data folder, whole or not at all."""
    try:
        with whole_or_absent(path) as temporary:
            temporary.write_bytes(gzip.compress(content, 6, mtime=0))
    except OSError as error:
        try:  # Windows refuses to replace a file that another process, which fetched it too, is just reading
            verified(path.read_bytes(), name, str(path))
        except OSError:
            raise DataError(str(error)) from error


def _download(name: str) -> bytes:
    """The verified content of one file, from the first mirror that has it; raises `DataError` with every reason."""
    failures = []
    for mirror in MIRRORS:
        try:
            return verified(fetch(f"{mirror}{name}.gz"), name, "what it sent")
        except OSError as error:
            failures.append(f"{mirror} ({error})")
    raise DataError(f"tried {' and '.join(failures)}")


def verified(content: bytes, name: str, source: str) -> bytes:
    """`content` uncompressed; raises `DataError` unless it is MNIST's file `name`, byte for byte."""
    if content[:2] == b"\x1f\x8b":
        try:
            content = gzip.decompress(content)
        except (OSError, EOFError, zlib.error) as error:
            raise DataError(f"{source} is not a whole gzip file") from error
    if md5(content) != CHECKSUMS[name]:
        page = content.lstrip()[:1] == b"<"  # networks that want a login answer every address with their page
        raise DataError(
            f"{source} does not hold MNIST's {name}: {'it is a web page' if page else 'its checksum differs'}"
        )
    return content


def parse_idx(content: bytes) -> Tensor:
    """The uint8 tensor in a file of the IDX format: two zeros, type 8, the number of axes, the sizes, the values."""
    axes = content[3] if len(content) > 3 and content[:3] == b"\0\0\x08" else 0
    header = 4 + 4 * axes
    shape: Sequence[int] = [int.from_bytes(content[4 * k : 4 * k + 4], "big") for k in range(1, axes + 1)]
    if not axes or len(content) != header + math.prod(shape):
        raise ValueError("this is no IDX file of bytes")
    return torch.frombuffer(bytearray(content[header:]), dtype=torch.uint8).reshape(shape)
