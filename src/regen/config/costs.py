"""What runs cost beside time: the parameter ``costs`` in conf/base/parameters.yml."""

from typing import Annotated

from pydantic import Field, StringConstraints, model_validator

from regen.config.base import Spec, WrongValueError

_Amount = Annotated[float, Field(gt=0, allow_inf_nan=False)]
_Currency = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]


class Price(Spec):
    """What an hour of a machine costs.

    Attributes:
        per_hour: Price of an hour, in the currency.
        currency: Code of the currency by ISO 4217.
    """

    per_hour: _Amount
    currency: _Currency

    def of(self, seconds: float) -> float:
        """Give the price of so many seconds."""
        return seconds / 3600 * self.per_hour


class CostsConfig(Spec):
    """What is priced and measured beside time and memory; none of it changes a result.

    Attributes:
        price_per_hour: What an hour of the machine costs; ``None`` for no prices.
        currency: Code of its currency by ISO 4217, ``EUR``.
        energy: Measure or estimate the energy of each node with codecarbon.
    """

    price_per_hour: _Amount | None = None
    currency: _Currency | None = None
    energy: bool = False

    @model_validator(mode="after")
    def _go_together(self) -> "CostsConfig":
        if (self.price_per_hour is None) != (self.currency is None):
            lacking = "currency" if self.currency is None else "price_per_hour"
            raise WrongValueError((lacking,), "found null, expected both price_per_hour and currency, or neither")
        return self

    @property
    def price(self) -> Price | None:
        """The price of an hour; ``None`` where none is set."""
        if self.price_per_hour is None or self.currency is None:
            return None
        return Price(per_hour=self.price_per_hour, currency=self.currency)
