"""Hold an interrupt (Ctrl-C, the notebook's stop button) until a piece of work is whole."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def held() -> Iterator[None]:
    """Inside, SIGINT waits; at the end it is delivered to whoever handled it before. An error inside takes its place.

    Only the main thread receives signals: in any other, nothing needs to be held.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    waiting = []
    before = signal.signal(signal.SIGINT, lambda *signal_and_frame: waiting.append(signal_and_frame))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
    if waiting and callable(before):
        before(*waiting[-1])
