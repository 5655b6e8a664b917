from collections import Counter
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from regen.training.batches import Batch, Ints, Several, epoch_batches, plan, sorted_batches, widths

lengths_of_rows = st.lists(st.integers(1, 150), min_size=1, max_size=80).map(lambda row: np.array(row, dtype=np.int64))
budgets = st.integers(16, 400)
row_limits = st.none() | st.integers(1, 9)
seeds = st.integers(0, 2**32)


def told(batches: list[Batch]) -> list[tuple[list[int], int, int]]:
    return [(batch.rows.tolist(), batch.width, batch.tokens) for batch in batches]


def check_batches(
    batches: list[Batch], lengths: Ints, budget: int, most_rows: int | None = None, known: set[int] | None = None
) -> None:
    """Each row once; no row is cut, no width made up; budget and limit are kept, but by a row too long alone."""
    known = known or set(widths(lengths).tolist())
    assert sorted(row for batch in batches for row in batch.rows.tolist()) == list(range(len(lengths)))
    for batch in batches:
        assert batch.tokens == lengths[batch.rows].sum()
        assert lengths[batch.rows].max() <= batch.width
        assert batch.width in known
        assert len(batch.rows) * batch.width <= budget or len(batch.rows) == 1
        assert most_rows is None or len(batch.rows) <= most_rows


@pytest.mark.parametrize(
    ("length", "width"),
    [(1, 4), (4, 4), (5, 8), (29, 32), (32, 32), (33, 40), (57, 64), (64, 64), (65, 80), (81, 96), (128, 128)],
)
def test_widths(length: int, width: int) -> None:
    assert widths(np.array([length])).tolist() == [width]


@given(lengths_of_rows, budgets, row_limits, seeds, st.integers(0, 50))
@settings(deadline=None, max_examples=60)
def test_epoch_holds_each_row_once_within_the_budget(
    lengths: Ints, budget: int, most_rows: int | None, seed: int, epoch: int
) -> None:
    check_batches(epoch_batches(lengths, budget, most_rows, seed, epoch), lengths, budget, most_rows)


@given(lengths_of_rows, budgets, row_limits, seeds)
@settings(deadline=None, max_examples=60)
def test_batches_of_a_width_have_one_shape_but_the_last(
    lengths: Ints, budget: int, most_rows: int | None, seed: int
) -> None:
    partial = 0
    for batch in epoch_batches(lengths, budget, most_rows, seed, 0):
        full = max(1, min(budget // batch.width, most_rows or len(lengths)))
        assert len(batch.rows) <= full
        partial += len(batch.rows) < full
    assert partial <= 1


@given(lengths_of_rows, budgets, row_limits, seeds, seeds, st.integers(0, 50))
@settings(deadline=None, max_examples=60)
def test_shapes_do_not_depend_on_seed_and_epoch(
    lengths: Ints, budget: int, most_rows: int | None, seed: int, other: int, epoch: int
) -> None:
    shapes = [
        Counter((len(batch.rows), batch.width) for batch in epoch_batches(lengths, budget, most_rows, *position))
        for position in ((seed, 0), (other, epoch))
    ]
    assert shapes[0] == shapes[1]


@given(lengths_of_rows, budgets, seeds, st.integers(0, 50))
@settings(deadline=None, max_examples=60)
def test_batches_are_a_pure_function(lengths: Ints, budget: int, seed: int, epoch: int) -> None:
    before = lengths.copy()
    first = told(epoch_batches(lengths, budget, None, seed, epoch))
    np.random.seed(seed % 1000)  # the global state must not matter
    assert told(epoch_batches(lengths, budget, None, seed, epoch)) == first
    assert lengths.tolist() == before.tolist()


def test_order_changes_with_seed_and_epoch() -> None:
    lengths = np.full(40, 8)
    orders = [told(epoch_batches(lengths, 32, None, seed, epoch)) for seed, epoch in ((0, 0), (0, 1), (1, 0))]
    assert orders[0] != orders[1]
    assert orders[0] != orders[2]
    assert orders[1] != orders[2]


def test_left_over_rows_join_the_next_width() -> None:
    lengths = np.array([3, 3, 3, 7, 7])
    batches = epoch_batches(lengths, 16, None, 0, 0)
    assert sorted((len(batch.rows), batch.width) for batch in batches) == [(1, 8), (2, 8), (2, 8)]
    batches = epoch_batches(lengths, 8, None, 0, 0)
    assert sorted((len(batch.rows), batch.width) for batch in batches) == [(1, 8), (1, 8), (1, 8), (2, 4)]


@given(lengths_of_rows, budgets)
@settings(deadline=None, max_examples=60)
def test_sorted_batches_fall_in_width(lengths: Ints, budget: int) -> None:
    batches = sorted_batches(lengths, budget)
    check_batches(batches, lengths, budget, known=set(lengths.tolist()))
    found = [batch.width for batch in batches]
    assert found == sorted(found, reverse=True)
    for batch, following in pairwise(batches):
        full = (len(batch.rows) + 1) * batch.width > budget
        assert full or lengths[following.rows[0]] < batch.width * 7 / 8


def test_sorted_batches_end_where_rows_would_be_padded_much() -> None:
    lengths = np.array([8, 7, 7, 6, 6, 6, 6])
    shapes = [(len(batch.rows), batch.width) for batch in sorted_batches(lengths, 64)]
    assert shapes == [(3, 8), (4, 6)]
    shapes = [(len(batch.rows), batch.width) for batch in sorted_batches(lengths, 256)]
    assert shapes == [(4, 8), (3, 6)], "a batch holds an eighth of the budget first"


def test_sorted_batches_of_a_corpus_are_nearly_free_of_padding() -> None:
    lengths = np.random.default_rng(0).geometric(0.05, 3000) + 4
    batches = sorted_batches(lengths, 4096)
    computed = sum(len(batch.rows) * batch.width for batch in batches)
    assert lengths.sum() / computed > 0.9


@given(lengths_of_rows, st.integers(1, 4), budgets, row_limits, seeds)
@settings(deadline=None, max_examples=60)
def test_plan_without_limit_is_all_epochs(
    lengths: Ints, epochs: int, budget: int, most_rows: int | None, seed: int
) -> None:
    planned = plan(lengths, epochs, budget, most_rows, seed)
    expected = [told(epoch_batches(lengths, budget, most_rows, seed, epoch)) for epoch in range(epochs)]
    assert [told(list(epoch)) for epoch in planned.epochs] == expected
    assert planned.tokens == epochs * lengths.sum()
    assert planned.steps == sum(map(len, expected))
    assert planned.rows(planned.steps) == len(lengths)
    assert planned.rows(1) == len(planned.epochs[0][0].rows)


@given(lengths_of_rows, st.integers(1, 4), budgets, seeds, st.integers(1, 30_000))
@settings(deadline=None, max_examples=60)
def test_limited_plan_begins_like_the_whole_one_and_takes_what_fits(
    lengths: Ints, epochs: int, budget: int, seed: int, most_tokens: int
) -> None:
    whole = [batch for epoch in plan(lengths, epochs, budget, None, seed).epochs for batch in epoch]
    limited = plan(lengths, epochs, budget, None, seed, most_tokens)
    kept = [batch for epoch in limited.epochs for batch in epoch]
    assert kept
    assert told(kept) == told(whole[: len(kept)])
    assert limited.tokens <= most_tokens or limited.steps == 1
    if len(kept) < len(whole):
        assert limited.tokens + whole[len(kept)].tokens > most_tokens
    assert all(limited.epochs)


def test_a_limit_that_is_met_exactly_is_used_up() -> None:
    lengths = np.full(12, 8)
    batch = 4 * 8
    for steps in (1, 2, 3, 4):
        assert plan(lengths, 2, batch, None, 0, steps * batch).steps == steps
        assert plan(lengths, 2, batch, None, 0, (steps + 1) * batch - 1).steps == steps


def test_rows_that_stand_for_several_count_all_their_tokens() -> None:
    lengths, tokens = np.array([8, 8, 7, 3]), np.array([30, 16, 14, 6])
    several = Several(np.array([4, 2, 2, 2]), tokens)
    plain, counted = (plan(lengths, 2, 16, None, 1, None, given) for given in (None, several))
    for one, other in zip(plain.epochs, counted.epochs, strict=True):
        assert [batch.rows.tolist() for batch in one] == [batch.rows.tolist() for batch in other]
        assert [batch.width for batch in one] == [batch.width for batch in other]
        assert [batch.tokens for batch in other] == [int(tokens[batch.rows].sum()) for batch in other]
        assert sum(batch.padded_tokens for batch in one) == sum(len(batch.rows) * batch.width for batch in one)
        for batch in other:
            assert batch.padded_tokens == sum(4 if row == 0 else 2 for row in batch.rows) * batch.width
    assert (plain.tokens, counted.tokens) == (52, 132)
    assert plan(lengths, 2, 16, None, 1, 66, several).tokens == 66
