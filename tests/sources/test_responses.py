"""Retry-After."""

import time
from email.utils import formatdate

import pytest

from regen.sources.responses import retry_after


@pytest.mark.parametrize(("value", "seconds"), [("", 0.0), ("soon", 0.0), ("12", 12.0)])
def test_retry_after(value: str, seconds: float) -> None:
    assert retry_after(value) == seconds


def test_retry_after_a_date() -> None:
    assert retry_after(formatdate(time.time() + 30, usegmt=True)) == pytest.approx(30, abs=3)
    assert retry_after("Sat, 01 Jan 2022 00:00:00 GMT") < 0
