"""How many of a lesson's runs may be asserted to succeed, from how many of a sweep's did."""

import importlib.util
from pathlib import Path

import pytest
from scipy.stats import binom, binomtest

PATH = Path(__file__).resolve().parent.parent / "benchmarks" / "sweeps.py"


@pytest.fixture
def sweeps(monkeypatch):
    monkeypatch.syspath_prepend(PATH.parent)
    spec = importlib.util.spec_from_file_location("sweeps", PATH)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(("successes", "trials", "runs"), [(128, 128, 20), (120, 128, 8), (64, 128, 30), (3, 128, 5)])
def test_the_count_is_the_largest_that_is_safe(sweeps, successes, trials, runs):
    k = sweeps.safe_count(successes, trials, runs)
    rate = binomtest(successes, trials, alternative="greater").proportion_ci(0.95, "exact").low
    fewer = [sum(binom.pmf(j, runs, rate) for j in range(count)) for count in range(runs + 2)]  # P(fewer than count)
    assert fewer[k] <= 1e-4
    assert k == runs or fewer[k + 1] > 1e-4
