"""Where an order ships from: the place behind the warehouse TikTok chose, or the merchant's own rules (features S2-12,
S2-88, S2-89)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

When = Literal["country", "state", "postcode", "sku", "always"]
WORDS: dict[str, str] = {
    "country": "the recipient's country is",
    "state": "the recipient's state is",
    "postcode": "the postcode begins with",
    "sku": "an item's SKU begins with",
    "always": "always",
}


@dataclass(frozen=True, slots=True)
class Route:
    """`location_id`: ours. A rule whose place cannot fill the whole order is passed over when `in_stock`."""

    when: When
    value: str
    location_id: int
    in_stock: bool = True

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Route":
        when = str(data["when"])
        if when not in get_args(When):
            raise ValueError(when)
        return cls(when, str(data.get("value", ""))[:40], int(data["location_id"]), bool(data.get("in_stock", True)))  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class Parcel:
    """What routing looks at. `stock`: place -> whether everything in the order is there."""

    country: str = ""
    state: str = ""
    postcode: str = ""
    skus: tuple[str, ...] = ()
    suggested: int | None = None  # the place behind TikTok's warehouse
    stock: Mapping[int, bool] | None = None


@dataclass(frozen=True, slots=True)
class Routed:
    """`differs`: another place than the one behind TikTok's warehouse."""

    location_id: int | None
    why: str
    suggested: int | None

    @property
    def differs(self) -> bool:
        return self.location_id is not None and self.suggested is not None and self.location_id != self.suggested


def route(parcel: Parcel, follow_tiktok: bool, routes: Sequence[Route], chosen: int | None = None) -> Routed:
    """A person's choice first, then the first rule that fits, then TikTok's warehouse."""
    if chosen is not None:
        return Routed(chosen, "Chosen by hand.", parcel.suggested)
    if not follow_tiktok:
        for number, rule in enumerate(routes, 1):
            if not _fits(rule, parcel):
                continue
            if rule.in_stock and parcel.stock is not None and not parcel.stock.get(rule.location_id, False):
                continue
            value = f" {rule.value}" if rule.when != "always" else ""
            return Routed(rule.location_id, f"Rule {number}: {WORDS[rule.when]}{value}.", parcel.suggested)
    if parcel.suggested is None:
        return Routed(None, "TikTok's warehouse is not mapped to one place.", None)
    return Routed(parcel.suggested, "The place behind the warehouse TikTok chose.", parcel.suggested)


def _fits(rule: Route, parcel: Parcel) -> bool:
    value = rule.value.strip().casefold()
    if rule.when == "always":
        return True
    if not value:
        return False
    if rule.when == "country":
        return parcel.country.casefold() == value
    if rule.when == "state":
        return parcel.state.casefold() == value
    if rule.when == "postcode":
        return parcel.postcode.replace(" ", "").casefold().startswith(value.replace(" ", ""))
    return any(sku.casefold().startswith(value) for sku in parcel.skus)
