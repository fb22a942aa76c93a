"""How a store handles requests: which shops here, what goes back on sale (features C-09, S5-43, I-35)."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any, Literal, get_args

from domain.returns.reasons import GROUPS, group
from domain.returns.statuses import Kind

Restock = Literal["yes", "ask", "no"]
RESTOCK: dict[str, Restock] = {"unwanted": "yes", "wrong": "yes", "damaged": "no", "missing": "no", "other": "ask"}


@dataclass(frozen=True, slots=True)
class ReturnSettings:
    """`show_only`: our ids of shops whose requests are answered in Seller Center; `restock`: by group of reasons."""

    show_only: tuple[int, ...] = ()
    follow: bool = True  # requests that ended on TikTok are written to BigCommerce
    restock: Mapping[str, Restock] = field(default_factory=lambda: dict(RESTOCK))
    remind_hours: int = 12

    def to_json(self) -> dict[str, Any]:
        return asdict(self) | {"show_only": list(self.show_only)}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "ReturnSettings":
        """What is missing or makes no sense is as by default."""
        values: dict[str, Any] = {}
        for name in {item.name for item in fields(cls)} & data.keys():
            try:
                values[name] = _read(name, data[name])
            except (TypeError, ValueError, AttributeError):
                continue
        return cls(**values)

    def restocks(self, kind: str, reason: str) -> Restock:
        """What becomes of pieces that are here again. What never left is for sale at once."""
        return "yes" if kind == Kind.CANCEL else self.restock.get(group(reason), "ask")


def _read(name: str, value: Any) -> Any:
    if name == "show_only":
        return tuple(sorted({int(one) for one in value}))
    if name == "restock":
        given = {key: word for key, word in value.items() if key in GROUPS and word in get_args(Restock)}
        return {**RESTOCK, **given}
    if name == "remind_hours":
        hours = int(value)
        if not 1 <= hours <= 47:
            raise ValueError(name)
        return hours
    return bool(value)
