"""Options of the BiLSTM-CRF."""

from typing import Annotated, Literal

from pydantic import Field

from regen.config.recipe import Options as Base

Share = Annotated[float, Field(ge=0, lt=1)]
Positive = Annotated[float, Field(gt=0)]
Count = Annotated[int, Field(ge=1)]


class Options(Base):
    """Sizes of the network, and how it is trained.

    Attributes:
        words: Size of a word's vector.
        min_count: Words that train holds fewer times share the vector of unknown words.
        word_dropout: Share of the known words that are taken for unknown ones while training.
        characters: Size of a character's vector.
        filters: Filters over three characters each, whose maxima over a word join its vector; 0 for none.
        longest_word: Characters of a word that are seen; of longer words the beginning and the end, half each.
        cases: Size of the vector of a word's case (lower, upper, initial, mixed, none).
        hidden: Size of the state of each direction.
        layers: LSTMs on top of each other, in each direction.
        dropout: Of words' vectors and of the LSTMs' outputs.
        learning_rate: Largest learning rate.
        epochs: Times that each training example is seen.
        training_tokens: Train on at most this many tokens in all; ``null`` for no limit.
        batch_tokens: Most tokens of a batch, padding included.
        warmup: Share of the steps in which the learning rate rises.
        schedule: How the learning rate falls afterwards.
        weight_decay: AdamW's; never on embeddings and biases.
        clip: Largest norm of the gradients; ``null`` for none.
        patience: Stop after this many epochs without a better score on dev; ``null`` for never.
        keep: Weights of the epoch with the best score on dev, or of the last.
        threads: Threads of the CPU kernels; ``null`` for all cores.
    """

    task_types = frozenset({"tagging"})
    costs = frozenset({"trained_parameters", "checkpoint_bytes"})
    has_epochs = True
    of_labels = frozenset({"tagging"})

    words: Count = 100
    min_count: Count = 2
    word_dropout: Share = 0.1
    characters: Count = 30
    filters: Annotated[int, Field(ge=0)] = 30
    longest_word: Annotated[int, Field(ge=2)] = 24
    cases: Count = 8
    hidden: Count = 100
    layers: Count = 1
    dropout: Share = 0.5
    learning_rate: Positive = 3e-3
    epochs: Count = 8
    training_tokens: Count | None = None
    batch_tokens: Count = 768
    warmup: Share = 0.0
    schedule: Literal["linear", "cosine", "constant"] = "linear"
    weight_decay: Annotated[float, Field(ge=0)] = 0.0
    clip: Positive | None = 5.0
    patience: Count | None = None
    keep: Literal["best", "last"] = "best"
    threads: Count | None = None
