"""What recipes make of cross entropy, against values by hand and against libraries."""

from typing import Any

import numpy as np
import pytest
import torch
from sklearn.utils.class_weight import compute_class_weight
from torch import Tensor, nn

from regen.estimators.encoder.inputs import IGNORED, Ragged
from regen.estimators.encoder.losses import balanced_weights, divergence_sum, make_loss, weighted_loss_sum
from regen.estimators.encoder.objectives import ChoiceOfExample, LabelOfEachUnit, Objective, UnitOfEachLabel
from regen.estimators.encoder.options import Options
from regen.training.loop import Collated

RANDOM = torch.Generator().manual_seed(3)
UNITS = {"labels": torch.tensor([[2, 0, IGNORED], [1, IGNORED, IGNORED]])}
CHOICES = {"labels": torch.tensor([[1], [0]])}
ANSWERS = {
    "labels": torch.tensor([[1, 2], [IGNORED, IGNORED]]),
    "units": torch.tensor([[0, 1, 2], [0, 4, 0]]),
}
CASES: list[tuple[Objective, Collated, tuple[int, ...], int]] = [
    (LabelOfEachUnit(), UNITS, (2, 3, 4), 3),
    (ChoiceOfExample(), CHOICES, (2, 1, 3), 2),
    (UnitOfEachLabel(), ANSWERS, (2, 3, 2), 2),
]


class Passes(nn.Module):
    """Gives prepared logits, one after the other."""

    def __init__(self, *passes: Tensor) -> None:
        super().__init__()
        self._passes = list(passes)

    def forward(self, _: Collated) -> Tensor:
        return self._passes.pop(0)


def random_logits(objective: Objective, shape: tuple[int, ...]) -> Tensor:
    logits = torch.randn(shape, generator=RANDOM)
    if isinstance(objective, ChoiceOfExample):
        logits[1, 0, 2] = float("-inf")  # an example with a choice less
    return logits


@pytest.mark.parametrize(("objective", "batch", "shape", "count"), CASES)
class TestEveryObjective:
    def test_targets_have_the_plain_loss(
        self, objective: Objective, batch: Collated, shape: tuple[int, ...], count: int
    ) -> None:
        logits = random_logits(objective, shape)
        logs, right = objective.targets(logits, batch)
        assert len(logs) == len(right) == count
        torch.testing.assert_close(logs.exp().sum(1), torch.ones(count))
        torch.testing.assert_close(weighted_loss_sum(logs, right, 0.0, None), objective.loss_sum(logits, batch, 0.0))

    def test_equal_passes_of_r_drop(
        self, objective: Objective, batch: Collated, shape: tuple[int, ...], count: int
    ) -> None:
        del count
        logits = random_logits(objective, shape)
        loss = make_loss(objective, Options(r_drop=5.0), None)(Passes(logits, logits.clone()), batch)
        assert float(loss) == float(objective.loss_sum(logits, batch, 0.0))

    def test_passes_that_differ(
        self, objective: Objective, batch: Collated, shape: tuple[int, ...], count: int
    ) -> None:
        del count
        left, right = (random_logits(objective, shape).requires_grad_() for _ in range(2))
        mean = (objective.loss_sum(left, batch, 0.0) + objective.loss_sum(right, batch, 0.0)) / 2
        loss = make_loss(objective, Options(r_drop=5.0), None)(Passes(left, right), batch)
        assert float(loss.detach()) > float(mean.detach())
        loss.backward()
        assert left.grad is not None
        assert torch.isfinite(left.grad).all()

    def test_samples_of_dropout(
        self, objective: Objective, batch: Collated, shape: tuple[int, ...], count: int
    ) -> None:
        del count
        samples = torch.stack([random_logits(objective, shape) for _ in range(3)])
        loss = make_loss(objective, Options(dropout_samples=3), None)(Passes(samples), batch)
        torch.testing.assert_close(loss, torch.stack([objective.loss_sum(x, batch, 0.0) for x in samples]).mean())

    def test_focus(self, objective: Objective, batch: Collated, shape: tuple[int, ...], count: int) -> None:
        del count
        logits = random_logits(objective, shape).requires_grad_()
        loss = make_loss(objective, Options(focal=2.0), None)(Passes(logits), batch)
        assert 0 < float(loss.detach()) < float(objective.loss_sum(logits, batch, 0.0).detach())
        loss.backward()
        assert logits.grad is not None
        assert torch.isfinite(logits.grad).all()


def test_focal_loss_by_hand() -> None:
    logs = torch.tensor([[0.25, 0.75], [0.9, 0.1]]).log()
    right = torch.tensor([1, 1])
    expected = -(0.25**2) * np.log(0.75) - 0.9**2 * np.log(0.1)
    assert float(weighted_loss_sum(logs, right, 2.0, None)) == pytest.approx(expected)
    weighted = -(0.25**2) * np.log(0.75) * 3 - 0.9**2 * np.log(0.1) * 3
    assert float(weighted_loss_sum(logs, right, 2.0, torch.tensor([1.0, 3.0]))) == pytest.approx(weighted)


@pytest.mark.parametrize("focus", [0.5, 1.0, 2.0])
def test_slope_where_the_model_is_certain(focus: float) -> None:
    logs = torch.tensor([[0.0, -200.0], [-200.0, 0.0]], requires_grad=True)
    weighted_loss_sum(logs, torch.tensor([0, 0]), focus, None).backward()
    assert logs.grad is not None
    assert torch.isfinite(logs.grad).all()


def test_divergence_by_hand() -> None:
    left, right = np.array([0.5, 0.5]), np.array([0.25, 0.75])
    expected = (left * np.log(left / right)).sum() + (right * np.log(right / left)).sum()
    tensors = [torch.tensor([[*np.log(values), -np.inf]], dtype=torch.float64) for values in (left, right)]
    assert float(divergence_sum(*tensors)) == pytest.approx(expected)


def test_weights_are_those_of_scikit_learn() -> None:
    labels = [0, 0, 0, 1, 2, 2]
    rows = Ragged.of([[0, 0, IGNORED], [0, 1], [2, 2]])
    expected = compute_class_weight("balanced", classes=np.arange(3), y=np.array(labels))
    found = balanced_weights(rows, 4)
    np.testing.assert_allclose(found.numpy(), [*expected, 1.0], rtol=1e-6)
    assert float(found[labels].mean()) == pytest.approx(1)


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"label_smoothing": 0.1, "focal": 2.0}, "'label_smoothing' does not go with 'focal'"),
        ({"label_smoothing": 0.1, "class_weights": "balanced"}, "'label_smoothing' does not go with"),
        ({"r_drop": 1.0, "dropout_samples": 2}, "'r_drop' and 'dropout_samples' do not go together"),
        ({"adversary": {"type": "fgm"}, "frozen_layers": 1}, "'adversary' moves the embeddings"),
        ({"adversary": {"type": "free"}}, "'fgm', 'pgd'"),
        ({"adversary": {"type": "fgm", "norm": 0}}, "greater than 0"),
        ({"adversary": {"type": "fgm", "steps": 3}}, "not permitted"),
        ({"average": {"type": "ema", "decay": 1.0}}, "less than 1"),
        ({"average": {"type": "swa", "start": -0.1}}, "greater than or equal to 0"),
        ({"layer_decay": 0.0}, "greater than 0"),
        ({"layer_decay": 1.5}, "less than or equal to 1"),
        ({"focal": -1.0}, "greater than or equal to 0"),
        ({"r_drop": -1.0}, "greater than or equal to 0"),
        ({"optimiser": "lion"}, "'adamw', 'sgd' or 'adafactor'"),
        ({"class_weights": "sqrt"}, "'balanced'"),
        ({"accumulation": 0}, "greater than or equal to 1"),
    ],
)
def test_refused(options: dict[str, Any], told: str) -> None:
    with pytest.raises(ValueError, match=told):
        Options(**options)
