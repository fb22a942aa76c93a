"""Which product of a catalog gets which trouble."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any

from sandbox.catalog.gtin import make_upc
from sandbox.catalog.troubles import EVERYDAY, KINDS

Draft = dict[str, Any]
Plan = list[tuple[int, str]]


@dataclass(frozen=True)
class Mix:
    """Either a `share` of the products with the `kinds` in turn, or exactly the `counts`, when they name any."""

    kinds: tuple[str, ...] = tuple(EVERYDAY)
    share: float = 0.25
    counts: Mapping[str, int] = field(default_factory=dict)


EVERYDAY_MIX, ALL_MIX, CLEAN = Mix(), Mix(tuple(KINDS)), Mix(share=0)
ONE_OF_EACH = Mix(share=0, counts=dict.fromkeys(KINDS, 1))


def share_plan(rng: Random, size: int, mix: Mix, first: bool = True) -> Plan:
    """(index, kind) for the share of a block: every kind once before any again; the `once` kinds in the first block."""
    count = int(size * mix.share) if mix.kinds else 0
    if not count:
        return []
    kinds = list(mix.kinds)
    rng.shuffle(kinds)
    again = [kind for kind in kinds if not KINDS[kind].once] or kinds
    chosen = ((kinds if first else again) + again * (count // len(again) + 1))[:count]
    return list(zip(sorted(rng.sample(range(size), count)), chosen, strict=True))


def counted_plan(rng: Random, size: int, counts: Mapping[str, int]) -> dict[int, str]:
    """Kinds by index, spread over the whole catalog; raises ValueError when there are more troubles than products."""
    kinds = [kind for kind, count in counts.items() for _ in range(count)]
    rng.shuffle(kinds)
    return dict(zip(rng.sample(range(size), len(kinds)), kinds, strict=True))


def spoil(kind: str, index: int, drafts: list[Draft], rng: Random) -> None:
    """Give the draft at `index` its trouble; the duplicate GTIN is also written on its neighbour."""
    draft = drafts[index]
    if kind == "duplicate_gtin":
        other = drafts[(index + 1) % len(drafts)]
        number = make_upc(rng)
        for each in (draft, other):
            (each["variants"][0] if each.get("variants") else each)["upc"] = number
    KINDS[kind].change(draft)
    draft["troubles"].append(kind)
