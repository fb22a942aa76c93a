"""The default configuration of a store: every switch, what it does and when it starts to act."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from decimal import Decimal, InvalidOperation
from typing import Any, get_args

from domain.policy import (
    BRAND_POLICIES,
    IDENTIFIER_PRIORITY,
    RATIO_POLICIES,
    BrandPolicy,
    IdentifierKind,
    Policy,
    RatioPolicy,
)
from domain.price import PRICE_RULE_KINDS, PriceRule
from domain.stock import StockRule
from domain.vocabulary import DEFAULT, VOCABULARIES


@dataclass(frozen=True, slots=True)
class StoreSettings:
    """What a store does when nobody says otherwise (features S3-22..34, C-01..C-04, C-16..C-18)."""

    auto_update: bool = True
    auto_import: bool = True
    auto_publish: bool = False
    auto_delete: bool = False
    auto_deactivate: bool = False
    delete_brake_percent: int = 10
    sync_title: bool = True
    sync_description: bool = True
    sync_price: bool = True
    sync_weight: bool = True
    sync_image: bool = True
    sync_inventory: bool = True
    stock_percent: int = 100
    stock_add_on: int = 0
    stock_cap: int | None = None
    threshold: int = 0
    low_stock_guard: int = 0
    price_rule: PriceRule = field(default_factory=PriceRule)
    image_ratio: RatioPolicy = "auto_pad"
    send_variant_images: bool = True
    brand: BrandPolicy = "send_if_authorised"
    identifier_priority: tuple[IdentifierKind, ...] = IDENTIFIER_PRIORITY
    identifier_required: bool = False
    default_variation_value: str = "One size"
    status_words: str = DEFAULT
    versions_days: int = 730
    log_days: int = 730
    movements_days: int = 400

    def policy(self) -> Policy:
        """The part that the readiness rules ask."""
        return Policy(
            image_ratio=self.image_ratio,
            brand=self.brand,
            identifier_priority=self.identifier_priority,
            identifier_required=self.identifier_required,
            default_variation_value=self.default_variation_value,
            send_variant_images=self.send_variant_images,
        )

    def stock_rule(self) -> StockRule:
        """The part that says how much stock a shop is told."""
        return StockRule(self.stock_percent, self.stock_add_on, self.stock_cap, self.threshold, self.low_stock_guard)

    def to_json(self) -> dict[str, Any]:
        """Plain values for a JSON column; `from_json` gives the same settings back."""
        plain = asdict(self)
        plain["price_rule"] = price_rule_to_json(self.price_rule)
        plain["identifier_priority"] = list(self.identifier_priority)
        return plain

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "StoreSettings":
        """Missing and unknown names are ignored; a wrong value raises `InvalidSetting` with its name."""
        known = {item.name for item in fields(cls)}
        return replace(cls(), **{name: _read(name, value) for name, value in data.items() if name in known})


class InvalidSetting(ValueError):
    """A value that the setting cannot have; `args` holds (name, what it must be)."""

    @property
    def name(self) -> str:
        """The setting's name."""
        return str(self.args[0])


def price_rule_to_json(rule: PriceRule) -> dict[str, str]:
    """As stored with settings and profiles: {"kind": ..., "amount": "..."}."""
    return {"kind": rule.kind, "amount": str(rule.amount)}


def price_rule_from_json(data: Mapping[str, Any]) -> PriceRule:
    """The rule; an empty object is no rule."""
    kind = data.get("kind", "none")
    try:
        amount = Decimal(str(data.get("amount", "0")))
    except InvalidOperation:
        raise InvalidSetting("price_rule", "a number") from None
    if (
        kind not in PRICE_RULE_KINDS
        or not amount.is_finite()
        or amount < 0
        or (kind == "percent_down" and amount > 100)
    ):
        raise InvalidSetting(
            "price_rule", f"one of {', '.join(PRICE_RULE_KINDS)} with an amount of 0 or more, at most 100 % down"
        )
    return PriceRule(kind, amount)


_CHOICES: dict[str, tuple[str, ...]] = {
    "image_ratio": RATIO_POLICIES,
    "brand": BRAND_POLICIES,
    "status_words": tuple(VOCABULARIES),
}
KEPT_DAYS = (180, 3_650)
_RANGES = {
    "stock_percent": (0, 1_000),
    "stock_add_on": (-99_999, 99_999),
    "threshold": (0, 99_999),
    "low_stock_guard": (0, 99_999),
    "stock_cap": (0, 99_999),
    "delete_brake_percent": (1, 100),
    "versions_days": KEPT_DAYS,
    "log_days": KEPT_DAYS,
    "movements_days": KEPT_DAYS,
}


def _read(name: str, value: Any) -> Any:
    if name == "price_rule":
        if not isinstance(value, Mapping):
            raise InvalidSetting(name, "an object with kind and amount")
        return price_rule_from_json(value)
    if name == "identifier_priority":
        return _priority(value)
    if name in _CHOICES:
        return _checked(name, value, value in _CHOICES[name], f"one of {', '.join(_CHOICES[name])}")
    if name in _RANGES:
        if name == "stock_cap" and value is None:
            return None
        low, high = _RANGES[name]
        fits = isinstance(value, int) and not isinstance(value, bool) and low <= value <= high
        return _checked(name, value, fits, f"a whole number from {low} to {high}")
    if name == "default_variation_value":
        return _checked(name, value, isinstance(value, str) and len(value) <= 50, "a text of at most 50 characters")
    return _checked(name, value, isinstance(value, bool), "on or off")


def _checked(name: str, value: Any, fits: bool, must_be: str) -> Any:
    if not fits:
        raise InvalidSetting(name, must_be)
    return value


def _priority(value: Any) -> tuple[IdentifierKind, ...]:
    kinds = tuple(value) if isinstance(value, list | tuple) else ()
    if not kinds or len(set(kinds)) != len(kinds) or any(kind not in get_args(IdentifierKind) for kind in kinds):
        raise InvalidSetting("identifier_priority", f"each of {', '.join(IDENTIFIER_PRIORITY)} at most once")
    return kinds


_STEP = (
    "At once: BigCommerce tells of each change, and every five minutes we look for what it did not tell. “In step” "
    "says when each switch last acted. Switched off it stops at once; what is on its way still arrives."
)
_BOX = (
    "At once, while “Update listings automatically” is on. Unticked, changes stay here as unsent until you re-publish."
)
_NEXT_CHECK = "At once: all listings are rechecked. What is on sale keeps what it has until it is sent again."
_NEXT_NIGHT = "With the next nightly tidying. What is gone does not come back."
_NEXT_STOCK = (
    "At once: all listings are rechecked. Shops whose push rule is on are told within half an hour, or at once with "
    "Stock → Push stock."
)

MEANING: dict[str, tuple[str, str, str]] = {
    "auto_update": (
        "Update listings automatically",
        "Changes of a product in BigCommerce are sent to its listings: the fields ticked below, and only those that "
        "changed. Variants that come or go wait for a re-publishing.",
        _STEP,
    ),
    "auto_import": (
        "Import new products",
        "Products created in BigCommerce appear here.",
        f"{_STEP} Off, “Import products again” still brings them.",
    ),
    "auto_publish": (
        "Publish new products automatically",
        "A newly imported product is staged in every connected shop and published with all its variants as soon as "
        "nothing is missing.",
        f"{_STEP} Products that are here already stay as they are.",
    ),
    "auto_delete": (
        "Delete listings automatically",
        "A product deleted in BigCommerce is deleted on TikTok Shop; single variants are not.",
        f"{_STEP} A deletion waits two minutes for others, so that the brake below sees them together.",
    ),
    "auto_deactivate": (
        "Take hidden products off sale",
        "A product hidden in BigCommerce, or deleted there while “Delete listings automatically” is off, is "
        "deactivated on TikTok Shop. Nothing is put on sale again by itself.",
        f"{_STEP} The brake below counts these too.",
    ),
    "delete_brake_percent": (
        "Stop mass removal",
        "Automatic removal waits for a person when more than this percentage of a shop's listings, or more than 500, "
        "would go within a day. A single one always goes.",
        "At once, for everything that was not removed yet.",
    ),
    "sync_title": (
        "Keep titles equal",
        "A changed title in BigCommerce is sent, unless set on the listing.",
        _BOX,
    ),
    "sync_description": (
        "Keep descriptions equal",
        "A changed description is sent, unless set on the listing.",
        _BOX,
    ),
    "sync_price": (
        "Keep prices equal",
        "A changed price is sent after the price rule, unless set on the listing.",
        _BOX,
    ),
    "sync_weight": (
        "Keep weights equal",
        "A changed weight or package size is sent, unless set on the listing.",
        _BOX,
    ),
    "sync_image": ("Keep pictures equal", "Changed pictures are sent, unless set on the listing.", _BOX),
    "sync_inventory": (
        "Push stock",
        "Stock in BigCommerce is pushed to the shops after the stock rules.",
        "At once, for each shop whose push rule is switched on (Stock → Push rules).",
    ),
    "stock_percent": ("Share of stock to offer", "This percentage of the available stock, rounded down.", _NEXT_STOCK),
    "stock_add_on": ("Add to stock", "Added to the result; a negative number keeps pieces back.", _NEXT_STOCK),
    "stock_cap": ("At most", "No shop is told more than this number.", _NEXT_STOCK),
    "threshold": ("Threshold", "At or below this stock the product shows as out of stock.", _NEXT_STOCK),
    "low_stock_guard": ("Low-stock guard", "This many of the pieces really there are never offered.", _NEXT_STOCK),
    "price_rule": ("Price rule", "Raises or lowers every price that no profile rules on.", _NEXT_CHECK),
    "image_ratio": (
        "Shape of pictures",
        "Pictures must be square, may be 3:4 to 4:3, or are padded to squares.",
        _NEXT_CHECK,
    ),
    "send_variant_images": ("Send variant pictures", "Each value of one option carries its own picture.", _NEXT_CHECK),
    "brand": ("Brand", "Whether a brand is required, sent when authorised, always sent, or never.", _NEXT_CHECK),
    "identifier_priority": ("Order of identifiers", "The first of these a variant has is the one sent.", _NEXT_CHECK),
    "identifier_required": (
        "Require an identifier",
        "A listing without GTIN, EAN, UPC or ISBN stays incomplete.",
        _NEXT_CHECK,
    ),
    "default_variation_value": (
        "Value for products without variants",
        "Sent where a category demands a variation and the product has none.",
        _NEXT_CHECK,
    ),
    "status_words": (
        "Status words",
        "The words for the states of products and listings: ours, TikTok's, or those of the tool you come from.",
        "At once, on every page and for everybody in this store.",
    ),
    "versions_days": (
        "Keep versions of listings",
        "Days in which a listing's history can be compared and restored. What TikTok took last always stays.",
        _NEXT_NIGHT,
    ),
    "log_days": ("Keep the audit log", "Days in which it can be read who changed what.", _NEXT_NIGHT),
    "movements_days": (
        "Keep stock movements",
        "Days in which each movement of stock can be read. Older ones are drawn together, one a SKU and location; "
        "the balances stay as they are.",
        _NEXT_NIGHT,
    ),
}
"""(label, what it does, when it starts to act) of each setting."""
