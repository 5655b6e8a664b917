"""Energy by codecarbon, which is no dependency: a stand-in tells what the real one would."""

import logging
import sys
from types import SimpleNamespace
from typing import Any

import pytest

from regen.energy import EnergyMeter, need_codecarbon
from regen.errors import UserError


class RAM:
    """A part of a machine, by the name of codecarbon's class."""


class CPU:
    def __init__(self, mode: str) -> None:
        self._mode = mode


class GPU:
    def __init__(self, brand: str) -> None:
        self.devices = SimpleNamespace(devices=[type(brand, (), {})()])


class Tracker:
    """As much of codecarbon's offline tracker as is asked of it."""

    made: list["Tracker"]
    parts: tuple[Any, ...]
    kwh: float | None

    def __init__(self, **settings: Any) -> None:
        self.settings, self.steps = settings, list[str]()
        self._hardware = self.parts
        self.loudness = logging.getLogger("codecarbon").level
        self.made.append(self)

    def start(self) -> None:
        self.steps.append("start")

    def stop(self) -> None:
        self.steps.append("stop")
        if self.kwh is not None:
            self.final_emissions_data = SimpleNamespace(energy_consumed=self.kwh)


def tracker(monkeypatch: pytest.MonkeyPatch, kwh: float | None, *parts: Any) -> list[Tracker]:
    """Put the stand-in in codecarbon's place; give those that are made."""
    fake: Any = type("Fake", (Tracker,), {"made": [], "parts": parts, "kwh": kwh})
    monkeypatch.setitem(sys.modules, "codecarbon", SimpleNamespace(OfflineEmissionsTracker=fake))
    made: list[Tracker] = fake.made
    return made


def test_what_was_measured_and_what_estimated(monkeypatch: pytest.MonkeyPatch) -> None:
    made = tracker(monkeypatch, 0.000123456, RAM(), CPU("intel_rapl"), GPU("NvidiaGPUDevice"))
    meter = EnergyMeter()
    meter.start()
    assert meter.stop() == {
        "energy_kwh": 0.0001235,
        "energy_by": "CPU by RAPL, GPU by NVML, memory estimated from its size",
    }
    assert made[0].steps == ["start", "stop"]


@pytest.mark.parametrize(
    ("part", "way"),
    [
        (CPU("cpu_load"), "CPU estimated from TDP and load"),
        (CPU("constant"), "CPU estimated from TDP"),
        (CPU("something_new"), "CPU by something_new"),
        (GPU("AMDGPUDevice"), "GPU by AMD SMI"),
        (SimpleNamespace(), "SimpleNamespace"),
    ],
)
def test_ways_to_know(monkeypatch: pytest.MonkeyPatch, part: Any, way: str) -> None:
    tracker(monkeypatch, 1.0, part)
    assert EnergyMeter().stop()["energy_by"] == way


def test_it_neither_asks_the_network_nor_writes_nor_speaks(monkeypatch: pytest.MonkeyPatch) -> None:
    made = tracker(monkeypatch, 1.0)
    EnergyMeter()
    settings = made[0].settings
    assert settings["output_methods"] == []
    assert settings["emissions_endpoint"] is settings["electricitymaps_api_token"] is False
    assert settings["force_carbon_intensity_g_co2e_kwh"] == 0
    assert settings["log_level"] == "critical"
    assert made[0].loudness == logging.CRITICAL


def test_a_failure_of_codecarbon_is_a_warning(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    tracker(monkeypatch, None, RAM())
    with caplog.at_level(logging.WARNING, logger="regen"):
        assert EnergyMeter().stop() == {}
    assert [record.getMessage() for record in caplog.records] == [
        "codecarbon could not tell the energy; telemetry lacks it"
    ]


def test_codecarbon_has_to_be_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "codecarbon", SimpleNamespace(__spec__=SimpleNamespace()))
    need_codecarbon()
    monkeypatch.setattr("regen.energy.find_spec", lambda _: None)
    line = r"parameters\.yml: costs\.energy: is true, but 'codecarbon' is not installed; run 'pip install codecarbon'"
    with pytest.raises(UserError, match=line):
        need_codecarbon()


def test_the_real_one() -> None:
    pytest.importorskip("codecarbon")
    meter = EnergyMeter()
    meter.start()
    sum(range(10**6))
    told = meter.stop()
    assert told["energy_kwh"] > 0
    assert "memory estimated from its size" in told["energy_by"]
