"""What all tests share: one thread each, and random numbers that do not depend on which tests ran before."""

import pytest
import torch

torch.set_num_threads(1)


@pytest.fixture(autouse=True)
def _seed():
    torch.manual_seed(0)
