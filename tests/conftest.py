"""What all tests share: one thread each, and random numbers that do not depend on which tests ran before."""

from types import SimpleNamespace

import pytest
import torch
from IPython.core.interactiveshell import InteractiveShell

torch.set_num_threads(1)


@pytest.fixture(autouse=True)
def _seed():
    torch.manual_seed(0)


@pytest.fixture
def screen(monkeypatch):
    """What a notebook would show so far: a list of outputs, each a dictionary by MIME type. No kernel is started."""
    shown = []
    publisher = SimpleNamespace(publish=lambda data, metadata=None, **_: shown.append(data))
    monkeypatch.setattr(InteractiveShell, "initialized", lambda: True)
    monkeypatch.setattr(InteractiveShell, "instance", lambda: SimpleNamespace(display_pub=publisher))
    return shown
