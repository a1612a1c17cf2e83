"""What all tests share: one thread each, and random numbers that do not depend on which tests ran before."""

from pathlib import Path
from types import SimpleNamespace

import pytest
import torch
from IPython.core.interactiveshell import InteractiveShell

torch.set_num_threads(1)

# A folder of tests needs more than the package does: a network, a browser. It is entered where it is named, as in
# `pytest tests/launch`, and nowhere else.
collect_ignore = [path.name for path in Path(__file__).parent.iterdir() if path.is_dir()]


@pytest.fixture(autouse=True)
def _seed():
    torch.manual_seed(0)


@pytest.fixture
def screen(monkeypatch):
    """What a notebook would show so far: a list of outputs, each a dictionary by MIME type. No kernel is started."""
    shown, places = [], {}

    def publish(data, metadata=None, transient=None, update=False, **_):
        place = (transient or {}).get("display_id")
        if update:
            shown[places[place]] = data
        else:
            places[place] = len(shown)
            shown.append(data)

    publisher = SimpleNamespace(publish=publish)
    monkeypatch.setattr(InteractiveShell, "initialized", lambda: True)
    monkeypatch.setattr(InteractiveShell, "instance", lambda: SimpleNamespace(display_pub=publisher))
    return shown
