"""Files that are whole or absent: atomic writes, checksums, and files of named tensors."""

import hashlib
import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save as to_bytes
from torch import Tensor

REPOSITORY = Path(__file__).resolve().parent.parent
DATA = REPOSITORY / "data"
PRETRAINED = DATA / "pretrained"


@contextmanager
def whole_or_absent(path: str | os.PathLike) -> Iterator[Path]:
    """Hand out a temporary path beside `path`; at a clean exit it becomes `path` in one atomic step.

    A reader sees the old file or the new one, never a part of it. If the body raises, `path` is as it was
    and the temporary file is gone. Missing folders are made. Raises `OSError` (naming the folder) where the
    folder cannot be written.
    """
    path = Path(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    except OSError as error:
        raise OSError(
            f"cannot write in {path.parent}: {error.strerror}. Choose a folder that you may write to."
        ) from error
    os.close(handle)
    temporary = Path(name)
    try:
        yield temporary
        with open(temporary, "rb+") as file:
            os.fsync(file.fileno())  # the bytes must be on disk before the name points at them
        os.chmod(temporary, 0o666 & ~_umask())  # mkstemp makes files that only their owner may read
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def md5(content: bytes) -> str:
    """The MD5 checksum of `content`, as 32 hexadecimal digits."""
    return hashlib.md5(content, usedforsecurity=False).hexdigest()


def save_tensors(path: str | os.PathLike, tensors: Mapping[str, Tensor], notes: Mapping[str, str]) -> None:
    """Write named tensors and notes (text to text) to a safetensors file, whole or not at all."""
    content = to_bytes(
        {name: t.detach().cpu().clone(memory_format=torch.contiguous_format) for name, t in tensors.items()},
        dict(notes),
    )
    with whole_or_absent(path) as temporary:
        temporary.write_bytes(content)


def load_tensors(path: str | os.PathLike) -> tuple[dict[str, Tensor], dict[str, str]]:
    """Read what `save_tensors` wrote: (tensors on the CPU, notes). No code from the file is ever run.

    Raises `FileNotFoundError` where there is no such file, `ValueError` where it is not a whole safetensors file.
    """
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"there is no file {path}")
    try:
        with safe_open(path, framework="pt") as file:
            return {name: file.get_tensor(name) for name in file.keys()}, dict(file.metadata() or {})  # noqa: SIM118
    except SafetensorError as error:
        raise ValueError(f"{path} is not a whole safetensors file ({error}). Delete it and make it again.") from error
