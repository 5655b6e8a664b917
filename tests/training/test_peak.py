import sys
from collections.abc import Iterator

import pytest
import torch

from regen.training import peak
from regen.training.peak import matrix_peak, peak_memory


@pytest.fixture(autouse=True)
def _nothing_measured_yet() -> Iterator[None]:
    matrix_peak.cache_clear()
    yield
    matrix_peak.cache_clear()


def test_operations_of_a_product_over_its_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(peak, "_SIDE", 8)
    monkeypatch.setattr(peak, "_fewest_seconds", lambda *_: 0.5)
    assert matrix_peak("cpu", torch.float32, 1) == 2 * 2 * 8**3


def test_a_real_product_is_measured_once_and_leaves_no_trace(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(peak, "_SIDE", 64)
    monkeypatch.setattr(peak, "_SECONDS", 0.01)
    torch.set_num_threads(1)
    random = torch.get_rng_state()
    found = matrix_peak("cpu", torch.bfloat16, 2)
    assert 1e6 < found < 1e15
    assert matrix_peak("cpu", torch.bfloat16, 2) == found
    assert torch.equal(torch.get_rng_state(), random)
    assert torch.get_num_threads() == 1


def test_products_run_with_the_threads_that_are_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[int] = []
    monkeypatch.setattr(peak, "_SIDE", 8)
    monkeypatch.setattr(peak, "_fewest_seconds", lambda *_: seen.append(torch.get_num_threads()) or 1.0)
    torch.set_num_threads(1)
    matrix_peak("cpu", torch.float32, 2)
    assert seen == [2]


def test_the_fastest_run_counts_and_the_first_one_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    now, done, waits = 0.0, 0, 0

    def work() -> None:
        nonlocal now, done
        now += [9.0, 0.10, 0.04, 0.04, 0.06, 0.06, 0.06, 0.06][done]  # warm-up, then 1, 2 and 4 repetitions
        done += 1

    def wait() -> None:
        nonlocal waits
        waits += 1

    monkeypatch.setattr(peak.time, "perf_counter", lambda: now)
    assert peak._fewest_seconds(work, wait) == pytest.approx(0.04)
    assert (done, waits) == (8, 4)


def test_memory_of_the_process() -> None:
    before = peak_memory("cpu")
    held = torch.ones(before // 4 + 10_000_000)  # of 4 bytes: more than the process ever had
    assert peak_memory("cpu") > before
    assert len(held) * 4 < peak_memory("cpu") < 4 * before + 200_000_000


def test_memory_where_the_system_keeps_no_peak(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "resource", None)
    assert 10_000_000 < peak_memory("cpu") < 1e12


def test_memory_of_the_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "max_memory_allocated", lambda: 123)
    assert peak_memory("cuda") == 123
