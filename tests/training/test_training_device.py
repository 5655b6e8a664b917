import os

import pytest
import torch

from regen.errors import UserError
from regen.training.device import Hardware, resolve_hardware, use


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """A machine without a GPU, whose CPU has no instructions for bf16."""
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)
    monkeypatch.setattr(torch.cpu, "_is_avx512_bf16_supported", lambda: False)
    monkeypatch.setattr(torch.cpu, "_is_amx_tile_supported", lambda: False)
    monkeypatch.setattr(torch.backends.cpu, "get_cpu_capability", lambda: "AVX2")
    return monkeypatch


@pytest.fixture
def cuda(bare: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """A machine with a GPU."""
    bare.setattr(torch.cuda, "is_available", lambda: True)
    bare.setattr(torch.cuda, "get_device_name", lambda: "Made-up GPU")
    bare.setattr(torch.cuda, "is_bf16_supported", lambda including_emulation=True: including_emulation)
    return bare


@pytest.mark.usefixtures("bare")
def test_plain_cpu() -> None:
    assert resolve_hardware("auto", 3) == Hardware("cpu", "AVX2", "f32", 3, 1)
    assert resolve_hardware("bf16", 1).precision == "bf16"


@pytest.mark.parametrize("name", ["_is_avx512_bf16_supported", "_is_amx_tile_supported"])
def test_cpu_that_multiplies_bf16(name: str, bare: pytest.MonkeyPatch) -> None:
    plain = resolve_hardware("auto", 1)
    bare.setattr(torch.cpu, name, lambda: True)
    found = resolve_hardware("auto", 1)
    assert found.precision == "bf16"
    assert found.kind != plain.kind
    assert resolve_hardware("f32", 1).precision == "f32"


@pytest.mark.usefixtures("cuda")
def test_gpu() -> None:
    """Emulated bf16 is no reason to take it."""
    assert resolve_hardware("auto", 2) == Hardware("cuda", "Made-up GPU", "f32", 2, 1)
    assert resolve_hardware("f16", 2).precision == "f16"


def test_gpu_with_bf16(cuda: pytest.MonkeyPatch) -> None:
    cuda.setattr(torch.cuda, "is_bf16_supported", lambda including_emulation=True: True)  # noqa: ARG005
    assert resolve_hardware("auto", 2).precision == "bf16"


def test_mps(bare: pytest.MonkeyPatch) -> None:
    bare.setattr(torch.backends.mps, "is_available", lambda: True)
    assert resolve_hardware("auto", 2) == Hardware("mps", "mps", "f32", 2, 1)


@pytest.mark.usefixtures("bare")
def test_f16_without_cuda_is_refused_in_one_line() -> None:
    with pytest.raises(UserError, match="option 'precision': found f16 on device cpu, expected a CUDA device") as error:
        resolve_hardware("f16", 1)
    assert "\n" not in str(error.value)


def test_threads_are_shared_among_processes(bare: pytest.MonkeyPatch) -> None:
    bare.setattr(os, "sched_getaffinity", lambda _: set(range(8)))
    assert [resolve_hardware("f32", None, processes).threads for processes in (1, 2, 3, 20)] == [8, 4, 2, 1]
    assert resolve_hardware("f32", 5, 2).threads == 5
    assert resolve_hardware("f32", None, 2).processes == 2


def test_told_has_all_fields() -> None:
    hardware = Hardware("cpu", "AVX2", "f32", 3, 2)
    assert Hardware(**hardware.told()) == hardware


def test_use_sets_threads() -> None:
    before = torch.get_num_threads()
    try:
        for threads in (2, 1):
            use(Hardware("cpu", "AVX2", "f32", threads))
            assert torch.get_num_threads() == threads
    finally:
        torch.set_num_threads(before)
