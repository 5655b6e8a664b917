"""Encoders that are made here from another one: a fine-tuned cell's body, or further pretraining."""

from typing import Annotated, Literal

from pydantic import Field, field_validator

from regen.config.base import Name, Spec
from regen.config.suite import CellName
from regen.config.task_types import TaskType

Positive = Annotated[float, Field(gt=0)]
Share = Annotated[float, Field(gt=0, lt=1)]
Count = Annotated[int, Field(ge=1)]

TAUGHT_SPLITS = ("train", "dev", "unlabeled")
"""Splits whose text may be pretrained on; all others are scored."""


class TransferSpec(Spec):
    """An encoder that is the body of a fitted cell; its head is left out.

    Attributes:
        cell: ``task.recipe``; it stands in a suite.
        seed: Seed of the repeat; ``null`` for the first of the cell.
        fold: Fold of the repeat, where the task has folds.
    """

    cell: CellName
    seed: Annotated[int, Field(ge=0)] | None = None
    fold: Annotated[int, Field(ge=0)] = 0


class PretrainingSpec(Spec):
    """An encoder that another one became by masked language modelling on the text of a task.

    The learning rate is that of the commands which Gururangan et al. 2020 ("Don't Stop Pretraining") published for
    task-adaptive pretraining, the share of masked pieces that of Devlin et al. 2019, section 3.1; other defaults are
    those of fine-tuning here. (Gururangan et al. see a task's text 100 times.)

    Attributes:
        encoder: Name of the encoder to start from.
        task: Whose text.
        splits: ``train``, ``dev``, ``unlabeled``; their labels are not looked at.
        epochs: Times that each text is seen.
        training_tokens: Train on at most this many tokens in all, special pieces included; ``null`` for no limit.
        learning_rate: Largest learning rate.
        warmup: Share of the steps in which it rises; it falls linearly afterwards.
        weight_decay: AdamW's; never on embeddings, biases and norms.
        clip: Largest norm of the gradients; ``null`` for none.
        batch_tokens: Most tokens of a batch, padding included.
        max_length: Most pieces of a row, special pieces included; a longer text is several rows.
        mask_share: Share of the pieces that are asked for.
        held_out: Share of the texts that the loss is measured on and nothing is learned from.
        seed: Of head, batches, masks, dropout, and of which texts are held out.
        precision: Of matrix products; ``auto`` takes bf16 where the hardware multiplies it.
        threads: Threads of the CPU kernels; ``null`` for all cores.
    """

    encoder: Name
    task: Name
    splits: tuple[str, ...] = Field(min_length=1)
    epochs: Count = 1
    training_tokens: Count | None = None
    learning_rate: Positive = 1e-4
    warmup: Annotated[float, Field(ge=0, lt=1)] = 0.1
    weight_decay: Annotated[float, Field(ge=0)] = 0.01
    clip: Positive | None = 1.0
    batch_tokens: Count = 1024
    max_length: Annotated[int, Field(ge=8)] = 128
    mask_share: Share = 0.15
    held_out: Share = 0.05
    seed: Annotated[int, Field(ge=0)] = 0
    precision: Literal["auto", "f32", "bf16", "f16"] = "auto"
    threads: Count | None = None

    @field_validator("splits")
    @classmethod
    def _never_scored(cls, splits: tuple[str, ...]) -> tuple[str, ...]:
        scored = [split for split in splits if split not in TAUGHT_SPLITS]
        if scored:
            expected = f"expected some of {', '.join(TAUGHT_SPLITS)}: nothing may learn from what is scored"
            raise ValueError(f"found {', '.join(scored)}, {expected}")
        if len(set(splits)) < len(splits):
            raise ValueError(f"found {', '.join(splits)}; name each split once")
        return splits


class TransferConfig(Spec):
    """What the stage ``transfer`` may know.

    Attributes:
        encoder: Name of the new encoder.
        licence: Its licence.
        source: Where it comes from, for readers.
        cell: The cell whose body it is.
        seed: Seed of the repeat.
        fold: Fold of the repeat.
    """

    encoder: str
    licence: str
    source: str
    cell: str
    seed: int
    fold: int


class PretrainConfig(Spec):
    """What the stage ``pretrain`` may know.

    Attributes:
        encoder: Name of the new encoder.
        licence: Its licence.
        source: Where it comes from, for readers.
        task_type: Type of the task whose text it learns from.
        language: ISO 639-1 code of the text.
        how: How it learns.
    """

    encoder: str
    licence: str
    source: str
    task_type: TaskType
    language: str
    how: PretrainingSpec
