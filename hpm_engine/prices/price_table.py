"""The prices in use: those that come with the program, under those that a person set."""

from __future__ import annotations

import logging
from pathlib import Path

import msgspec

from hpm_engine.system.config_folder import config_folder
from hpm_engine.system.output_file import write_file
from hpm_engine.system.private_files import private_folder
from hpm_engine.values.prices import Price, PriceTable, plain_name

_LOG = logging.getLogger(__name__)
_FILE = "models.json"
_OWN_FILE = "prices.json"
_INSTALLED = Path(__file__).parents[1] / "resources" / "prices"
_CHECKOUT = Path(__file__).parents[2] / "resources" / "prices"
_LARGEST = 4_000_000  # bytes of a person's file
_ABOUT = "US dollars for a million tokens; what is not named here has the program's price"


class _PriceFile(msgspec.Struct):
    """What a file of prices holds."""

    models: dict[str, Price] = {}
    cached_share: float | None = None
    about: str = ""


def shipped_prices() -> PriceTable:
    """The prices that come with the program."""
    folder = _INSTALLED if _INSTALLED.is_dir() else _CHECKOUT
    shipped = msgspec.json.decode((folder / _FILE).read_bytes(), type=_PriceFile)
    return PriceTable(models=shipped.models, cached_share=shipped.cached_share or 0.0)


def own_prices_file() -> Path:
    """Where a person's own prices are, or would be."""
    return config_folder() / _OWN_FILE


def prices_in_use() -> PriceTable:
    """The program's prices with a person's own before them; a bad file of theirs is said."""
    shipped, file = shipped_prices(), own_prices_file()
    try:
        with file.open("rb") as stream:
            own = msgspec.json.decode(stream.read(_LARGEST), type=_PriceFile)
        _check(own)
    except FileNotFoundError:
        return shipped
    except (OSError, ValueError, RecursionError) as error:
        _LOG.warning("the own prices in %s cannot be read", file)
        return msgspec.structs.replace(shipped, problem=f"{file} was not used: {error}")
    mine = {plain_name(name): price for name, price in own.models.items()}
    share = shipped.cached_share if own.cached_share is None else own.cached_share
    return PriceTable(models=shipped.models | mine, cached_share=share, own=frozenset(mine))


def save_own_prices(models: dict[str, Price], cached_share: float | None) -> None:
    """Write a person's own prices. Raises ``CannotWrite``, and ``ValueError`` for bad ones."""
    file = _PriceFile(
        {plain_name(name): price for name, price in models.items()}, cached_share, _ABOUT
    )
    _check(file)
    private_folder(own_prices_file().parent)
    write_file(own_prices_file(), msgspec.json.format(msgspec.json.encode(file), indent=2) + b"\n")


def _check(file: _PriceFile) -> None:
    if file.cached_share is not None and not 0 <= file.cached_share <= 1:
        raise ValueError("cached_share must be from 0 to 1")
    for name, price in file.models.items():
        if not name or not all(
            0 <= each < 1e6 for each in (price.input, price.cached, price.output)
        ):
            raise ValueError(f"the price of “{name}” must be from 0 to 1,000,000 dollars")
