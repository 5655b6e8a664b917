"""What the report's pages say that no record holds."""

from pydantic import Field

from regen.config.base import Spec
from regen.config.cell import CellConfig
from regen.config.costs import Price


class EncoderNote(Spec):
    """What a reader must know of an encoder.

    Attributes:
        title: What it is.
        source: Where it comes from.
        packed: Whether its weights were published in 4 bits.
    """

    title: str
    source: str
    packed: bool


class PagesConfig(Spec):
    """The project of now, beside records that may be older.

    Attributes:
        benchmarks: Task -> group of tasks.
        overlaps: Task -> task that it shares texts with -> what is known of them; only tasks with such.
        cells: Cell -> its effective config, to find records that are stale; empty where all records are new.
        encoders: Encoder -> what it is; empty where pages say nothing of encoders.
        price: What an hour of the machine costs; ``None`` where pages show no prices.
    """

    benchmarks: dict[str, str]
    overlaps: dict[str, dict[str, str]] = Field(default_factory=dict)
    cells: dict[str, CellConfig] = Field(default_factory=dict)
    encoders: dict[str, EncoderNote] = Field(default_factory=dict)
    price: Price | None = None
