"""Dated limits per market: every number TikTok Shop may change, with the day it took effect and where it was read."""

from collections.abc import Sequence
from datetime import date
from functools import lru_cache

from domain.limits import RulePack, Tier
from domain.markets import MARKETS, PACKS, Market

__all__ = ["MARKETS", "PACKS", "Market", "RulePack", "Tier", "UnknownMarket", "pack_for", "upcoming"]


class UnknownMarket(LookupError):
    """No pack is known for this market."""


def pack_for(market: str, on: date, *, cross_border: bool = False, packs: Sequence[RulePack] | None = None) -> RulePack:
    """The newest pack of the market not after the day; the oldest where the day is before all of them."""
    timeline = _timeline(market, cross_border, packs)
    in_force = [pack for pack in timeline if pack.effective_from <= on]
    return in_force[-1] if in_force else timeline[0]


def upcoming(
    market: str, on: date, *, cross_border: bool = False, packs: Sequence[RulePack] | None = None
) -> tuple[RulePack, ...]:
    """The packs that take effect after the day, soonest first: what a listing may break on (features I-11)."""
    return tuple(pack for pack in _timeline(market, cross_border, packs) if pack.effective_from > on)


def _timeline(market: str, cross_border: bool, packs: Sequence[RulePack] | None) -> tuple[RulePack, ...]:
    if packs is None:
        return _known(market, cross_border)
    return _sorted(packs, market, cross_border)


@lru_cache
def _known(market: str, cross_border: bool) -> tuple[RulePack, ...]:
    return _sorted(PACKS, market, cross_border)


def _sorted(packs: Sequence[RulePack], market: str, cross_border: bool) -> tuple[RulePack, ...]:
    found = [pack for pack in packs if pack.market == market and pack.cross_border == cross_border]
    if not found:
        raise UnknownMarket(market)
    return tuple(sorted(found, key=lambda pack: pack.effective_from))
