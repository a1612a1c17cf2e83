"""Numbers that change during training: frozen values, called with the step, giving a float."""

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class _Ramp:
    """From `start` at step 0 to `end` at step `over` and ever after."""

    start: float
    end: float
    over: int

    def __post_init__(self):
        if self.over < 1:
            raise ValueError(f"over={self.over}: a schedule needs at least one step, for example over=1_000")

    def progress(self, step: int) -> float:
        return min(max(step, 0) / self.over, 1.0)


class Linear(_Ramp):
    """A straight line from `start` to `end`."""

    def __call__(self, step: int) -> float:
        return self.start + (self.end - self.start) * self.progress(step)


class Cosine(_Ramp):
    """Half a cosine from `start` to `end`: flat at both ends (Loshchilov and Hutter 2017, equation 5)."""

    def __call__(self, step: int) -> float:
        return self.end + (self.start - self.end) * (1 + math.cos(math.pi * self.progress(step))) / 2


Schedule = Linear | Cosine


def value_at(number: "float | Schedule", step: int) -> float:
    """`number` itself, or its value at `step` if it is a schedule."""
    return number(step) if callable(number) else number
