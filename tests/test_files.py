"""A file is whole or absent, and tensors come back as they were."""

import os
import re

import pytest
import torch

from gan_lessons.files import load_tensors, md5, save_tensors, whole_or_absent


def contents(folder):
    return {path.name: path.read_text() for path in folder.iterdir()}


def test_file_appears_at_a_clean_exit(tmp_path):
    with whole_or_absent(tmp_path / "a.txt") as temporary:
        temporary.write_text("whole")
        assert not (tmp_path / "a.txt").exists()
        assert temporary.parent == tmp_path  # on the same disk: only there is a move atomic
    assert contents(tmp_path) == {"a.txt": "whole"}


def test_old_content_is_replaced(tmp_path):
    (tmp_path / "a.txt").write_text("old and longer")
    with whole_or_absent(str(tmp_path / "a.txt")) as temporary:
        temporary.write_text("new")
        assert contents(tmp_path)["a.txt"] == "old and longer"
    assert contents(tmp_path) == {"a.txt": "new"}


def write_and_raise(path, error):
    with whole_or_absent(path) as temporary:
        temporary.write_text("half")
        raise error


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
@pytest.mark.parametrize("old", [{}, {"a.txt": "old"}])
def test_an_exception_leaves_the_old_content_and_no_stray_file(tmp_path, old, error):
    for name, text in old.items():
        (tmp_path / name).write_text(text)
    with pytest.raises(error):
        write_and_raise(tmp_path / "a.txt", error)
    assert contents(tmp_path) == old


def test_missing_folders_are_made(tmp_path):
    with whole_or_absent(tmp_path / "new" / "folder" / "a.txt") as temporary:
        temporary.write_text("whole")
    assert contents(tmp_path / "new" / "folder") == {"a.txt": "whole"}


def test_a_folder_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    folder = tmp_path / "file" / "folder"  # below a regular file there can be no folder, even for root
    message = re.escape(f"cannot write in {folder}: ") + ".+ Choose a folder that you may write to"
    with pytest.raises(OSError, match=message), whole_or_absent(folder / "a.txt"):
        pass


@pytest.mark.skipif(os.name == "nt", reason="Windows has no permission bits")
def test_file_may_be_read_by_whoever_may_read_other_files(tmp_path):
    (tmp_path / "plain").write_text("")
    with whole_or_absent(tmp_path / "careful"):
        pass
    assert (tmp_path / "careful").stat().st_mode == (tmp_path / "plain").stat().st_mode


def test_md5_is_md5():
    assert md5(b"abc") == "900150983cd24fb0d6963f7d28e17f72"  # RFC 1321, appendix A.5


TENSORS = {
    "floats": torch.randn(2, 3),
    "doubles": torch.randn(4, dtype=torch.float64),
    "integers": torch.arange(5),
    "bytes": torch.arange(256, dtype=torch.uint8),
    "yes or no": torch.tensor([True, False]),
    "a number": torch.tensor(7),
    "nothing": torch.zeros(0, 2),
    "turned": torch.arange(6).reshape(2, 3).T,
    "part": torch.arange(10)[2:5],
    "with a gradient": torch.ones(2, requires_grad=True),
}


def test_tensors_and_notes_come_back_as_they_were(tmp_path):
    notes = {"loss": "non_saturating", "step": "1200", "sign": "≥ 0"}
    save_tensors(tmp_path / "a.safetensors", TENSORS, notes)
    tensors, found = load_tensors(tmp_path / "a.safetensors")
    assert found == notes
    assert tensors.keys() == TENSORS.keys()
    for name, expected in TENSORS.items():
        assert tensors[name].dtype == expected.dtype
        assert torch.equal(tensors[name], expected)
        assert not tensors[name].requires_grad


def test_tensors_that_share_memory_are_saved_one_by_one(tmp_path):
    whole = torch.arange(6.0)
    save_tensors(tmp_path / "a.safetensors", {"whole": whole, "again": whole, "half": whole[3:]}, {})
    tensors, notes = load_tensors(str(tmp_path / "a.safetensors"))
    assert notes == {}
    assert [tensors[name].tolist() for name in ("whole", "again", "half")] == [[0, 1, 2, 3, 4, 5]] * 2 + [[3, 4, 5]]


def test_what_was_loaded_outlives_the_file(tmp_path):
    save_tensors(tmp_path / "a.safetensors", {"x": torch.arange(1_000)}, {})
    tensors, _ = load_tensors(tmp_path / "a.safetensors")
    save_tensors(tmp_path / "a.safetensors", {"x": torch.zeros(1_000)}, {})
    assert torch.equal(tensors["x"], torch.arange(1_000))


@pytest.mark.parametrize(
    "damage",
    [lambda content: content[:-1], lambda content: content[:20], lambda content: b"", lambda content: b"not tensors"],
    ids=["truncated", "header only", "empty", "foreign"],
)
def test_a_file_that_is_not_whole_is_refused_with_the_remedy(tmp_path, damage):
    path = tmp_path / "a.safetensors"
    save_tensors(path, {"x": torch.arange(100)}, {})
    path.write_bytes(damage(path.read_bytes()))
    message = re.escape(f"{path} is not a whole safetensors file") + ".*Delete it and make it again"
    with pytest.raises(ValueError, match=message):
        load_tensors(path)


@pytest.mark.parametrize("name", ["missing.safetensors", "."])
def test_a_missing_file_is_named(tmp_path, name):
    with pytest.raises(FileNotFoundError, match=re.escape(f"there is no file {tmp_path / name}")):
        load_tensors(tmp_path / name)
