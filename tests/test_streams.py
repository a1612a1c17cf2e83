"""A stream neither disturbs torch's global generator nor is disturbed by it."""

import pytest
import torch

from gan_lessons.streams import Stream, Streams


def expected(seed, n):
    return torch.randn(n, generator=torch.Generator().manual_seed(seed))


def test_a_stream_is_torchs_generator_with_that_seed():
    with Stream(5):
        assert torch.equal(torch.randn(20), expected(5, 20))


def test_the_same_seed_gives_the_same_numbers_and_another_others():
    first, again, other = Stream(1), Stream(1), Stream(2)
    assert torch.equal(first(torch.rand, 4), again(torch.rand, 4))
    assert not torch.equal(first(torch.rand, 4), other(torch.rand, 4))


def test_the_global_generator_is_undisturbed():
    torch.manual_seed(9)
    undisturbed = [torch.rand(3) for _ in range(3)]
    torch.manual_seed(9)
    stream, found = Stream(1), []
    for _ in range(3):
        found.append(torch.rand(3))
        with stream:
            torch.rand(100)
        stream(torch.randn, 7)
    assert torch.equal(torch.stack(found), torch.stack(undisturbed))


def test_the_stream_goes_on_where_it_was_whatever_is_drawn_outside():
    stream, pieces = Stream(3), []
    with Stream(3):
        whole = [torch.rand(6) for _ in range(3)]
    for k in range(3):
        torch.manual_seed(k)
        torch.rand(k)
        pieces.append(stream(torch.rand, 6))
    assert torch.equal(torch.stack(pieces), torch.stack(whole))


def test_a_stream_may_be_entered_while_entered():
    stream = Stream(4)
    before = torch.get_rng_state()
    with stream:
        first = torch.randn(4)
        with stream:
            second = torch.randn(4)
            third = stream(torch.randn, 4)
        fourth = torch.randn(4)
    assert torch.equal(torch.get_rng_state(), before)
    with Stream(4):
        assert all(torch.equal(torch.randn(4), found) for found in (first, second, third, fourth))


def test_two_streams_are_independent_even_one_inside_the_other():
    outer, inner = Stream(1), Stream(2)
    with outer:
        one = torch.randn(4)
        with inner:
            two = torch.randn(4)
        three = torch.randn(4)
    with Stream(1):
        assert torch.equal(torch.randn(4), one)
        assert torch.equal(torch.randn(4), three)
    assert torch.equal(two, expected(2, 4))


def fail_inside(stream):
    with stream:
        torch.rand(5)
        raise RuntimeError("inside")


def test_an_exception_gives_the_global_generator_back():
    before, stream = torch.get_rng_state(), Stream(1)
    with pytest.raises(RuntimeError, match="inside"):
        fail_inside(stream)
    assert torch.equal(torch.get_rng_state(), before)
    with Stream(1):
        torch.rand(5)
        goes_on = torch.rand(5)
    assert torch.equal(stream(torch.rand, 5), goes_on)


def test_calling_a_stream_hands_over_arguments_and_result():
    assert Stream(0)(divmod, 7, 2) == (3, 1)


def test_a_stream_goes_on_from_a_kept_state_as_often_as_wanted():
    stream = Stream(8)
    stream(torch.rand, 3)
    kept = stream.state()
    found = stream(torch.rand, 5)
    for other in (stream, Stream(1), Stream(2)):
        other.restore(kept)
        assert torch.equal(other(torch.rand, 5), found)


def test_a_state_is_torchs_own():
    assert list(Stream(8).state()) == ["cpu"]
    assert torch.equal(Stream(8).state()["cpu"], torch.Generator().manual_seed(8).get_state())


def test_a_state_from_another_device_leaves_the_numbers_as_they_are():
    stream = Stream(8)
    stream.restore({"cuda": Stream(1).state()["cpu"]})
    assert torch.equal(stream(torch.rand, 5), Stream(8)(torch.rand, 5))


def test_many_streams_draw_member_by_member_each_from_its_own():
    streams = Streams([4, 5, 4])
    torch.testing.assert_close(streams(torch.randn, 7), torch.stack([expected(seed, 7) for seed in (4, 5, 4)]))
    offsets = torch.arange(3.0)
    singles = [Stream(seed) for seed in (4, 5, 4)]
    for stream in singles:
        stream(torch.randn, 7)
    found = streams(lambda offset, n: (offset + torch.rand(n), torch.randn(n)), offsets, 2)
    assert [part.shape for part in found] == [(3, 2), (3, 2)]
    for k, stream in enumerate(singles):
        assert torch.equal(found[0][k], offsets[k] + stream(torch.rand, 2))
        assert torch.equal(found[1][k], stream(torch.randn, 2))


def test_many_streams_leave_the_global_generator_alone():
    torch.manual_seed(2)
    with Streams([0, 1]) as streams:
        streams(torch.rand, 3)
        assert torch.equal(torch.randn(4), expected(2, 4))
