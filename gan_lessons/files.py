"""Files that are whole or absent: atomic writes, checksums, and files of named tensors."""

import glob
import hashlib
import json
import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load as from_bytes
from safetensors.torch import save as to_bytes
from torch import Tensor

REPOSITORY = Path(__file__).resolve().parent.parent
DATA = REPOSITORY / "data"
PRETRAINED = DATA / "pretrained"
UNFINISHED = ".unfinished"  # how the name of a file ends while it is being written
ABANDONED = 3_600  # seconds without a write to such a file: its writer was killed


@contextmanager
def whole_or_absent(path: str | os.PathLike) -> Iterator[Path]:
    """Hand out a temporary path beside `path`; at a clean exit it becomes `path` in one atomic step.

    A reader sees the old file or the new one, never a part of it. If the body raises, `path` is as it was
    and the temporary file is gone. A process that is killed leaves its temporary file behind; once that has
    not been written to for an hour, the next write of the same path removes it. Missing folders are made. Raises
    `OSError` (naming the folder) where the folder cannot be written, `IsADirectoryError` where `path` is one.
    """
    path = _not_a_folder(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=UNFINISHED, dir=path.parent)
    except OSError as error:
        raise OSError(
            f"cannot write in {path.parent}: {error.strerror}. Choose a folder that you may write to."
        ) from error
    os.close(handle)
    temporary = Path(name)
    try:
        _sweep(path, temporary.stat().st_mtime)
        yield temporary
        with open(temporary, "rb+") as file:
            os.fsync(file.fileno())  # the bytes must be on disk before the name points at them
        os.chmod(temporary, 0o666 & ~_umask())  # mkstemp makes files that only their owner may read
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def _sweep(path: Path, now: float) -> None:
    """Remove what killed writers of `path` left. `now` is the folder's own time: a network disk has its own clock.

    Age tells the dead from the living, as it means the same on every system and between machines, which
    process numbers do not.
    """
    for other in path.parent.glob(f".{glob.escape(path.name)}.????????{UNFINISHED}"):
        with suppress(OSError):  # somebody else sweeps too; never a reason not to write
            if now - other.stat().st_mtime > ABANDONED:
                other.unlink()


def _not_a_folder(path: str | os.PathLike) -> Path:
    path = Path(path)
    if path.is_dir():
        raise IsADirectoryError(f"{path} is a folder: give the path of a file in it")
    return path


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def md5(content: bytes) -> str:
    """The MD5 checksum of `content`, as 32 hexadecimal digits."""
    return hashlib.md5(content, usedforsecurity=False).hexdigest()


def save_tensors(path: str | os.PathLike, tensors: Mapping[str, Tensor], notes: Mapping[str, str]) -> None:
    """Write named tensors and notes (text to text) to a safetensors file, whole or not at all.

    One more note, "checksum", is made of everything else, so that `load_tensors` sees every change.
    """
    plain = {name: t.detach().cpu().clone(memory_format=torch.contiguous_format) for name, t in tensors.items()}
    content = to_bytes(plain, {**notes, "checksum": _checksum(plain, notes)})
    with whole_or_absent(path) as temporary:
        temporary.write_bytes(content)


def load_tensors(path: str | os.PathLike) -> tuple[dict[str, Tensor], dict[str, str]]:
    """Read what `save_tensors` wrote: (tensors on the CPU, notes). No code from the file is ever run.

    Raises `FileNotFoundError` where there is no such file, another `OSError` where it cannot be read, `ValueError`
    where it is not a whole safetensors file or has changed since it was written (if it holds a checksum).
    """
    path = _not_a_folder(path)
    if not path.is_file():
        raise FileNotFoundError(f"there is no file {path}")
    # Read in one go: safetensors opens a path twice, and a save between the two would mix two files.
    content = path.read_bytes()
    try:
        tensors = from_bytes(content)
        header = 8 + int.from_bytes(content[:8], "little")  # the length of a JSON object, then that object
        notes = json.loads(content[8:header]).get("__metadata__") or {}
    except SafetensorError as error:
        raise ValueError(
            f"{path} is not a whole safetensors file ({error}). If it should be one, delete it and make it again."
        ) from error
    if "checksum" in notes and notes["checksum"] != _checksum(tensors, notes):
        raise ValueError(
            f"{path} has changed since it was written: its checksum is wrong. Delete it and make it again."
        )
    return tensors, notes


def _checksum(tensors: Mapping[str, Tensor], notes: Mapping[str, str]) -> str:
    """64 hexadecimal digits that depend on every name, type, shape, byte and note, and not on their order."""
    found = hashlib.sha256(json.dumps(sorted(note for note in notes.items() if note[0] != "checksum")).encode())
    for name, tensor in sorted(tensors.items()):
        found.update(json.dumps([name, str(tensor.dtype), tensor.shape]).encode())
        found.update(tensor.flatten().view(torch.uint8).numpy())
    return found.hexdigest()
