"""MNIST is taken where it is said to be taken, whole or not at all; images are checked before anyone trains on them."""

import gzip
import os
import re

import pytest
import torch

from gan_lessons import digits
from gan_lessons.digits import DataError, Digits, parse_idx, to_float, to_uint8, verified
from gan_lessons.files import md5

IMAGES, LABELS = digits.FILES["train"]


def idx(*shape):
    """An IDX file of bytes of that shape: header, then 0, 1, 2, …"""
    sizes = b"".join(size.to_bytes(4, "big") for size in shape)
    count = torch.Size(shape).numel()
    return bytes([0, 0, 8, len(shape)]) + sizes + bytes(k % 10 for k in range(count))


CONTENT = {IMAGES: idx(3, 28, 28), LABELS: idx(3)}


@pytest.fixture
def tiny(monkeypatch, tmp_path):
    """A tiny MNIST of three images, no mirror, an empty cache, no variable; gives the cache's folder of MNIST."""
    monkeypatch.delenv(digits.VARIABLE, raising=False)
    monkeypatch.setattr(digits, "MIRRORS", ())
    monkeypatch.setattr(digits, "CACHE", tmp_path / "cache")
    monkeypatch.setattr(digits, "CHECKSUMS", {name: md5(content) for name, content in CONTENT.items()})
    monkeypatch.setattr(digits, "DRAWN", {"train": (20, 0), "test": (10, 1)})
    return tmp_path / "cache" / "mnist"


@pytest.fixture
def offline(tiny, monkeypatch):
    """No network: every download fails. Gives the cache's folder of MNIST."""

    def download(name):
        raise DataError("tried nowhere (no network)")

    monkeypatch.setattr(digits, "_download", download)
    return tiny


def put(folder, pack=gzip.compress, suffix=".gz"):
    folder.mkdir(parents=True)
    for name, content in CONTENT.items():
        (folder / f"{name}{suffix}").write_bytes(pack(content))


# The IDX format


@pytest.mark.parametrize("shape", [(5,), (3, 28, 28), (2, 1, 4)])
def test_parse_idx_gives_the_bytes_in_their_shape(shape):
    found = parse_idx(idx(*shape))
    assert found.dtype == torch.uint8
    assert found.shape == shape
    assert found.flatten().tolist() == [k % 10 for k in range(found.numel())]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\0\0\x08",
        b"hello, world",
        b"\0\0\x0d" + idx(5)[3:],  # floats
        b"\0\0\x08\0",  # no axes
        idx(3, 28, 28)[:10],
        idx(3, 28, 28)[:-1],
        idx(3, 28, 28) + b"\0",
    ],
)
def test_parse_idx_refuses_anything_else(content):
    with pytest.raises(ValueError, match="no IDX file of bytes"):
        parse_idx(content)


# What a file must hold


@pytest.mark.parametrize("pack", [bytes, gzip.compress, lambda content: gzip.compress(content, 1)])
def test_verified_takes_the_content_however_it_is_packed(tiny, pack):
    assert verified(pack(CONTENT[LABELS]), LABELS, "here") == CONTENT[LABELS]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "its checksum differs"),
        (b"\n<html>not found</html>", "it is a web page"),
        (CONTENT[IMAGES], "its checksum differs"),
        (CONTENT[LABELS][:-1], "its checksum differs"),
    ],
)
@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_verified_refuses_other_content(tiny, content, reason, pack):
    with pytest.raises(DataError, match=f"here does not hold MNIST's {LABELS}: {reason}"):
        verified(pack(content), LABELS, "here")


@pytest.mark.parametrize("keep", [2, 15, -4])
def test_verified_refuses_a_truncated_gzip_file(tiny, keep):
    with pytest.raises(DataError, match="here is not a whole gzip file"):
        verified(gzip.compress(CONTENT[IMAGES])[:keep], IMAGES, "here")


def test_verified_refuses_a_damaged_gzip_file(tiny):
    content = bytearray(gzip.compress(CONTENT[IMAGES]))
    content[12:20] = b"\xff" * 8
    with pytest.raises(DataError, match="here is not a whole gzip file"):
        verified(bytes(content), IMAGES, "here")


# Where MNIST is looked for


@pytest.mark.parametrize(("pack", "suffix"), [(gzip.compress, ".gz"), (bytes, "")])
def test_the_named_folder_is_read(tiny, monkeypatch, tmp_path, capsys, pack, suffix):
    put(tmp_path / "mine" / "mnist", pack, suffix)
    monkeypatch.setenv(digits.VARIABLE, str(tmp_path / "mine"))
    found = digits.load(labels=True)
    assert torch.equal(found.images, parse_idx(CONTENT[IMAGES]))
    assert found.labels.tolist() == [0, 1, 2]
    assert found.name == "MNIST"
    assert capsys.readouterr().out == "Data: 3 images of MNIST, labelled\n"
    assert not tiny.exists()


def no_folder(folder):
    pass


def empty_folder(folder):
    folder.mkdir()


def empty_mnist(folder):
    (folder / "mnist").mkdir(parents=True)


def images_only(folder):
    put(folder / "mnist")
    (folder / "mnist" / f"{LABELS}.gz").unlink()


def corrupt_file(folder):
    put(folder / "mnist")
    (folder / "mnist" / f"{IMAGES}.gz").write_bytes(gzip.compress(b"something else"))


def truncated_file(folder):
    put(folder / "mnist", lambda content: gzip.compress(content)[:-9])


@pytest.mark.parametrize("take", [digits.MNIST, digits.load])
@pytest.mark.parametrize(
    "make", [no_folder, empty_folder, empty_mnist, images_only, corrupt_file, truncated_file], ids=lambda f: f.__name__
)
def test_a_named_folder_without_whole_mnist_is_an_error_and_never_replaced(tiny, monkeypatch, tmp_path, make, take):
    put(tiny)  # a good cache is not what was asked for
    monkeypatch.setattr(digits, "_download", CONTENT.__getitem__)  # nor is a download
    make(tmp_path / "mine")
    monkeypatch.setenv(digits.VARIABLE, str(tmp_path / "mine"))
    with pytest.raises(DataError, match=re.escape(str(tmp_path / "mine"))) as caught:
        take()
    assert digits.VARIABLE in str(caught.value), "the message must name the variable, the one thing to mend"


def test_the_cache_is_read_without_the_network(tiny, capsys):
    put(tiny)
    assert len(digits.load()) == 3
    assert capsys.readouterr().out == "Data: 3 images of MNIST\n"


def test_an_empty_variable_counts_as_unset(tiny, monkeypatch):
    put(tiny)
    monkeypatch.setenv(digits.VARIABLE, "")
    assert len(digits.MNIST()) == 3


def test_without_network_mnist_raises(offline):
    with pytest.raises(DataError, match="tried nowhere"):
        digits.MNIST()
    assert not offline.exists()


@pytest.mark.parametrize(("split", "n"), [("train", 20), ("test", 10)])
def test_without_network_load_draws_digits_and_says_so_in_one_line(offline, capsys, split, n):
    found = digits.load(split)
    assert found.name == "drawn digits"
    assert len(found) == n
    (line,) = capsys.readouterr().out.splitlines()
    assert re.match(rf"Data: ({n} images of )?drawn digits\. MNIST could not be had: tried nowhere", line)


def test_a_damaged_cache_is_named_in_the_line_that_says_why_digits_were_drawn(offline, capsys):
    put(offline, lambda content: gzip.compress(b"something else"))
    assert digits.load().name == "drawn digits"
    (line,) = capsys.readouterr().out.splitlines()
    path = offline / f"{IMAGES}.gz"
    assert f"{path} does not hold MNIST's {IMAGES}: its checksum differs, and a new copy could not be had: " in line
    assert line.endswith("tried nowhere (no network)")


@pytest.mark.parametrize("take", [digits.MNIST, digits.load, digits.Drawn])
def test_another_split_is_refused(tiny, take):
    with pytest.raises(ValueError, match="split='valid': choose 'train' or 'test'"):
        take("valid")


@pytest.mark.parametrize("labels", [False, True])
def test_labels_come_only_if_wanted(tiny, labels):
    put(tiny)
    for found in (digits.MNIST(labels=labels), digits.Drawn(labels=labels), digits.load(labels=labels)):
        assert (found.labels is not None) == labels


def test_drawn_training_and_test_digits_differ(tiny):
    train, test = digits.Drawn("train").images, digits.Drawn("test").images
    assert not any(torch.equal(image, other) for image in train for other in test)
    assert torch.equal(digits.Drawn("train").images, train)


# A set of digits


def blank(n=4):
    return torch.zeros(n, 28, 28, dtype=torch.uint8)


@pytest.mark.parametrize(
    ("images", "labels", "error", "message"),
    [
        (blank().float(), None, TypeError, "images are torch.float32: give a uint8 tensor; digits.to_uint8 makes one"),
        (blank().numpy(), None, TypeError, "images are ndarray: give a uint8 tensor"),
        (blank()[:, None], None, ValueError, r"images of shape \(4, 1, 28, 28\): give \(N, 28, 28\) with N ≥ 1"),
        (blank()[:, :20], None, ValueError, r"images of shape \(4, 20, 28\): give"),
        (blank(0), None, ValueError, r"images of shape \(0, 28, 28\): give"),
        (blank(), torch.arange(3), ValueError, r"labels of shape \(3,\), torch.int64: give 4 integers, one an image"),
        (blank(), torch.arange(4)[:, None], ValueError, r"labels of shape \(4, 1\), torch.int64: give 4 integers"),
        (blank(), torch.zeros(4), ValueError, r"labels of shape \(4,\), torch.float32: give 4 integers, one an image"),
        (blank(), torch.tensor([0, 1, 2, 10]), ValueError, "labels from 0 to 10: digits are labelled 0 to 9"),
        (blank(), torch.tensor([0, -1, 2, 3]), ValueError, "labels from -1 to 3: digits are labelled 0 to 9"),
        (blank(), [0, 1, 2, 3], TypeError, "labels"),
    ],
)
def test_bad_digits_are_refused_with_the_remedy(images, labels, error, message):
    with pytest.raises(error, match=message):
        Digits(images, labels)


@pytest.mark.parametrize("n", [0, 1, 50])
@pytest.mark.parametrize("labelled", [False, True])
def test_sample_gives_images_and_labels_if_wanted(n, labelled):
    images, labels = torch.arange(10, dtype=torch.uint8)[:, None, None].repeat(1, 28, 28), torch.arange(10)
    drawn = Digits(images, labels if labelled else None).sample(n)
    assert len(drawn) == 1 + labelled
    assert drawn[0].shape == (n, 1, 28, 28)
    assert drawn[0].dtype == torch.float32
    if labelled:
        assert drawn[1].shape == (n,)
        assert drawn[1].dtype == torch.int64
        assert torch.equal(to_uint8(drawn[0])[:, 0, 0].long(), drawn[1])  # each image with its own label


def test_sample_draws_every_image_equally_often():
    n = 20_000
    _, labels = Digits(blank(10), torch.arange(10)).sample(n)
    assert (torch.bincount(labels, minlength=10) - n / 10).abs().max() < 4.5 * (n * 0.1 * 0.9) ** 0.5


def test_digits_tell_their_number_name_and_labels():
    assert repr(Digits(blank(1_200), name="blanks")) == "1,200 images of blanks"
    labelled = Digits(blank(2), torch.zeros(2, dtype=torch.uint8))
    assert repr(labelled) == "2 images of your digits, labelled"
    assert labelled.labels.dtype == torch.int64
    assert repr(labelled.to("cpu")) == repr(labelled)


# Floats and greys


def test_every_grey_survives_the_round_trip():
    greys = torch.arange(256, dtype=torch.uint8)[:, None, None].repeat(1, 28, 28)
    x = to_float(greys)
    assert x.shape == (256, 1, 28, 28)
    assert x.dtype == torch.float32
    assert (x.min(), x.max()) == (-1, 1)
    assert torch.equal(to_uint8(x), greys)
    assert torch.equal(to_uint8(x.double()), greys)


def test_to_uint8_takes_the_nearest_grey():
    step = 2 / 255
    x = torch.tensor([-1 + 0.4 * step, -1 + 0.6 * step, 1 - 0.4 * step])[:, None, None, None].expand(3, 1, 28, 28)
    assert to_uint8(x)[:, 5, 5].tolist() == [0, 1, 255]


@pytest.mark.parametrize("check", [digits.check_images, to_uint8])
@pytest.mark.parametrize(
    ("x", "error", "message"),
    [
        (blank()[:, None], TypeError, r"images are torch.uint8: give floats in \[-1, 1\]; digits.to_float makes"),
        (blank()[:, None].float().numpy(), TypeError, "images are ndarray: give floats"),
        (torch.zeros(4, 28, 28), ValueError, r"images of shape \(4, 28, 28\): give \(N, 1, 28, 28\)"),
        (torch.zeros(4, 3, 28, 28), ValueError, r"images of shape \(4, 3, 28, 28\)"),
        (torch.full((4, 1, 28, 28), 255.0), ValueError, r"pixels from 255 to 255: scale to \[-1, 1\]"),
        (torch.full((4, 1, 28, 28), -1.01), ValueError, r"pixels from -1.01 to -1.01"),
        (torch.zeros(4, 1, 28, 28).index_fill(3, torch.tensor(5), float("nan")), ValueError, "pixels from nan to nan"),
    ],
)
def test_what_is_no_batch_of_images_is_refused(check, x, error, message):
    with pytest.raises(error, match=message):
        check(x)


def test_no_images_are_a_batch_too():
    assert to_uint8(torch.zeros(0, 1, 28, 28)).shape == (0, 28, 28)


@pytest.mark.skipif(not os.environ.get(digits.VARIABLE), reason=f"{digits.VARIABLE} names no folder with MNIST")
@pytest.mark.parametrize(("split", "n"), [("train", 60_000), ("test", 10_000)])
def test_the_real_mnist(split, n):
    found = digits.MNIST(split, labels=True)
    assert len(found) == n
    assert found.labels.unique().tolist() == list(range(10))
    assert torch.bincount(found.labels).min() > 0.08 * n
    assert (found.images.double().mean() / 255).item() == pytest.approx(0.1307, abs=0.003)
