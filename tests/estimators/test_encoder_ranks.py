"""AdaLoRA: ranks that fall to the budget, by importance, and the penalty."""

import pytest
import torch
from torch import nn
from tuning_cases import fit, make_network, moved

from regen.estimators.encoder.network import Network
from regen.estimators.encoder.ranks import Ranks, orthogonality, with_orthogonality
from regen.estimators.encoder.tuning import AdaLora
from regen.training.batches import Plan
from regen.training.loop import Job

METHOD = AdaLora(type="adalora", rank=1, first_rank=3, initial=0.2, final=0.3)


class _At:
    """A loop that stands at a step."""

    def __init__(self, step: int) -> None:
        self.step = step


def update(ranks: Ranks, network: Network, step: int) -> int:
    """Move the weights as a step does, and give how many singular values are left."""
    generator = torch.Generator().manual_seed(step)
    for value in network.parameters():
        if value.requires_grad:
            value.data.add_(torch.randn(value.shape, generator=generator), alpha=0.1)
            value.grad = torch.randn(value.shape, generator=generator)
    ranks.on_update(_At(step))  # type: ignore[arg-type]
    values = {name: value for name, value in network.named_parameters() if "lora_E" in name}
    assert len(values) == 12, "layers"
    return sum(int(value.count_nonzero()) for value in values.values())


def test_ranks_fall_from_the_first_budget_to_the_last() -> None:
    network = make_network("bert", "adalora")
    ranks = Ranks(network.body, METHOD, 10)
    left = [update(ranks, network, step) for step in range(10)]
    # 36 values until step 2; then 12 + 24 (1 - (t - 2) / 5)³ rounded down until step 7, and 12 to the end
    assert left == [36, 36, 24, 17, 13, 12, 12, 12, 12, 12]


def test_the_least_important_go_first() -> None:
    network = make_network("bert", "adalora")
    ranks = Ranks(network.body, METHOD.model_copy(update={"initial": 0.0, "final": 0.0}), 1)
    strong = [name for name, _ in network.named_parameters() if "lora_E" in name][3]
    for name, value in moved(network).named_parameters():
        if value.requires_grad:
            value.grad = torch.full_like(value, 10.0 if name.split(".lora_")[0] == strong.split(".lora_")[0] else 0.1)
    ranks.on_update(_At(0))  # type: ignore[arg-type]
    assert dict(network.named_parameters())[strong].count_nonzero() == 3


@pytest.mark.parametrize("cut", [1, 3, 6, 8])
def test_what_is_remembered_goes_on_as_if_nothing_had_happened(cut: int) -> None:
    network, again = make_network("bert", "adalora"), make_network("bert", "adalora")
    first, second = Ranks(network.body, METHOD, 10), Ranks(again.body, METHOD, 10)
    for step in range(cut):
        update(first, network, step)
    second.restore(first.facts(), {name: value.clone() for name, value in first.tensors().items()})
    again.load_state_dict(network.state_dict())
    for step in range(cut, 10):
        assert update(first, network, step) == update(second, again, step)
    assert all(torch.equal(value, again.state_dict()[name]) for name, value in network.state_dict().items())


def test_one_step_reaches_the_last_ranks_too() -> None:
    network = make_network("bert", "adalora")
    assert update(Ranks(network.body, METHOD, 1), network, 0) == 12


def test_orthogonality_by_hand() -> None:
    body = nn.Module()
    body.lora_A, body.lora_B = nn.ParameterDict(), nn.ParameterDict()
    body.lora_A["default"] = nn.Parameter(torch.tensor([[2.0, 0.0], [0.0, 1.0]]))  # QQᵀ - I = diag(3, 0)
    body.lora_B["default"] = nn.Parameter(torch.tensor([[1.0, 1.0], [0.0, 0.0], [0.0, 2.0]]))  # [[0, 1], [1, 4]]
    assert orthogonality(body).item() == pytest.approx((3 + 18**0.5) / 2)


def test_the_penalty_counts_once_however_a_batch_is_parted() -> None:
    network = make_network("bert", "adalora")
    job = Job(network, Plan([]), dict, lambda _, batch: batch["x"].sum(), lambda batch: torch.tensor(len(batch["x"])))  # type: ignore[arg-type]
    loss, x = with_orthogonality(job, network.body, 0.5).loss, torch.arange(6.0)
    whole = loss(network, {"x": x})
    parts = loss(network, {"x": x[:2]}) + loss(network, {"x": x[2:]})
    assert whole.item() == pytest.approx(parts.item())
    assert whole.item() == pytest.approx(15 + 6 * 0.5 * orthogonality(network.body).item())


def test_a_fit_ends_with_the_ranks_that_were_asked_for() -> None:
    model = fit("adalora", keep="last")
    values = [value for name, value in model._tensors.items() if "lora_E" in name]
    assert sum(int(value.count_nonzero()) for value in values) == len(values) == 6
