"""Multiple choice through an encoder: rows, batches, network and loss."""

from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch
from estimator_cases import Case
from tiny_encoders import tiny_encoder

from regen.encoders.pieces import Pieces
from regen.errors import UserError
from regen.estimators.base import Resources
from regen.estimators.encoder.cell import Setup
from regen.estimators.encoder.choices import CollateChoices, choice_inputs, choice_loss, choice_loss_sum
from regen.estimators.encoder.data import shared_data
from regen.estimators.encoder.inputs import Choices, Collate, Joined, Ragged
from regen.estimators.encoder.methods import make_job
from regen.estimators.encoder.model import Model
from regen.estimators.encoder.options import Options
from regen.estimators.encoder.outputs import predict_rows
from regen.training.batches import Batch
from regen.training.device import resolve_hardware
from regen.training.noise import Noise

EXAMPLES = pd.DataFrame(
    {
        "context": ["the bank of a far station", "rain"],
        "question": ["what is far", "what"],
        "choices": [["the bank", "a new phone", "york", "rain"], ["rain", "paris"]],
        "label": ["2", "0"],
    }
)


@cache
def pieces(family: str = "bert") -> Pieces:
    return Pieces(tiny_encoder(family))


def ids(*texts: str, family: str = "bert") -> list[list[int]]:
    return [encoding.ids for encoding in pieces(family).texts(texts)]


def rows_of(rows: Any, numbers: range) -> list[list[int]]:
    width = int(rows.lengths.max())
    lengths = rows.lengths.tolist()
    return [rows.padded(np.array([number]), width, -1)[0, : lengths[number]].tolist() for number in numbers]


def blank(context: str, *choices: str) -> pd.DataFrame:
    return pd.DataFrame({"context": [context], "choices": [list(choices)]})


def test_a_row_is_context_and_question_and_choice() -> None:
    inputs = choice_inputs(EXAMPLES, pieces(), 40)
    context, question, choice = ids("the bank of a far station", "what is far", "a new phone")
    assert rows_of(inputs.pieces, range(1, 2)) == [[2, *context, 3, *question, 3, *choice, 3]]
    assert inputs.types is not None
    first, second = len(context) + 2, len(question) + len(choice) + 2
    assert rows_of(inputs.types, range(1, 2)) == [[0] * first + [1] * second]
    assert inputs.owners.tolist() == [0, 0, 0, 0, 1, 1]
    assert inputs.firsts.tolist() == [0, 1, 2, 3, 0, 1]
    assert inputs.choices is not None
    assert inputs.choices.starts.tolist() == [0, 4, 6]
    assert inputs.choices.right is not None
    assert inputs.choices.right.tolist() == [2, 0]
    assert choice_inputs(EXAMPLES.drop(columns="label"), pieces(), 40).choices.right is None  # type: ignore[union-attr]


def test_rows_of_an_encoder_without_segments() -> None:
    inputs = choice_inputs(EXAMPLES, pieces("xlm_roberta"), 60)
    context, question, choice = ids("rain", "what", "paris", family="xlm_roberta")
    assert rows_of(inputs.pieces, range(5, 6)) == [[0, *context, 2, 2, *question, 2, *choice, 2]]
    assert inputs.types is None


def test_the_context_is_cut_at_its_end_and_nothing_else() -> None:
    context, question, long, short = ids("the bank of a far station", "what is far", "a new phone", "rain")
    frame = 2 + len(question) + 1 + len(long) + 1
    inputs = choice_inputs(EXAMPLES, pieces(), frame + 2)
    rows = rows_of(inputs.pieces, range(4))
    assert rows[1] == [2, *context[:2], 3, *question, 3, *long, 3]
    assert rows[3] == [2, *context[:2], 3, *question, 3, *short, 3], "all choices see the same context"
    assert inputs.truncated is not None
    assert inputs.truncated.tolist() == [True, False]
    assert rows_of(choice_inputs(EXAMPLES, pieces(), frame).pieces, range(1, 2)) == [[2, 3, *question, 3, *long, 3]]
    with pytest.raises(UserError, match=r"^example 0 \(from 0 on\): .* leave -1 of \d+ pieces for the context"):
        choice_inputs(EXAMPLES, pieces(), frame - 1)


def test_blanks_are_masks() -> None:
    inputs = choice_inputs(blank("the #idiom# of a #other#", "bank", "rain"), pieces(), 40)
    (the,), of, (bank,), mask = *ids("the", "of a", "bank"), 4
    assert rows_of(inputs.pieces, range(1)) == [[2, the, mask, *of, mask, mask, mask, mask, 3, bank, 3]]


@pytest.mark.parametrize(
    ("before", "after", "start"),
    [("of " * 9, "the " * 9, 7), ("of ", "the " * 9, 0), ("of " * 9, "the", 6), ("", "the " * 9, 0)],
)
def test_a_long_context_keeps_its_blank_in_the_middle(before: str, after: str, start: int) -> None:
    inputs = choice_inputs(blank(f"{before}#idiom#{after}", "bank", "rain"), pieces(), 9)
    left, right, (bank,) = ids(before, after, "bank")
    whole = [*left, 4, *right]
    assert rows_of(inputs.pieces, range(1)) == [[2, *whole[start : start + 5], 3, bank, 3]]
    assert 4 in whole[start : start + 5]


def test_a_blank_needs_room() -> None:
    with pytest.raises(UserError, match=r"leave 0 of 7 pieces for the context, expected 1 or more"):
        choice_inputs(blank("a #idiom#", "the bank of a", "rain"), pieces(), 7)


def test_joined_rows_padded_in_any_order() -> None:
    rows = Joined(Ragged.of([[1, 2], [3], []]), Ragged.of([[4], [5, 6], [], [7]]), np.array([0, 0, 1, 2]))
    assert rows.lengths.tolist() == [3, 4, 1, 1]
    assert rows.padded(np.array([3, 1, 2, 0]), 5, 9).tolist() == [
        [7, 9, 9, 9, 9],
        [1, 2, 5, 6, 9],
        [3, 9, 9, 9, 9],
        [1, 2, 4, 9, 9],
    ]
    assert set(rows.flat.tolist()) == set(range(1, 8))
    with pytest.raises(ValueError, match=r"NumPy boolean|cannot assign"):
        rows.padded(np.array([1]), 3, 9)


def test_a_batch_holds_all_choices_of_examples_with_four_and_two() -> None:
    inputs = choice_inputs(EXAMPLES, pieces(), 40)
    assert inputs.choices is not None
    width = int(inputs.lengths.max())
    batch = CollateChoices(Collate(inputs, 0), inputs.choices)(Batch(np.array([1, 0]), width, 0))
    assert batch["input_ids"].shape == batch["attention_mask"].shape == batch["token_type_ids"].shape == (2, 4, width)
    assert batch["present"].tolist() == [[True, True, False, False], [True] * 4]
    assert batch["labels"].tolist() == [[0], [2]]
    flat = Collate(inputs, 0)(Batch(np.array([4, 5, 0, 1, 2, 3]), width, 0))
    assert torch.equal(batch["input_ids"][batch["present"]], flat["input_ids"])


def test_the_loss_is_that_of_a_softmax_over_choices() -> None:
    inf = float("-inf")
    logits = torch.tensor([[[1.0, 2.0, 0.5, -1.0]], [[3.0, 1.0, inf, inf]]], requires_grad=True)
    labels = torch.tensor([[2], [1]])
    first, second = np.exp([1.0, 2.0, 0.5, -1.0]), np.exp([3.0, 1.0])
    logs = [np.log(first / first.sum()), np.log(second / second.sum())]
    loss = choice_loss_sum(logits, labels, 0.0)
    loss.backward()
    total = float(loss.detach())
    assert total == pytest.approx(-logs[0][2] - logs[1][1], rel=1e-6)
    assert logits.grad is not None
    assert torch.isfinite(logits.grad).all()
    assert logits.grad[1, 0].tolist() == pytest.approx([*(second / second.sum() - [0, 1]), 0, 0])
    smoothed = 0.9 * total - 0.1 * (logs[0].mean() + logs[1].mean())
    assert float(choice_loss_sum(logits.detach(), labels, 0.1)) == pytest.approx(smoothed, rel=1e-6)
    flat = [np.array([[value]], dtype=np.float32) for value in (1.0, 2.0, 0.5, -1.0, 3.0, 1.0)]
    mean = choice_loss(flat, Choices(np.array([0, 4, 6]), np.array([2, 1])))
    assert mean == pytest.approx(total / 2, rel=1e-6)
    assert np.isnan(choice_loss(flat, Choices(np.array([0, 4, 6]), None)))


def setup(**options: Any) -> Setup:
    quiet = {"dropout": 0.0, "attention_dropout": 0.0, "max_length": 40, "stride": 0, "precision": "f32", "threads": 1}
    return Setup.of(Options(**{**quiet, **options}), "multiple_choice", EXAMPLES, ("0", "1", "2", "3"))


@pytest.mark.parametrize("frozen", [0, 1, "all"])
def test_a_batch_gives_the_logits_of_its_rows(frozen: int | str) -> None:
    torch.set_num_threads(1)
    hardware, told = resolve_hardware("f32", 1, 1), setup(frozen_layers=frozen)
    data = shared_data(told, EXAMPLES, EXAMPLES, tiny_encoder(), hardware, {})
    network = told.network(tiny_encoder(), Noise(), 0, data.pieces).eval()
    assert network.head.out.out_features == 1
    outputs = predict_rows(network, data.dev, data.collate_dev, told.adaptation.objective, hardware)
    width = int(data.train.lengths.max())
    batch = data.collate_train(Batch(np.array([1, 0]), width, 0))
    assert ("hidden" in batch, "vectors" in batch) == (frozen == 1, frozen == "all")
    with torch.no_grad():
        logits = network(batch)
    assert logits.shape == (2, 1, 4)
    rows = [float(row[0, 0]) for row in outputs.probabilities]
    assert logits[0, 0].tolist() == pytest.approx([*rows[4:], float("-inf"), float("-inf")], abs=1e-5)
    assert logits[1, 0].tolist() == pytest.approx(rows[:4], abs=1e-5)
    assert outputs.loss == pytest.approx(float(choice_loss_sum(logits, batch["labels"], 0.0)) / 2, abs=1e-5)
    predictions = told.adaptation.predictions(EXAMPLES, data.dev, outputs.probabilities, told.options, told.labels)
    assert predictions.labels == [str(int(np.argmax(rows[:4]))), str(int(np.argmax(rows[4:])))]


def test_batches_hold_examples_within_the_budget_of_all_choices() -> None:
    many = pd.concat([EXAMPLES] * 9, ignore_index=True)
    hardware, told = resolve_hardware("f32", 1, 1), setup(batch_tokens=400)
    data = shared_data(told, many, EXAMPLES, tiny_encoder(), hardware, {})
    network = told.network(tiny_encoder(), Noise(), 0, data.pieces)
    job = make_job(network, data, told, 0)
    for epoch in job.plan.epochs:
        assert sorted(row for batch in epoch for row in batch.rows.tolist()) == list(range(18))
        for batch in epoch:
            shape = job.collate(batch)["input_ids"].shape
            assert shape[0] * shape[1] * shape[2] <= 400
            owners = data.train.owners
            assert batch.tokens == sum(int(data.train.lengths[owners == row].sum()) for row in batch.rows)
    assert job.plan.tokens == told.options.epochs * int(data.train.lengths.sum())
    again = make_job(network, data, told, 0).plan.epochs
    assert [[b.rows.tolist() for b in epoch] for epoch in again] == [
        [b.rows.tolist() for b in epoch] for epoch in job.plan.epochs
    ]


def test_a_batch_in_two_parts_has_the_same_gradients() -> None:
    hardware, told = resolve_hardware("f32", 1, 1), setup()
    data = shared_data(told, EXAMPLES, EXAMPLES, tiny_encoder(), hardware, {})
    network = told.network(tiny_encoder(), Noise(), 0, data.pieces)
    job = make_job(network, data, told, 0)
    whole = job.collate(Batch(np.array([0, 1]), int(data.train.lengths.max()), 0))

    def gradients(parts: int) -> list[torch.Tensor]:
        network.zero_grad()
        for part in range(parts):
            job.loss(network, {name: values[part::parts] for name, values in whole.items()}).backward()
        return [value.grad.clone() for value in network.parameters() if value.grad is not None]

    one, two = gradients(1), gradients(2)
    assert len(one) == len(two) > 10
    assert all(torch.allclose(a, b, atol=1e-5) for a, b in zip(one, two, strict=True))


@pytest.mark.parametrize("options", [{"frozen_layers": "all"}, {"frozen_layers": 1}, {"label_smoothing": 0.1}])
def test_frozen_layers_and_smoothing_fit_and_predict(options: dict[str, Any]) -> None:
    case = Case("encoder", "multiple_choice", "zh")
    frames = case.frames()
    config = case.config(**{"epochs": 2, **options})
    model = Model.fit(frames.train, frames.dev, config, 0, Resources(encoder=tiny_encoder()))
    assert np.isfinite([row["dev_loss"] for row in model.facts()["history"]]).all()
    assert len(model.predict(frames.test).labels) == 3


def test_a_group_is_dealt_out() -> None:
    case = Case("encoder", "multiple_choice", "zh")
    model = case.fit(epochs=1)
    one = case.frames().train.iloc[[0]]
    twins = pd.concat([one, one, one], ignore_index=True)
    assert sorted(model.predict(twins).labels) == ["0", "1", "2"]
    alone = case.fit(epochs=1, assignment="none").predict(twins).labels
    assert len(set(alone)) == 1
