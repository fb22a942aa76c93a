"""Which fields a write to an order may set, and the V2 refusals of those it may not (reference 5.1, 5.2)."""

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from email.utils import parsedate_to_datetime
from typing import Any

from sandbox.bigcommerce.refusals import Refusal
from sandbox.bigcommerce.validation import Check, integer, text
from sandbox.state import Document

PAIRS = ("subtotal", "total", "shipping_cost", "handling_cost", "wrapping_cost")


def wrong(field: str, why: str) -> Refusal:
    return Refusal(400, f"The field '{field}' is invalid.", {field: why})


def not_writable(field: str) -> Refusal:
    return Refusal(400, f"The field '{field}' cannot be written to.", {field: "read-only"})


def decimal(value: Any) -> Decimal | None:
    """An amount given as text or number; None when it is neither."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    try:
        found = Decimal(str(value))
    except InvalidOperation:
        return None
    return found if found.is_finite() and abs(found) < 10**10 else None


def amount(value: Any) -> str | None:
    found = decimal(value)
    return None if found is not None and found >= 0 else "must be an amount"


def money(value: Decimal | str | int | float) -> str:
    """As V2 writes it: text with four decimals."""
    return f"{Decimal(str(value)):.4f}"


def nullable(check: Check) -> Check:
    return lambda value: None if value is None else check(value)


def moment(value: Any) -> str | None:
    return None if seconds(value) is not None else "must be an RFC 2822 or ISO 8601 date"


def seconds(value: Any) -> int | None:
    """A date in either accepted form as Unix time."""
    for read in (parsedate_to_datetime, datetime.fromisoformat):
        try:
            found = read(str(value).replace(" 00:00", "+00:00") if read is datetime.fromisoformat else str(value))
        except (TypeError, ValueError):
            continue
        return int((found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp())
    return None


ORDER: dict[str, Check] = {
    "status_id": integer(14),
    "customer_id": integer(),
    "channel_id": integer(),
    "external_source": nullable(text(255)),
    "external_order_id": nullable(text(255)),
    "external_merchant_id": nullable(text(255)),
    "payment_method": text(100),
    "payment_provider_id": nullable(text(255)),
    "staff_notes": nullable(text(65535)),
    "customer_message": nullable(text(65535)),
    "date_created": moment,
    "default_currency_code": text(3, 3),
    "ip_address": text(30),
    "ip_address_v6": text(39),
    "geoip_country": text(255),
    "customer_locale": text(16),
    "discount_amount": amount,
    **{f"{name}_{side}": amount for name in PAIRS for side in ("ex_tax", "inc_tax")},
}
READ_ONLY = (
    "id", "external_id", "order_source", "status", "custom_status", "date_modified", "date_shipped", "items_total",
    "items_shipped", "is_deleted", "payment_status", "refunded_amount", "currency_id", "store_credit_amount",
    "coupon_discount", "coupons", "total_tax", "subtotal_tax", "shipping_cost_tax",
)  # fmt: skip
ADDRESS: dict[str, Check] = {
    name: nullable(text(255))
    for name in (
        "first_name", "last_name", "company", "street_1", "street_2", "city", "state", "zip", "country",
        "country_iso2", "phone", "email",
    )
}  # fmt: skip
COUNTRIES = {
    "US": "United States", "GB": "United Kingdom", "DE": "Germany", "FR": "France", "IT": "Italy", "ES": "Spain",
    "IE": "Ireland", "ID": "Indonesia", "MY": "Malaysia", "PH": "Philippines", "SG": "Singapore", "TH": "Thailand",
    "VN": "Vietnam", "MX": "Mexico", "BR": "Brazil", "JP": "Japan", "CA": "Canada", "AU": "Australia",
}  # fmt: skip


def checked(fields: Mapping[str, Check], given: Document, prefix: str = "") -> Document:
    """The known fields of `given`; the first wrong one is the refusal, as V2 names one at a time."""
    for name, check in fields.items():
        if name in given and (why := check(given[name])):
            raise wrong(prefix + name, why)
    return {name: given[name] for name in fields if name in given}


def order_fields(given: Document) -> Document:
    """What an order itself keeps of a request."""
    for name in READ_ONLY:
        if name in given:
            raise not_writable(name)
    if given.get("products") is not None and given.get("consignments") is not None:
        raise wrong("consignments", "give either products or consignments")
    if given.get("consignments") is not None:
        raise wrong("consignments", "pickup is not part of this stand-in")
    found = checked(ORDER, given)
    for name in PAIRS:
        if (f"{name}_ex_tax" in found) != (f"{name}_inc_tax" in found):
            raise wrong(f"{name}_ex_tax", "give both the amount with tax and the one without, or neither")
    if "date_created" in found:
        found["date_created"] = seconds(found["date_created"])
    return found


def address(given: Any, name: str, known: Document | None = None) -> Document:
    """A billing or shipping address as kept; `known` is what a partial update changes."""
    if not isinstance(given, dict):
        raise wrong(name, "must be an object")
    kept = dict(known or {})
    if "country" in given or "country_iso2" in given:  # either one names it anew
        kept |= {"country": "", "country_iso2": ""}
    found = {**kept, **checked(ADDRESS, given, f"{name}.")}
    if len(str(found.get("zip") or "")) < 2:
        raise wrong(f"{name}.zip", "must have at least two characters")
    code = str(found.get("country_iso2") or "").upper()
    found["country_iso2"] = code or next((key for key, word in COUNTRIES.items() if word == found.get("country")), "")
    found["country"] = found.get("country") or COUNTRIES.get(code, "")
    if not found["country"]:
        raise wrong(f"{name}.country", "country or country_iso2 must name a country")
    return found
