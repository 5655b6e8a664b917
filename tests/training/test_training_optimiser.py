import math

import pytest
import torch
from torch import nn

from regen.training.optimiser import Schedule, make_optimiser, parameter_groups, schedule_factor


class Small(nn.Module):
    """An embedding, a frozen layer, a norm and a head."""

    def __init__(self) -> None:
        super().__init__()
        self.embedding = nn.Embedding(5, 3)
        self.frozen = nn.Linear(3, 3).requires_grad_(False)
        self.body = nn.Linear(3, 3)
        self.norm = nn.LayerNorm(3)
        self.head = nn.Linear(3, 2)
        self.place = nn.Embedding(4, 3)


def test_groups_by_rate_and_decay() -> None:
    network = Small()
    names = {id(value): name for name, value in network.named_parameters()}
    head = [*network.head.parameters(), *network.place.parameters()]
    groups = parameter_groups(network, head, 1e-3, 1e-2, 0.1)
    found = {(group["lr"], group["weight_decay"]): {names[id(value)] for value in group["params"]} for group in groups}
    assert found == {
        (1e-3, 0.0): {"embedding.weight", "body.bias", "norm.weight", "norm.bias"},
        (1e-3, 0.1): {"body.weight"},
        (1e-2, 0.0): {"head.bias", "place.weight"},
        (1e-2, 0.1): {"head.weight"},
    }
    assert all(group["initial_lr"] == group["lr"] for group in groups)


def test_equal_rates_make_two_groups() -> None:
    network = Small()
    groups = parameter_groups(network, network.head.parameters(), 1e-3, 1e-3, 0.1)
    assert sorted(group["weight_decay"] for group in groups) == [0.0, 0.1]


def test_unused_embedding_rows_stay() -> None:
    """AdamW without decay leaves a row alone that no batch uses: what trimming rests on."""
    network = Small()
    before = network.embedding.weight.detach().clone()
    optimiser = make_optimiser("adamw", parameter_groups(network, [], 1e-2, 1e-2, 0.5), "cpu")
    for row in (1, 3):
        optimiser.zero_grad()
        network.head(network.embedding(torch.tensor([row]))).sum().backward()
        optimiser.step()
    after = network.embedding.weight.detach()
    assert torch.equal(after[[0, 2, 4]], before[[0, 2, 4]])
    assert not torch.equal(after[1], before[1])


def test_adamw_is_fused_where_torch_has_it() -> None:
    parameter = nn.Parameter(torch.zeros(2))
    assert make_optimiser("adamw", [{"params": [parameter]}], "cpu").defaults["fused"]
    assert not make_optimiser("adamw", [{"params": [parameter]}], "mps").defaults["fused"]


@pytest.mark.parametrize(
    ("schedule", "after"),
    [
        ("linear", [1, 7 / 8, 6 / 8, 5 / 8, 4 / 8, 3 / 8, 2 / 8, 1 / 8]),
        ("constant", [1] * 8),
        ("cosine", [(1 + math.cos(math.pi * step / 8)) / 2 for step in range(8)]),
    ],
)
def test_schedule(schedule: Schedule, after: list[float]) -> None:
    factor = schedule_factor(schedule, 10, 0.2)
    assert [factor(step) for step in range(10)] == pytest.approx([1 / 3, 2 / 3, *after])


@pytest.mark.parametrize("schedule", ["linear", "cosine", "constant"])
@pytest.mark.parametrize("steps", [1, 2, 7])
@pytest.mark.parametrize("warmup", [0.0, 0.1, 0.99])
def test_every_step_moves(schedule: Schedule, steps: int, warmup: float) -> None:
    factor = schedule_factor(schedule, steps, warmup)
    assert all(0 < factor(step) <= 1 for step in range(steps))


def test_no_warmup_begins_at_the_top() -> None:
    assert schedule_factor("linear", 4, 0.0)(0) == 1


def test_share_of_warmup_steps_is_exact() -> None:
    factor = schedule_factor("constant", 100, 0.07)
    assert sum(factor(step) < 1 for step in range(100)) == 7
