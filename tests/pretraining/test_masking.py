"""Which pieces are asked for."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from regen.estimators.encoder.inputs import IGNORED, Ragged
from regen.pretraining.masking import CollateMasked, EpochBatch, Vocabulary, mask_pieces, masked_plan

MASK = 4
VOCABULARY = Vocabulary.of(np.arange(10, 60), [0, 1, 2, MASK], MASK)
PIECES = np.concatenate([np.array([1, 2]), np.tile(np.arange(10, 60), 800), np.array([0, 2])])
N = 40_000


def test_the_vocabulary_holds_special_pieces_that_no_text_has() -> None:
    assert VOCABULARY.used.tolist() == [0, 1, 2, 4, *range(10, 60)]
    assert VOCABULARY.plain.tolist() == list(range(10, 60))


def test_shares_of_devlin_et_al() -> None:
    """Of 40,000 pieces 15 % are asked for: 80 % of them masked, 10 % replaced, 10 % as they are (± 4 sigma)."""
    seen, asked = mask_pieces(PIECES, VOCABULARY, 0.15, (0, 0, 0))
    chosen = asked != IGNORED
    count = int(chosen.sum())
    assert abs(count - 0.15 * N) < 4 * np.sqrt(N * 0.15 * 0.85)
    masked = int((seen[chosen] == MASK).sum())
    same = int((seen[chosen] == PIECES[chosen]).sum())  # a random piece is the same one time in fifty
    assert abs(masked - 0.8 * count) < 4 * np.sqrt(count * 0.16)
    assert abs(same - 0.102 * count) < 4 * np.sqrt(count * 0.1)
    assert set(seen[chosen]) == {MASK, *range(10, 60)}


@settings(max_examples=30, deadline=None)
@given(st.lists(st.sampled_from([0, 1, 2, MASK, 11, 12, 59]), max_size=30), st.floats(0.01, 0.99), st.integers(0, 5))
def test_only_plain_pieces_change_and_targets_say_what_they_were(ids: list[int], share: float, epoch: int) -> None:
    pieces = np.array(ids, dtype=np.int64)
    seen, asked = mask_pieces(pieces, VOCABULARY, share, (3, 0, epoch))
    chosen = asked != IGNORED
    assert (seen[~chosen] == pieces[~chosen]).all()
    assert (VOCABULARY.used[asked[chosen]] == pieces[chosen]).all()
    assert not np.isin(pieces[chosen], VOCABULARY.special).any()


def test_a_pure_function_of_its_key() -> None:
    draws = {key: mask_pieces(PIECES, VOCABULARY, 0.15, key) for key in [(0, 0, 0), (0, 0, 1), (1, 0, 0), (0, 1, 0)]}
    for key, (seen, asked) in draws.items():
        again = mask_pieces(PIECES, VOCABULARY, 0.15, key)
        assert (again[0] == seen).all()
        assert (again[1] == asked).all()
    assert len({asked.tobytes() for _, asked in draws.values()}) == 4


def test_a_row_is_masked_alike_in_any_batch_of_its_epoch() -> None:
    rows = Ragged.of([[1, *range(10, 30), 2], [1, 40, 2], [1, *range(30, 55), 2]])
    first, second = (CollateMasked(rows, VOCABULARY, 0, 0.5, (0, 0)) for _ in range(2))
    alone = second(EpochBatch(np.array([2]), 28, 27, None, 1))
    second(EpochBatch(np.array([0]), 24, 22, None, 0))
    together = first(EpochBatch(np.array([1, 2]), 28, 30, None, 1))
    for name in ("input_ids", "attention_mask", "labels"):
        assert (together[name][1] == alone[name][0]).all()
    assert together["attention_mask"].sum(1).tolist() == [3, 27]
    assert (together["labels"][0, 3:] == IGNORED).all()
    other = first(EpochBatch(np.array([2]), 28, 27, None, 0))
    assert (other["labels"] != alone["labels"]).any()


def test_batches_know_their_epoch() -> None:
    planned = masked_plan(np.array([4, 9, 30]), 3, 64, 0, None)
    assert [{batch.epoch for batch in epoch} for epoch in planned.epochs] == [{0}, {1}, {2}]  # type: ignore[attr-defined]
    assert planned.tokens == 3 * 43
    assert masked_plan(np.array([4, 9, 30]), 3, 64, 0, 50).tokens <= 50
