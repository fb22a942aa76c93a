"""What differs between a listing as it should be and the product as TikTok shows it. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

KINDS = ("missing", "status", "title", "price", "stock", "sku")
"""`missing`: TikTok does not show the product; `sku`: it lacks a variant that we sell there."""


@dataclass(frozen=True, slots=True)
class Sku:
    """`price` and `quantity` are None where nothing can be said about them."""

    id: str
    code: str
    price: Decimal | None
    quantity: int | None


@dataclass(frozen=True, slots=True)
class Side:
    """`title` None: not compared (an edit is in review, or the listing waits to be sent)."""

    title: str | None
    status: str
    skus: Sequence[Sku]


@dataclass(frozen=True, slots=True)
class Difference:
    kind: str
    what: str
    ours: str
    theirs: str


def compare(ours: Side, theirs: Side | None) -> Iterator[Difference]:
    """What a person should see; nothing for two sides that agree."""
    if theirs is None:
        if ours.status != "DELETED":
            yield Difference("missing", "Product", ours.status, "not shown")
        return
    if ours.status != theirs.status:
        yield Difference("status", "Status", ours.status, theirs.status)
    if theirs.status == "DELETED":
        return
    if ours.title is not None and theirs.title is not None and _plain(ours.title) != _plain(theirs.title):
        yield Difference("title", "Title", ours.title, theirs.title)
    there: Mapping[str, Sku] = {one.id: one for one in theirs.skus}
    for sku in ours.skus:
        has = there.get(sku.id)
        if has is None:
            yield Difference("sku", sku.code, "on sale", "not there")
            continue
        if None not in (sku.price, has.price) and sku.price != has.price:
            yield Difference("price", sku.code, _money(sku.price), _money(has.price))
        if None not in (sku.quantity, has.quantity) and sku.quantity != has.quantity:
            yield Difference("stock", sku.code, str(sku.quantity), str(has.quantity))


def _plain(text: str) -> str:
    return " ".join(text.split())


def _money(amount: Decimal | None) -> str:
    return "" if amount is None else format(amount.quantize(Decimal("0.01")), "f")
