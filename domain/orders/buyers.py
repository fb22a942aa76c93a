"""Buyers: TikTok withholds or masks who they are, so an order carries what is known and never makes a customer
(feature I-36; reference 5.3)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

MASKS = ("*", "＊")
WITHHELD = "Withheld by TikTok"


@dataclass(frozen=True, slots=True)
class Masking:
    """What a person sees beside the address: `withheld` while on hold, `masked` in part for good."""

    withheld: bool
    masked: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        if self.withheld:
            return "TikTok withholds name and address until the hold ends."
        if self.masked:
            return f"TikTok masks {', '.join(self.masked)}, because TikTok arranges the shipping of this order."
        return ""


_LABELS = {
    "name": "the name", "phone_number": "the phone number", "address_line1": "the street", "postal_code": "the ZIP",
    "full_address": "the address",
}  # fmt: skip


def masking(address: Mapping[str, Any]) -> Masking:
    """Which parts of a recipient's address are masked."""
    if not address:
        return Masking(True)
    parts = tuple(
        label for name, label in _LABELS.items() if any(mark in str(address.get(name) or "") for mark in MASKS)
    )
    return Masking(False, parts)


@dataclass(frozen=True, slots=True)
class Recipient:
    """As BigCommerce wants an address; `country` is the two letters."""

    first_name: str
    last_name: str
    street_1: str
    street_2: str
    city: str
    state: str
    zip: str
    country: str
    phone: str
    email: str


def recipient(address: Mapping[str, Any], country: str, email: str = "", guest: str = "TikTok Shop") -> Recipient:
    """Complete in every field BigCommerce demands, whatever TikTok withholds. `country`: where nothing is known."""
    if not address:
        return Recipient(guest, "buyer", WITHHELD, "", WITHHELD, "", "00000", country, "", email)
    first, last = _names(address, guest)
    levels = {str(one.get("address_level_name") or "").lower(): str(one.get("address_name") or "")
              for one in address.get("district_info") or ()}  # fmt: skip
    deep = [str(one.get("address_name") or "") for one in address.get("district_info") or ()]
    state = levels.get("state") or levels.get("province") or levels.get("region") or (deep[1] if len(deep) > 1 else "")
    city = levels.get("city") or levels.get("town") or str(address.get("post_town") or "") or (deep[-1] if deep else "")
    street = str(address.get("address_line1") or address.get("address_detail") or address.get("full_address") or "")
    rest = [str(address.get(name) or "") for name in ("address_line2", "address_line3", "address_line4")]
    zip_code = str(address.get("postal_code") or "")
    return Recipient(
        first,
        last,
        street[:255] or WITHHELD,
        ", ".join(part for part in rest if part)[:255],
        city[:255] or WITHHELD,
        state[:255],
        zip_code if len(zip_code) > 1 else "00000",
        str(address.get("region_code") or country),
        str(address.get("phone_number") or "")[:50],
        email,
    )


def _names(address: Mapping[str, Any], guest: str) -> tuple[str, str]:
    first, last = str(address.get("first_name") or ""), str(address.get("last_name") or "")
    if not first and not last:
        first, _, last = str(address.get("name") or "").strip().partition(" ")
    return (first or guest)[:255], (last or "buyer")[:255]


def display_name(address: Mapping[str, Any], nickname: str) -> str:
    """What a list shows: the recipient, else the buyer's nickname."""
    first, last = str(address.get("first_name") or ""), str(address.get("last_name") or "")
    whole = str(address.get("name") or "").strip() or f"{first} {last}".strip()
    return (whole or nickname)[:255]
