"""Ctrl-C waits until a piece of work is whole, and then is delivered."""

import signal
import threading

import pytest

from gan_lessons.interrupts import held


@pytest.fixture(autouse=True)
def _python_handles_interrupts():
    """Whatever runs the tests may handle SIGINT in its own way; here it is the KeyboardInterrupt that Python makes."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def work(done, depth=1):
    with held():
        done.append("begun")
        signal.raise_signal(signal.SIGINT)
        if depth > 1:
            work(done, depth - 1)
        done.append("whole")
    done.append("never reached")


@pytest.mark.parametrize("depth", [1, 2, 3])
def test_an_interrupt_waits_for_the_end_of_the_outermost_block(depth):
    done = []
    with pytest.raises(KeyboardInterrupt):
        work(done, depth)
    # An inner block hands its interrupt to the outer one, which goes on.
    assert done == ["begun"] * depth + ["whole", *["never reached", "whole"] * (depth - 1)]


def test_without_an_interrupt_nothing_happens():
    with held():
        assert signal.getsignal(signal.SIGINT) is not signal.default_int_handler
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_many_interrupts_are_delivered_as_one():
    delivered = []
    signal.signal(signal.SIGINT, lambda *_: delivered.append("interrupt"))
    with held():
        for _ in range(3):
            signal.raise_signal(signal.SIGINT)
        assert delivered == []
    assert delivered == ["interrupt"]


def test_the_handler_is_given_the_signal():
    given = []
    signal.signal(signal.SIGINT, lambda number, frame: given.append((number, frame)))
    with held():
        signal.raise_signal(signal.SIGINT)
    ((number, frame),) = given
    assert number == signal.SIGINT
    assert frame.f_code is test_the_handler_is_given_the_signal.__code__


def test_an_interrupt_after_the_block_comes_at_once():
    with held():
        pass
    with pytest.raises(KeyboardInterrupt):
        signal.raise_signal(signal.SIGINT)


def test_an_exception_inside_comes_out_and_the_handler_is_back():
    with pytest.raises(ValueError, match="inside"), held():
        raise ValueError("inside")
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_an_ignored_interrupt_stays_ignored():
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with held():
        signal.raise_signal(signal.SIGINT)
    assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN


def test_in_another_thread_nothing_is_held():
    seen = []

    def elsewhere():
        with held():
            seen.append(signal.getsignal(signal.SIGINT))

    thread = threading.Thread(target=elsewhere)
    thread.start()
    thread.join()
    assert seen == [signal.default_int_handler]
