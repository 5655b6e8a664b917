"""Options of a fine-tuned encoder."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from regen.config.base import Name
from regen.config.recipe import Assignment
from regen.config.recipe import Options as Base
from regen.config.task_types import TaskType
from regen.estimators.encoder.settings import Adversary, Average
from regen.estimators.encoder.tuning import AdaLora, Prefix, Prompt, PTuning, Tuning

Share = Annotated[float, Field(ge=0, lt=1)]
Positive = Annotated[float, Field(gt=0)]
Count = Annotated[int, Field(ge=1)]
HeadName = Literal["softmax", "crf", "span"]


class Options(Base):
    """How an encoder is fine-tuned.

    Attributes:
        encoder: Name of the pretrained encoder.
        learning_rate: Largest learning rate of the encoder's weights.
        head_learning_rate: That of the head; ``null`` for the same.
        epochs: Times that each training example is seen.
        training_tokens: Train on at most this many tokens in all, special pieces included; ``null`` for no limit.
        batch_tokens: Most tokens of a batch, padding included; of multiple choice in the rows of all choices, as if
            each example had as many as that with the most.
        batch_examples: Most examples of a batch, if limited too.
        warmup: Share of the steps in which the learning rate rises.
        schedule: How the learning rate falls afterwards.
        power: Of the polynomial schedule.
        layer_decay: Factor from the learning rate of a layer to that of the layer below; embeddings are the lowest.
        optimiser: What updates the weights.
        momentum: Of SGD.
        weight_decay: The optimiser's; never on embeddings, biases and norms.
        clip: Largest norm of the gradients; ``null`` for none.
        dropout: Of hidden states and before the head; ``null`` for the encoder's own.
        attention_dropout: Of attention weights; ``null`` for the encoder's own.
        dropout_samples: Times that the head's dropout is drawn for each batch, for the mean of the losses.
        label_smoothing: Share of the probability that is spread over all labels.
        focal: Power to which the probability of being wrong is raised in the loss; 0 for plain cross entropy.
        class_weights: Weigh the losses of classes by the inverse of how often they occur in train.
        r_drop: Weight of the divergence between two passes that differ in dropout; 0 for one pass.
        adversary: Learn each batch again at embeddings that are moved against it; ``null`` for not.
        average: Evaluate and keep an average of the weights over steps; ``null`` for the weights themselves.
        frozen_layers: Layers from the bottom, embeddings included, that keep their pretrained weights; ``embeddings``
            for these alone, ``all`` for the whole encoder.
        tuning: What trains instead of the encoder's own weights, beside the head; ``null`` for these.
        patience: Stop after this many epochs without a better score on dev; ``null`` for never.
        keep: Weights of the epoch with the best score on dev, or of the last.
        max_length: Most pieces of an input, special pieces included.
        stride: Pieces that two windows of a longer sentence or passage share (tagging, span_qa); the other types cut
            longer inputs, multiple choice the context alone.
        context: For tagging, fill the window with neighbouring sentences of the same document.
        characters: For tagging, split the joined text into natural pieces and label each character from the vector of
            its piece and its place in it: for tokens that are characters. For span_qa, let answers begin and end at any
            character, known in the same way, not only at the bounds of pieces.
        answer_length: For span_qa, most pieces of an answer; most characters with ``characters``.
        head: For tagging, what gives the tags: the most probable tag of each token (``softmax``), the most probable
            sequence of tags (``crf``), or the most probable starts and ends of spans (``span``).
        pooling: What stands for a whole text: the mean of its vectors, or the vector of its first piece.
        assignment: For multiple choice, how choices are dealt to the examples of a group.
        accumulation: Parts in which a batch is computed, for less memory.
        checkpointing: Compute the activations of layers twice, for less memory.
        precision: Of matrix products; ``auto`` takes bf16 where the hardware multiplies it.
        threads: Threads of the CPU kernels; ``null`` for all cores.
        compile: Compile the network (CUDA).
    """

    task_types = frozenset(
        {
            *("classification", "coreference", "keyword_match", "multiple_choice", "pair_classification", "span_qa"),
            "relation_extraction",
            "tagging",
        }
    )
    of_labels = task_types - {"relation_extraction", "span_qa"}
    costs = frozenset({"operations", "trained_parameters", "checkpoint_bytes"})
    has_epochs = True

    encoder: Name = "minilm"
    learning_rate: Positive = 2e-4
    head_learning_rate: Positive | None = None
    epochs: Count = 4
    training_tokens: Count | None = None
    batch_tokens: Count = 1024
    batch_examples: Count | None = None
    warmup: Share = 0.1
    schedule: Literal["linear", "cosine", "polynomial", "constant"] = "linear"
    power: Positive = 2.0
    layer_decay: Annotated[float, Field(gt=0, le=1)] = 1.0
    optimiser: Literal["adamw", "sgd", "adafactor"] = "adamw"
    momentum: Share = 0.9
    weight_decay: Annotated[float, Field(ge=0)] = 0.01
    clip: Positive | None = 1.0
    dropout: Share | None = None
    attention_dropout: Share | None = None
    dropout_samples: Count = 1
    label_smoothing: Share = 0.0
    focal: Annotated[float, Field(ge=0)] = 0.0
    class_weights: Literal["balanced"] | None = None
    r_drop: Annotated[float, Field(ge=0)] = 0.0
    adversary: Adversary | None = None
    average: Average | None = None
    frozen_layers: Annotated[int, Field(ge=0)] | Literal["embeddings", "all"] = 0
    tuning: Tuning | None = None
    patience: Count | None = None
    keep: Literal["best", "last"] = "best"
    max_length: Annotated[int, Field(ge=8)] = 128
    stride: Annotated[int, Field(ge=0)] = 32
    context: bool = False
    characters: bool = False
    answer_length: Count = 50
    head: HeadName = "softmax"
    pooling: Literal["mean", "first"] = "mean"
    assignment: Assignment = "greedy"
    accumulation: Count = 1
    checkpointing: bool = False
    precision: Literal["auto", "f32", "bf16", "f16"] = "auto"
    threads: Count | None = None
    compile: bool = False

    @model_validator(mode="after")
    def _window(self) -> "Options":
        if self.stride > self.max_length // 2:
            told = f"found {self.stride} and {self.max_length}"
            raise ValueError(f"'stride' must be at most half of 'max_length' ({told})")
        if self.context and self.characters:
            raise ValueError("'context' and 'characters' do not go together")
        return self

    @model_validator(mode="after")
    def _methods(self) -> "Options":
        if self.label_smoothing and (self.focal or self.class_weights):
            raise ValueError("'label_smoothing' does not go with 'focal' or 'class_weights'")
        if self.r_drop and self.dropout_samples > 1:
            raise ValueError("'r_drop' and 'dropout_samples' do not go together: both compare draws of dropout")
        if self.layer_decay < 1 and self.frozen_layers == "all":
            raise ValueError("'layer_decay' is of the encoder's layers, so it does not go with 'frozen_layers: all'")
        if self.adversary and self.frozen_layers:
            raise ValueError("'adversary' moves the embeddings, so it does not go with 'frozen_layers'")
        return self

    @model_validator(mode="after")
    def _head(self) -> "Options":
        of_units = [name for name in ("label_smoothing", "focal", "class_weights", "r_drop") if getattr(self, name)]
        if self.head == "crf" and of_units:
            raise ValueError(f"'head' crf has no loss of single tags, so it does not go with '{of_units[0]}'")
        return self

    @model_validator(mode="after")
    def _tuning(self) -> "Options":
        if self.tuning is None:
            return self
        kind = self.tuning.type
        if self.frozen_layers:
            told = f"{kind} says what trains, found {self.frozen_layers} frozen layers"
            raise ValueError(f"'tuning' and 'frozen_layers' do not go together ({told}); leave one out")
        if self.adversary:
            raise ValueError(f"'adversary' moves the embeddings, which {kind} freezes, so it does not go with 'tuning'")
        if isinstance(self.tuning, Prefix | Prompt | PTuning) and self.layer_decay < 1:
            raise ValueError(f"'layer_decay' is of the encoder's layers, none of which {kind} trains; leave one out")
        if isinstance(self.tuning, AdaLora) and self.average:
            raise ValueError("'average' brings back what adalora prunes, so they do not go together")
        if isinstance(self.tuning, AdaLora) and self.precision == "f16":
            raise ValueError("'precision' f16 skips steps, which adalora counts, so they do not go together")
        return self

    def gives_probabilities(self, task_type: TaskType) -> bool:
        """Say whether every label has a probability: starts and ends of spans have, single tags then have none."""
        return super().gives_probabilities(task_type) and self.head != "span"

    @property
    def kept_layers(self) -> int | Literal["all"]:
        """Frozen layers whose output is computed once; embeddings alone are too little to keep."""
        return 0 if self.frozen_layers == "embeddings" else self.frozen_layers
