"""MNIST is fetched from servers that misbehave in every way we know of: it is right and whole, or absent, and said so.

The mirrors are folders of a web server on this machine, each with its own behaviour; the files are small stand-ins.
"""

import contextlib
import gzip
import json
import os
import random
import re
import socket
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import nbformat
import pytest
import torch

from gan_lessons import digits, downloads, notebooks
from gan_lessons.digits import DataError, parse_idx
from gan_lessons.files import md5

IMAGES, LABELS = digits.FILES["train"]
COUNT = 40
PIXELS = random.Random(0).randbytes(COUNT * 28 * 28)  # noise does not compress: there is something to cut
CONTENT = {
    IMAGES: bytes([0, 0, 8, 3, 0, 0, 0, COUNT, 0, 0, 0, 28, 0, 0, 0, 28]) + PIXELS,
    LABELS: bytes([0, 0, 8, 1, 0, 0, 0, COUNT]) + bytes(k % 10 for k in range(COUNT)),
}
CHECKSUMS = {name: md5(content) for name, content in CONTENT.items()}
FOREVER = 20  # seconds: longer than anybody here waits, unless TIMEOUT is forgotten


# Ways to answer. Each is given the request (a handler), and the file's content and name.


def send(request, body, length=None, status=200, **headers):
    """A whole answer, or one that promises `length` bytes and sends fewer."""
    request.send_response(status)
    for name, value in headers.items():
        request.send_header(name.replace("_", "-"), value)
    request.send_header("Content-Length", str(len(body) if length is None else length))
    request.end_headers()
    request.wfile.write(body)


def good(request, content, name):
    send(request, gzip.compress(content))


def compressed_anew(request, content, name):
    send(request, gzip.compress(content, 1, mtime=12345))


def not_compressed(request, content, name):
    send(request, content)


def compressed_for_the_way(request, content, name):
    send(request, gzip.compress(content), Content_Encoding="gzip")


def in_chunks(request, content, name):
    body = gzip.compress(content)
    request.send_response(200)
    request.send_header("Transfer-Encoding", "chunked")
    request.end_headers()
    for piece in (body[:9], body[9:]):
        request.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
    request.wfile.write(b"0\r\n\r\n")


def moved(request, content, name):
    send(request, b"", status=302, Location=f"/elsewhere/{name}.gz")


def missing(request, content, name):
    send(request, b"no such file", status=404)


def in_trouble(request, content, name):
    send(request, b"<html>our database is on fire</html>", status=500)


def web_page(request, content, name):
    send(request, b"<!DOCTYPE html><html>Please accept our terms.</html>", Content_Type="text/html")


def another_file(request, content, name):
    send(request, gzip.compress(b"another file"))


def nothing(request, content, name):
    send(request, b"")


def corrupt(request, content, name):
    body = bytearray(gzip.compress(content))
    body[len(body) // 2] ^= 0xFF
    send(request, bytes(body))


def short(request, content, name):
    """Half the file, whose length is said to be that half: nothing but the content can tell."""
    body = gzip.compress(content)
    send(request, body[: len(body) // 2])


def cut(request, content, name):
    body = gzip.compress(content)
    send(request, body[: len(body) // 2], len(body))
    request.close_connection = True


def cut_in_chunks(request, content, name):
    request.send_response(200)
    request.send_header("Transfer-Encoding", "chunked")
    request.end_headers()
    request.wfile.write(b"100\r\n" + gzip.compress(content)[:9])
    request.close_connection = True


def hung_up(request, content, name):
    request.close_connection = True


def babbling(request, content, name):
    request.wfile.write(b"hello, world\r\n\r\n")
    request.close_connection = True


def senseless_length(request, content, name):
    send(request, gzip.compress(content), "many")
    request.close_connection = True


def round_in_circles(request, content, name):
    send(request, b"", status=302, Location=request.path)


def silent(request, content, name):
    request.server.closing.wait(FOREVER)
    request.close_connection = True


def stalled(request, content, name):
    send(request, b"", 1_000)
    silent(request, content, name)


def stalled_midway(request, content, name):
    body = gzip.compress(content)
    send(request, body[: len(body) // 2], len(body))
    silent(request, content, name)


GOOD = (good, compressed_anew, not_compressed, compressed_for_the_way, in_chunks, moved)
STALLING = (silent, stalled, stalled_midway)
WRONG = f"what it sent does not hold MNIST's {IMAGES}: "
BAD = {  # how often a mirror is asked, and what is said of it
    missing: (1, "it answered 404 Not Found"),
    in_trouble: (1, "it answered 500 Internal Server Error"),
    web_page: (1, f"{WRONG}it is a web page"),
    another_file: (1, f"{WRONG}its checksum differs"),
    nothing: (1, f"{WRONG}its checksum differs"),
    corrupt: (1, "what it sent is not a whole gzip file"),
    short: (1, "what it sent is not a whole gzip file"),
    cut: (2, "the transfer broke off twice"),
    cut_in_chunks: (2, "the transfer broke off twice"),
    hung_up: (1, "it cannot be reached"),
    babbling: (1, "it cannot be reached"),
    senseless_length: (1, "its answer makes no sense: ValueError"),
    round_in_circles: (31, "it sends us round in circles"),  # as often as requests follows: no second round
    silent: (1, "it sent nothing for {seconds} seconds"),
    stalled: (1, "it sent nothing for {seconds} seconds"),
    stalled_midway: (1, "it sent nothing for {seconds} seconds"),
}


def named(ways):
    return [pytest.param(way, id=way.__name__) for way in ways]


# The server


class Mirrors(ThreadingHTTPServer):
    """Two mirrors, "first" and "second": `ways` says how each answers, `asked` what was asked of each, in order."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.ways = {"first": missing, "second": missing, "elsewhere": good}
        self.asked, self.closing = [], threading.Event()
        self.addresses = tuple(f"http://127.0.0.1:{self.server_port}/{mirror}/" for mirror in ("first", "second"))

    def requests_for(self, name):
        return [mirror for mirror, asked in self.asked if asked == name]

    def handle_error(self, *_):
        """Whoever asked has gone: that is what some tests are about."""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        _, mirror, file = self.path.split("/")
        name = file.removesuffix(".gz")
        self.server.asked.append((mirror, name))
        way = self.server.ways[mirror]
        (way[name] if isinstance(way, dict) else way)(self, CONTENT[name], name)

    def log_message(self, *_):
        pass


@pytest.fixture
def mirrors(monkeypatch):
    """The running server. No proxy of this machine's stands between."""
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.setenv(name, "127.0.0.1")
    with Mirrors() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.closing.set()
        server.shutdown()
        thread.join()


@pytest.fixture
def cache(mirrors, monkeypatch, tmp_path):
    """The empty folder of MNIST in the cache; mirrors and checksums are those of the stand-ins."""
    monkeypatch.delenv(digits.VARIABLE, raising=False)
    monkeypatch.setattr(digits, "MIRRORS", mirrors.addresses)
    monkeypatch.setattr(digits, "CACHE", tmp_path / "cache")
    monkeypatch.setattr(digits, "CHECKSUMS", CHECKSUMS)
    monkeypatch.setattr(digits, "DRAWN", {"train": (20, 0)})
    return tmp_path / "cache" / "mnist"


def files(folder):
    return {path.name for path in folder.parent.rglob("*") if path.is_file()}


def assert_right_and_kept(found, cache, mirrors):
    """These are the stand-ins, in the cache there is nothing but them, and they are not asked for again."""
    assert torch.equal(found.images, parse_idx(CONTENT[IMAGES]))
    assert found.labels.tolist() == list(CONTENT[LABELS][8:])
    assert files(cache) == {f"{name}.gz" for name in CONTENT}
    for name, content in CONTENT.items():
        assert gzip.decompress((cache / f"{name}.gz").read_bytes()) == content
    asked = len(mirrors.asked)
    assert torch.equal(digits.MNIST().images, found.images)
    assert len(mirrors.asked) == asked


# One process


@pytest.mark.parametrize("way", named(GOOD))
def test_one_good_mirror_is_enough_however_it_sends(mirrors, cache, capsys, way):
    mirrors.ways["first"] = way
    assert_right_and_kept(digits.load(labels=True), cache, mirrors)
    assert [mirror for mirror, _ in mirrors.asked if mirror != "elsewhere"] == ["first", "first"]
    assert capsys.readouterr().out == f"Data: {COUNT} images of MNIST, labelled\n"


@pytest.mark.parametrize("way", named(BAD))
def test_the_second_mirror_makes_up_for_the_first(mirrors, cache, monkeypatch, way):
    if way in STALLING:
        monkeypatch.setattr(downloads, "TIMEOUT", 1)  # enough for the second mirror, on any machine
    mirrors.ways |= {"first": {IMAGES: way, LABELS: good}, "second": good}
    assert_right_and_kept(digits.MNIST(labels=True), cache, mirrors)
    times, _ = BAD[way]
    assert mirrors.requests_for(IMAGES) == ["first"] * times + ["second"]
    assert mirrors.requests_for(LABELS) == ["first"]


@pytest.mark.parametrize("way", named(BAD))
def test_when_no_mirror_helps_nothing_is_kept_and_each_is_named_with_the_reason(
    mirrors, cache, monkeypatch, capsys, way
):
    if way in STALLING:
        monkeypatch.setattr(downloads, "TIMEOUT", 0.3)
    mirrors.ways |= {"first": way, "second": way}
    times, reason = BAD[way]
    reason = reason.format(seconds=downloads.TIMEOUT)
    first, second = mirrors.addresses
    with pytest.raises(DataError) as caught:
        digits.MNIST()
    assert str(caught.value) == f"tried {first} ({reason}) and {second} ({reason})"
    assert mirrors.asked == [(mirror, IMAGES) for mirror in ("first", "second") for _ in range(times)]
    assert files(cache) == set()
    assert digits.load().name == "drawn digits"
    assert capsys.readouterr().out == f"Data: 20 images of drawn digits. MNIST could not be had: {caught.value}\n"
    assert files(cache) == set()


def test_a_transfer_that_broke_off_is_tried_once_more_on_the_same_mirror(mirrors, cache):
    def once_cut(request, content, name):
        way = cut if len(mirrors.requests_for(name)) == 1 else good
        way(request, content, name)

    mirrors.ways |= {"first": once_cut, "second": good}
    assert_right_and_kept(digits.MNIST(labels=True), cache, mirrors)
    assert mirrors.asked == [("first", name) for name in CONTENT for _ in range(2)]


def test_a_mirror_that_nobody_listens_at_is_passed_over(mirrors, cache, monkeypatch):
    mirrors.ways["second"] = good
    with socket.socket() as bound:  # but not listening, so nobody else can
        bound.bind(("127.0.0.1", 0))
        nobody = f"http://127.0.0.1:{bound.getsockname()[1]}/"
        monkeypatch.setattr(digits, "MIRRORS", (nobody, mirrors.addresses[1]))
        assert_right_and_kept(digits.MNIST(labels=True), cache, mirrors)
        monkeypatch.setattr(digits, "MIRRORS", (nobody, nobody))
        (cache / f"{IMAGES}.gz").unlink()
        message = re.escape(f"tried {nobody} (it cannot be reached) and {nobody} (it cannot be reached)")
        with pytest.raises(DataError, match=f"^{message}$"):
            digits.MNIST()


def test_a_slow_mirror_is_waited_for_as_long_as_it_sends(mirrors, cache, monkeypatch):
    monkeypatch.setattr(downloads, "TIMEOUT", 3)

    def slow(request, content, name):
        body = gzip.compress(content)
        size = len(body) // 16 + 1
        send(request, b"", len(body))
        for start in range(0, len(body), size):
            time.sleep(0.25)
            request.wfile.write(body[start : start + size])

    mirrors.ways["first"] = {IMAGES: slow, LABELS: good}
    started = time.monotonic()
    assert_right_and_kept(digits.MNIST(labels=True), cache, mirrors)
    assert time.monotonic() - started > downloads.TIMEOUT
    assert mirrors.asked == [("first", IMAGES), ("first", LABELS)]


def test_what_was_fetched_whole_is_kept_though_the_next_file_is_missing(mirrors, cache):
    mirrors.ways["first"] = {IMAGES: good, LABELS: missing}
    with pytest.raises(DataError, match="404"):
        digits.MNIST()
    assert files(cache) == {f"{IMAGES}.gz"}
    mirrors.ways["first"] = good
    mirrors.asked.clear()
    found = digits.MNIST(labels=True)
    assert mirrors.asked == [("first", LABELS)]
    assert_right_and_kept(found, cache, mirrors)


@pytest.mark.parametrize("way", named((missing, in_trouble, hung_up, nothing, stalled)))
def test_no_progress_bar_where_nothing_flows(mirrors, cache, monkeypatch, capsys, way):
    monkeypatch.setattr(downloads, "TIMEOUT", 0.3)
    mirrors.ways |= {"first": way, "second": way}
    digits.load()
    assert capsys.readouterr().err == ""


OUT_OF_REACH = """
from gan_lessons import digits
digits.MIRRORS, digits.CACHE = ("http://127.0.0.1:1/",), digits.CACHE / "none"
digits.load();
"""


def test_a_notebook_shows_the_notice_and_nothing_else(monkeypatch, tmp_path):
    """In a kernel of its own: what the libraries have to say there, they say once, when they are imported."""
    monkeypatch.delenv(digits.VARIABLE, raising=False)
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(OUT_OF_REACH)])
    notebooks.execute(notebook, tmp_path)
    [output] = notebook.cells[0].outputs
    assert output.name == "stdout"
    assert output.text.endswith("MNIST could not be had: tried http://127.0.0.1:1/ (it cannot be reached)\n")


def last_states(shown):
    """How each progress bar looked in the end."""
    return [line.rpartition("\r")[2].strip() for line in shown.strip().split("\n")]


@pytest.mark.parametrize(("way", "full"), [(good, "100%"), (in_chunks, "32.8")], ids=["of known length", "in chunks"])
def test_a_progress_bar_where_bytes_flow(mirrors, cache, capsys, way, full):
    mirrors.ways["first"] = {IMAGES: way, LABELS: not_compressed}
    digits.load()
    shown = capsys.readouterr()
    assert shown.out == f"Data: {COUNT} images of MNIST\n"
    assert [end[:4] for end in last_states(shown.err)] == [full, "100%"]


@pytest.mark.parametrize("way", named((cut, stalled_midway)))
def test_a_bar_that_cannot_go_on_stays_below_the_whole(mirrors, cache, monkeypatch, capsys, way):
    monkeypatch.setattr(downloads, "TIMEOUT", 1)
    mirrors.ways |= {"first": {IMAGES: way, LABELS: not_compressed}, "second": good}
    digits.load()
    *broken, whole, labels = last_states(capsys.readouterr().err)
    assert len(broken) == BAD[way][0]
    assert all(re.match(r"[45]\d%", end) for end in broken)
    assert whole.startswith("100%")
    assert labels.startswith("100%")


# A cache that was damaged, or cannot be written


def rest(content):
    return gzip.compress(content)[20:]


def half(content):
    return gzip.compress(content)[:-20]


def empty(content):
    return b""


def other(content):
    return gzip.compress(content[:-1] + b"!")


@pytest.mark.parametrize("damage", [rest, half, empty, other], ids=lambda damage: damage.__name__)
@pytest.mark.parametrize("suffix", [".gz", ""])
def test_a_damaged_file_in_the_cache_is_never_used_and_fetched_anew(mirrors, cache, damage, suffix):
    cache.mkdir(parents=True)
    (cache / f"{LABELS}.gz").write_bytes(gzip.compress(CONTENT[LABELS]))
    damaged = cache / f"{IMAGES}{suffix}"
    damaged.write_bytes(damage(CONTENT[IMAGES]))
    first, second = mirrors.addresses
    with pytest.raises(DataError) as caught:
        digits.MNIST()
    tried = f"tried {first} (it answered 404 Not Found) and {second} (it answered 404 Not Found)"
    assert re.fullmatch(
        f"{re.escape(str(damaged))} (is not|does not).*, and a new copy could not be had: {re.escape(tried)}",
        str(caught.value),
    )
    assert digits.load().name == "drawn digits"
    mirrors.ways["first"] = good
    mirrors.asked.clear()
    found = digits.MNIST(labels=True)
    assert mirrors.asked == [("first", IMAGES)]
    damaged.with_name(IMAGES).unlink(missing_ok=True)  # it may stay: the good file beside it goes first
    assert_right_and_kept(found, cache, mirrors)


def test_a_damaged_file_in_the_named_folder_stays_an_error(mirrors, cache, monkeypatch, tmp_path):
    mirrors.ways["first"] = good
    path = tmp_path / "mine" / "mnist" / f"{IMAGES}.gz"
    path.parent.mkdir(parents=True)
    path.write_bytes(half(CONTENT[IMAGES]))
    monkeypatch.setenv(digits.VARIABLE, str(tmp_path / "mine"))
    for take in (digits.MNIST, digits.load):
        with pytest.raises(DataError, match=re.escape(f"{path} is not a whole gzip file. Delete the file")):
            take()
    assert mirrors.asked == []
    assert path.read_bytes() == half(CONTENT[IMAGES])


def test_a_data_folder_that_cannot_be_written_is_a_clear_error(mirrors, cache, monkeypatch, tmp_path, capsys):
    mirrors.ways["first"] = good
    (tmp_path / "file").write_text("")
    monkeypatch.setattr(digits, "CACHE", tmp_path / "file")  # no folder can be below a file, even for root
    with pytest.raises(DataError, match=re.escape(f"cannot write in {tmp_path / 'file' / 'mnist'}: ")):
        digits.MNIST()
    assert digits.load().name == "drawn digits"
    assert "cannot write in" in capsys.readouterr().out


@pytest.mark.parametrize("there", [good, half], ids=["a whole file", "half a file"])
def test_a_file_that_cannot_be_replaced_does_no_harm_if_it_is_whole(mirrors, cache, monkeypatch, there):
    """Windows refuses while another process reads the file that it has just fetched too."""
    mirrors.ways["first"] = good
    content = gzip.compress(CONTENT[IMAGES]) if there is good else half(CONTENT[IMAGES])

    def replace(_, path):
        path.write_bytes(content)
        raise PermissionError("the file is in use")

    monkeypatch.setattr(os, "replace", replace)
    wanted = contextlib.nullcontext() if there is good else pytest.raises(DataError, match="the file is in use")
    with wanted:
        assert digits._mnist_file(IMAGES).shape == (COUNT, 28, 28)
    assert files(cache) == {f"{IMAGES}.gz"}


# Several processes, and one that is killed

PROGRAM = """
import json, os, sys
from pathlib import Path

from gan_lessons import digits, downloads
from gan_lessons.files import md5

cache, mirrors, checksums, die = json.loads(sys.argv[1])
digits.CACHE, digits.MIRRORS, digits.CHECKSUMS, downloads.TIMEOUT = Path(cache), mirrors, checksums, 120
write = Path.write_bytes


def write_half_and_die(path, content):
    write(path, content[: len(content) // 2])
    os._exit(9)  # nothing is tidied up, as when a process is killed


if die:
    Path.write_bytes = write_half_and_die
found = digits.MNIST(labels=True)
print(md5(found.images.numpy().tobytes()), found.labels.tolist())
"""


@pytest.fixture
def process(mirrors, cache):
    """Starts processes that fetch MNIST from these mirrors into this cache; ends those that are left."""
    with contextlib.ExitStack() as started:

        def start(die=False):
            about = json.dumps([str(cache.parent), mirrors.addresses, CHECKSUMS, die])
            command = [sys.executable, "-c", PROGRAM, about]
            new = started.enter_context(
                subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            )
            started.callback(new.kill)
            return new

        yield start


def test_two_processes_at_once_both_get_it_right(mirrors, cache, process):
    both = threading.Barrier(2)

    def together(request, content, name):
        """Half the file to each, and then, once both have their half, the rest."""
        body = gzip.compress(content)
        send(request, body[: len(body) // 2], len(body))
        both.wait(100)
        request.wfile.write(body[len(body) // 2 :])

    mirrors.ways["first"] = {IMAGES: together, LABELS: good}
    processes = [process(), process()]
    for one in processes:
        out, error = one.communicate(timeout=200)
        assert one.returncode == 0, error
        assert out == f"{md5(PIXELS)} {list(CONTENT[LABELS][8:])}\n"
    assert mirrors.requests_for(IMAGES) == ["first", "first"]
    assert len(mirrors.requests_for(LABELS)) <= 2
    assert_right_and_kept(digits.MNIST(labels=True), cache, mirrors)


def test_a_process_killed_in_the_middle_of_a_download_leaves_nothing(mirrors, cache, process):
    halfway = threading.Event()

    def half_then_wait(request, content, name):
        body = gzip.compress(content)
        send(request, body[: len(body) // 2], len(body))
        halfway.set()
        silent(request, content, name)

    mirrors.ways["first"] = {IMAGES: half_then_wait, LABELS: good}
    one = process()
    assert halfway.wait(100)
    time.sleep(0.2)  # for the half to arrive
    assert one.poll() is None, one.stderr.read()
    one.kill()
    one.communicate(timeout=100)
    assert files(cache) == set()
    mirrors.ways["first"] = good
    assert_right_and_kept(digits.MNIST(labels=True), cache, mirrors)


def test_a_process_killed_while_it_writes_leaves_no_file_that_passes_for_whole(mirrors, cache, process):
    mirrors.ways["first"] = good
    one = process(die=True)
    _, error = one.communicate(timeout=200)
    assert one.returncode == 9, error
    (left,) = files(cache)
    assert left not in CHECKSUMS
    assert not left.endswith(".gz")
    found = digits.MNIST(labels=True)
    (cache / left).unlink()
    assert_right_and_kept(found, cache, mirrors)
