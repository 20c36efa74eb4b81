"""What a model costs, and what is estimated with it."""

from __future__ import annotations

import msgspec

_MILLION = 1_000_000


class Price(msgspec.Struct, frozen=True):
    """US dollars for a million tokens of one model, with the month and the page they are of."""

    input: float
    output: float
    cached: float  # of what is read from the provider's cache
    date: str = ""  # YYYY-MM
    source: str = ""


class Estimate(msgspec.Struct, frozen=True, gc=False):
    """US dollars that were not recorded: the likely sum, and the sums that bound it."""

    likely: float
    least: float  # had all that was read come from a cache
    most: float  # had nothing


class PriceTable(msgspec.Struct, frozen=True):
    """Prices by the plain name of a model; ``own`` are those that a person set."""

    models: dict[str, Price]
    cached_share: float  # of what is read, where the record has only the sum
    own: frozenset[str] = frozenset()
    problem: str = ""  # why a person's own file was not used

    @property
    def date(self) -> str:
        """The month of the newest price."""
        return max((price.date for price in self.models.values()), default="")

    def price(self, model: str) -> Price | None:
        """What a model costs; ``None`` for one that is not in the table."""
        return self.models.get(plain_name(model))

    def estimate(self, model: str, tokens_in: int, tokens_out: int) -> Estimate | None:
        """What these tokens of a model cost; ``None`` without a price, or without tokens."""
        price = self.price(model)
        if price is None or not tokens_in + tokens_out:
            return None
        return self.estimated(price, tokens_in, tokens_out)

    def estimated(self, price: Price, tokens_in: int, tokens_out: int) -> Estimate:
        """What these tokens cost at a price."""
        written = tokens_out * price.output / _MILLION
        fresh = written + tokens_in * price.input / _MILLION
        cached = written + tokens_in * price.cached / _MILLION
        return Estimate(
            likely=fresh + (cached - fresh) * self.cached_share, least=cached, most=fresh
        )


def plain_name(model: str) -> str:
    """The name of a model without its provider and the date of its version."""
    name = model.strip().lower().rpartition("/")[2].partition("@")[0]
    head, _, tail = name.rpartition("-")
    if head and len(tail) == 8 and tail.isdigit():  # claude-opus-4-5-20251101
        return head
    parts = name.split("-")
    if [len(part) for part in parts[-3:] if part.isdigit()] == [4, 2, 2]:  # gpt-5-2025-08-07
        return "-".join(parts[:-3]) or name
    return name
