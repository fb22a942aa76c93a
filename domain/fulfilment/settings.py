"""How a store ships (features S2-92, S5-19, S5-31, S1-15)."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any, Literal, get_args

from domain.fulfilment.routing import Route
from domain.fulfilment.rules import OrderRule

AutoPack = Literal["off", "DROP_OFF", "PICKUP"]
Routing = Literal["tiktok", "rules"]


@dataclass(frozen=True, slots=True)
class FulfilmentSettings:
    """`upload_tracking`: what is shipped in BigCommerce is told TikTok; `read_tracking`: what TikTok ships is told
    BigCommerce; `keep_order_status`: such a shipment tells nothing else."""

    upload_tracking: bool = True
    read_tracking: bool = True
    auto_pack: AutoPack = "off"
    routing: Routing = "tiktok"
    routes: tuple[Route, ...] = ()
    rules: tuple[OrderRule, ...] = ()
    marks: tuple[str, ...] = ("Fragile", "Gift wrap", "Call first")

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "FulfilmentSettings":
        """What is missing or makes no sense is as by default."""
        values: dict[str, Any] = {}
        for one in fields(cls):
            if one.name in data:
                try:
                    values[one.name] = _read(one.name, data[one.name])
                except (TypeError, ValueError, KeyError):
                    continue
        return cls(**values)


def _read(name: str, value: Any) -> Any:
    if name == "auto_pack":
        return _one_of(value, get_args(AutoPack))
    if name == "routing":
        return _one_of(value, get_args(Routing))
    if name == "routes":
        return tuple(Route.from_json(one) for one in _rows(value))
    if name == "rules":
        return tuple(OrderRule.from_json(one) for one in _rows(value))
    if name == "marks":
        return tuple(dict.fromkeys(str(one).strip()[:40] for one in value if str(one).strip()))[:20]
    if not isinstance(value, bool):
        raise ValueError(name)
    return value


def _one_of(value: Any, choices: Sequence[str]) -> Any:
    if value not in choices:
        raise ValueError(value)
    return value


def _rows(value: Any) -> list[Mapping[str, Any]]:
    return [one for one in value if isinstance(one, Mapping)][:50]
