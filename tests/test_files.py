"""A file is whole or absent, and tensors come back as they were."""

import os
import re
import time
from pathlib import Path

import pytest
import safetensors.torch
import torch

from gan_lessons.files import load_tensors, md5, save_tensors, whole_or_absent


def contents(folder):
    return {path.name: path.read_text() for path in folder.iterdir()}


def write(path):
    with whole_or_absent(path) as temporary:
        temporary.write_text("new")


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


@pytest.mark.parametrize("folder", [".", "folder"])
def test_a_folder_is_not_replaced(tmp_path, folder):
    (tmp_path / "folder").mkdir()
    with pytest.raises(IsADirectoryError, match=re.escape(f"{tmp_path / folder} is a folder: give the path of a file")):
        write(tmp_path / folder)
    assert os.listdir(tmp_path) == ["folder"]


def test_the_content_is_on_disk_before_the_name_points_at_it(tmp_path, monkeypatch):
    """Otherwise a power failure could leave the new name with nothing in it."""
    done = []
    sync, move = os.fsync, os.replace
    monkeypatch.setattr(os, "fsync", lambda handle: (done.append(("sync", os.fstat(handle).st_ino)), sync(handle)))
    monkeypatch.setattr(os, "replace", lambda a, b: (done.append(("move", os.stat(a).st_ino)), move(a, b)))
    write(tmp_path / "a.txt")
    (first, synced), (second, moved) = done
    assert (first, second) == ("sync", "move")
    assert synced == moved == (tmp_path / "a.txt").stat().st_ino


# What killed writers leave behind

HOUR = 3_600


def abandoned(path, age):
    """The temporary file of a writer of `path` that was killed `age` seconds ago."""
    with pytest.raises(KeyError), whole_or_absent(path) as temporary:
        raise KeyError  # its name is wanted, the file itself is gone by now
    temporary.write_text("half")
    os.utime(temporary, (time.time() - age,) * 2)
    return temporary


@pytest.mark.parametrize("name", ["a.txt", "a", "größer.[a-z]"])
def test_what_killed_writers_left_is_gone_after_the_next_write_an_hour_later(tmp_path, name):
    for path in [abandoned(tmp_path / name, 0) for _ in range(2)]:
        os.utime(path, (time.time() - HOUR - 60,) * 2)
    assert len(os.listdir(tmp_path)) == 2
    write(tmp_path / name)
    assert contents(tmp_path) == {name: "new"}


def test_a_failing_write_sweeps_too(tmp_path):
    abandoned(tmp_path / "a.txt", 2 * HOUR)
    with pytest.raises(ValueError, match="half"):
        write_and_raise(tmp_path / "a.txt", ValueError("half"))
    assert os.listdir(tmp_path) == []


def test_what_may_still_be_written_is_left_alone(tmp_path):
    young = [abandoned(tmp_path / "a.txt", age) for age in (-HOUR, 0, HOUR - 60)]
    write(tmp_path / "a.txt")
    assert contents(tmp_path) == {"a.txt": "new"} | {path.name: "half" for path in young}


def test_a_writer_that_began_long_ago_and_still_writes_is_left_alone(tmp_path):
    with whole_or_absent(tmp_path / "a.txt") as slow:
        os.utime(slow, (time.time() - 2 * HOUR,) * 2)
        slow.write_text("slow")
        write(tmp_path / "a.txt")
        assert contents(tmp_path) == {"a.txt": "new", slow.name: "slow"}
    assert contents(tmp_path) == {"a.txt": "slow"}


def test_no_other_file_is_swept_however_old(tmp_path):
    kept = [abandoned(tmp_path / name, 2 * HOUR) for name in ("b.txt", "a.txt.gz", "a.tx", "a", "aatxt")]
    temporary = abandoned(tmp_path / "a.txt", 2 * HOUR).name
    ending = temporary.rpartition(".")[2]
    near = (".a.txt.settings", f"a.txt.12345678.{ending}", f".a.txt.{ending}", f"{temporary}.txt", ".a.txt", "a.txt~")
    for name in near:
        (tmp_path / name).write_text("half")
        os.utime(tmp_path / name, (time.time() - 2 * HOUR,) * 2)
    write(tmp_path / "a.txt")
    assert sorted(os.listdir(tmp_path)) == sorted(["a.txt", *near, *(path.name for path in kept)])


def test_age_is_told_by_the_clock_of_the_folder(tmp_path, monkeypatch):
    """The disk may be another machine's, and its clock may differ from ours."""
    young, old = abandoned(tmp_path / "a.txt", 0), abandoned(tmp_path / "a.txt", 2 * HOUR)
    now = time.time()
    for ahead in (-3 * HOUR, 3 * HOUR):
        monkeypatch.setattr(time, "time", lambda ahead=ahead: now + ahead)
        write(tmp_path / "a.txt")
        assert young.exists()
        assert not old.exists()


def test_what_cannot_be_swept_prevents_no_write(tmp_path, monkeypatch):
    old = abandoned(tmp_path / "a.txt", 2 * HOUR)
    unlink = Path.unlink

    def busy(path, **options):
        if path == old:
            raise PermissionError("another process uses it")  # Windows
        unlink(path, **options)

    monkeypatch.setattr(Path, "unlink", busy)
    write(tmp_path / "a.txt")
    assert contents(tmp_path) == {"a.txt": "new", old.name: "half"}


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
    assert found == notes | {"checksum": found["checksum"]}
    assert tensors.keys() == TENSORS.keys()
    for name, expected in TENSORS.items():
        assert tensors[name].dtype == expected.dtype
        assert torch.equal(tensors[name], expected)
        assert not tensors[name].requires_grad


def test_tensors_that_share_memory_are_saved_one_by_one(tmp_path):
    whole = torch.arange(6.0)
    save_tensors(tmp_path / "a.safetensors", {"whole": whole, "again": whole, "half": whole[3:]}, {})
    tensors, notes = load_tensors(str(tmp_path / "a.safetensors"))
    assert list(notes) == ["checksum"]
    assert [tensors[name].tolist() for name in ("whole", "again", "half")] == [[0, 1, 2, 3, 4, 5]] * 2 + [[3, 4, 5]]


def test_what_was_loaded_outlives_the_file(tmp_path):
    save_tensors(tmp_path / "a.safetensors", {"x": torch.arange(1_000)}, {})
    tensors, _ = load_tensors(tmp_path / "a.safetensors")
    save_tensors(tmp_path / "a.safetensors", {"x": torch.zeros(1_000)}, {})
    assert torch.equal(tensors["x"], torch.arange(1_000))


def test_what_was_loaded_stays_when_the_file_is_changed_in_its_place(tmp_path):
    save_tensors(tmp_path / "a.safetensors", {"x": torch.arange(100_000)}, {})
    tensors, _ = load_tensors(tmp_path / "a.safetensors")
    with open(tmp_path / "a.safetensors", "rb+") as file:
        file.seek(1_000)
        file.write(bytes(1_000))
    assert torch.equal(tensors["x"], torch.arange(100_000))


@pytest.mark.parametrize(
    "damage",
    [lambda content: content[:-1], lambda content: content[:20], lambda content: b"", lambda content: b"not tensors"],
    ids=["truncated", "header only", "empty", "foreign"],
)
def test_a_file_that_is_not_whole_is_refused_with_the_remedy(tmp_path, damage):
    path = tmp_path / "a.safetensors"
    save_tensors(path, {"x": torch.arange(100)}, {})
    path.write_bytes(damage(path.read_bytes()))
    message = (
        re.escape(f"{path} is not a whole safetensors file") + ".*If it should be one, delete it and make it again"
    )
    with pytest.raises(ValueError, match=message):
        load_tensors(path)


@pytest.mark.parametrize(
    "changed",
    [
        lambda tensors, notes: ({"x": tensors["x"] + 1, "y": tensors["y"]}, notes),
        lambda tensors, notes: ({"x": tensors["y"], "y": tensors["x"]}, notes),
        lambda tensors, notes: ({"x": tensors["x"], "z": tensors["y"]}, notes),
        lambda tensors, notes: ({"x": tensors["x"]}, notes),
        lambda tensors, notes: ({"x": tensors["x"].view(torch.int32), "y": tensors["y"]}, notes),
        lambda tensors, notes: ({"x": tensors["x"].view(2, 2), "y": tensors["y"]}, notes),
        lambda tensors, notes: (tensors, notes | {"step": "13"}),
        lambda tensors, notes: (tensors, notes | {"more": ""}),
        lambda tensors, notes: (tensors, {"stop": notes["step"], "checksum": notes["checksum"]}),
        lambda tensors, notes: (tensors, notes | {"checksum": "0" * 64}),
        lambda tensors, notes: (tensors, notes | {"checksum": ""}),
    ],
    ids=["values", "swapped", "a name", "less", "a type", "a shape", "a note", "one more", "a key", "sum", "no sum"],
)
def test_every_change_is_noticed(tmp_path, changed):
    path = tmp_path / "a.safetensors"
    save_tensors(path, {"x": torch.arange(4.0), "y": torch.ones(4)}, {"step": "12"})
    path.write_bytes(safetensors.torch.save(*changed(*load_tensors(path))))
    with pytest.raises(ValueError, match=re.escape(f"{path} has changed since it was written: ") + ".*make it again"):
        load_tensors(path)


def test_the_checksum_depends_on_no_order_and_is_made_anew(tmp_path):
    path, again = tmp_path / "a.safetensors", tmp_path / "b.safetensors"
    save_tensors(path, TENSORS, {"one": "1", "two": "2"})
    tensors, notes = load_tensors(path)
    save_tensors(again, dict(reversed(tensors.items())), dict(reversed(notes.items())))
    assert load_tensors(again)[1] == notes
    save_tensors(again, {}, notes)
    assert load_tensors(again)[1]["checksum"] != notes["checksum"]


def test_a_file_without_a_checksum_is_read(tmp_path):
    path = tmp_path / "a.safetensors"
    path.write_bytes(safetensors.torch.save({"x": torch.arange(4)}, {"command": "python -m somewhere"}))
    tensors, notes = load_tensors(path)
    assert tensors["x"].tolist() == [0, 1, 2, 3]
    assert notes == {"command": "python -m somewhere"}


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=re.escape(f"there is no file {tmp_path / 'missing.safetensors'}")):
        load_tensors(tmp_path / "missing.safetensors")


def test_a_folder_is_not_taken_for_a_file(tmp_path):
    with pytest.raises(IsADirectoryError, match=re.escape(f"{tmp_path} is a folder: give the path of a file in it")):
        load_tensors(tmp_path)


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="Windows has no permission bits, root ignores them")
def test_a_file_that_may_not_be_read_is_not_called_missing(tmp_path):
    path = tmp_path / "a.safetensors"
    save_tensors(path, {"x": torch.arange(4)}, {})
    path.chmod(0)
    with pytest.raises(PermissionError, match=re.escape(str(path))):
        load_tensors(path)
