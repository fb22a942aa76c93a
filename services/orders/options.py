"""Required options of BigCommerce products that make no variant: an order without them is refused, so they are found
and decided before the first order comes (features I-37, U-35)."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from models import Listing, OrderLine, Product, RequiredOption, Variant, db
from models.present import has_table
from models.tenancy import tenant_id
from services import activities, clock
from services.activities import NewItem, Started
from services.actor import Actor
from services.bulk import upsert
from services.errors import Invalid, NotFound

KIND = "option_scan"
TOGETHER = 10  # products of one call: with modifiers a page shrinks to ten (reference 3.2)
FREE_TEXT = frozenset({"text", "multi_line_text", "numbers_only_text"})


@dataclass(frozen=True, slots=True)
class Found:
    """A required modifier as read from BigCommerce."""

    product_id: int  # BigCommerce's
    modifier_id: int
    name: str
    type: str
    choices: list[dict[str, Any]]


def scan(actor: Actor) -> Started:
    """Reads the required options of every product that is listed, or of all when nothing is listed yet."""
    listed = select(Listing.product_id).where(Listing.product_id.is_not(None)).distinct()
    query = select(Product.bigcommerce_id).where(Product.bigcommerce_id.is_not(None), Product.deleted_at.is_(None))
    ids = list(db.session.scalars(query.where(Product.id.in_(listed)).order_by(Product.bigcommerce_id)))
    ids = ids or list(db.session.scalars(query.order_by(Product.bigcommerce_id)))
    if not ids:
        raise activities.NothingToDo("There are no products to look through yet.", "See products", "/products/")
    items = [
        NewItem(f"Products {part[0]} to {part[-1]}", args={"ids": part})
        for part in (ids[start : start + TOGETHER] for start in range(0, len(ids), TOGETHER))
    ]
    return activities.start(actor, KIND, "Look for required options", items, open_key=KIND, units=len(ids))


def record(product_ids: Sequence[int], found: Sequence[Found]) -> int:
    """Keeps what these BigCommerce products demand; what they demand no more goes. Decisions stay."""
    known = {
        theirs: ours
        for theirs, ours in db.session.execute(
            select(Product.bigcommerce_id, Product.id).where(Product.bigcommerce_id.in_(product_ids))
        )
    }
    now = clock.now()
    rows = [
        {
            "store_id": tenant_id(),
            "product_id": known[one.product_id],
            "modifier_id": one.modifier_id,
            "name": one.name[:255],
            "type": one.type[:40],
            "choices": one.choices,
            "value": "",
            "decided_by": "",
            "read_at": now,
        }
        for one in found
        if one.product_id in known
    ]
    upsert(RequiredOption, rows, ("store_id", "product_id", "modifier_id"), ("name", "type", "choices", "read_at"))
    gone = select(RequiredOption).where(RequiredOption.product_id.in_(known.values()), RequiredOption.read_at < now)
    for row in db.session.scalars(gone):
        db.session.delete(row)
    db.session.flush()
    return len(rows)


def suggestion(option: RequiredOption) -> str:
    """The value BigCommerce proposes itself, else the first choice; for texts something that says where it is from."""
    if option.choices:
        chosen = next((one for one in option.choices if one.get("is_default")), option.choices[0])
        return str(chosen["id"])
    return "TikTok Shop" if option.type in FREE_TEXT else ("Yes" if option.type == "checkbox" else "")


def label(option: RequiredOption, value: str) -> str:
    return next((str(one.get("label") or value) for one in option.choices if str(one["id"]) == value), value)


def undecided(limit: int = 200) -> list[tuple[RequiredOption, Product]]:
    """What would make orders fail, product by product."""
    query = (
        select(RequiredOption, Product)
        .join(Product, Product.id == RequiredOption.product_id)
        .order_by(RequiredOption.value, Product.title, RequiredOption.id)
        .limit(limit)
    )
    return [(option, product) for option, product in db.session.execute(query)]


def open_count() -> int:
    if not has_table(RequiredOption):
        return 0
    query = select(func.count(func.distinct(RequiredOption.product_id))).where(RequiredOption.value == "")
    return int(db.session.scalar(query) or 0)


def decide(actor: Actor, option_id: int, value: str) -> RequiredOption:
    """What every order gets for this option from now on."""
    option = db.session.scalar(select(RequiredOption).where(RequiredOption.id == option_id))
    if option is None:
        raise NotFound("This option does not exist any more.", "See required options", "/orders/options")
    value = value.strip()[:255]
    if option.choices and value not in {str(one["id"]) for one in option.choices}:
        raise Invalid(f"Choose one of the values of “{option.name}”.", "See required options", "/orders/options")
    if not value:
        raise Invalid(f"Give a value for “{option.name}”.", "See required options", "/orders/options")
    option.value, option.decided_by = value, actor.name[:255]
    db.session.flush()
    return option


def accept_all(actor: Actor) -> int:
    """Takes the suggestion everywhere nobody decided; answers for how many options."""
    decided = 0
    for option in db.session.scalars(select(RequiredOption).where(RequiredOption.value == "")):
        if value := suggestion(option):
            option.value, option.decided_by = value, actor.name[:255]
            decided += 1
    db.session.flush()
    return decided


def lacking(lines: Sequence[OrderLine]) -> dict[int, str]:
    """Variant -> what its product demands and nobody decided."""
    ids = {line.variant_id for line in lines if line.variant_id is not None}
    if not ids or not has_table(RequiredOption):
        return {}
    query = (
        select(Variant.id, RequiredOption.name, Product.title)
        .join(Product, Product.id == Variant.product_id)
        .join(RequiredOption, RequiredOption.product_id == Product.id)
        .where(Variant.id.in_(ids), RequiredOption.value == "")
    )
    return {
        variant_id: f"BigCommerce demands “{name}” for “{title}”. Choose what TikTok orders get, and it is created."
        for variant_id, name, title in db.session.execute(query)
    }


def chosen(product_ids: Collection[int]) -> dict[int, list[dict[str, Any]]]:
    """Product -> BigCommerce's `product_options` of an order line."""
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    if product_ids and has_table(RequiredOption):
        query = select(RequiredOption).where(RequiredOption.product_id.in_(product_ids), RequiredOption.value != "")
        for option in db.session.scalars(query.order_by(RequiredOption.id)):
            found[option.product_id].append({"id": option.modifier_id, "value": option.value})
    return found
