"""Tags: words the merchant sorts products by. A listing has the tags of its product."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, String, bindparam, delete, false, func, literal, select

from domain.roles import CHANGE, Page
from models import Product, ProductTag, db
from models.present import has_table
from models.tenancy import scoped, tenant_id
from services.actor import Actor
from services.bulk import insert_into, insert_missing, rows_touched, table_of
from services.errors import Invalid
from services.people.access import asks
from services.prepared import STORE, prepared, rows

LONGEST, MOST = 60, 50  # characters of a tag; tags of a product
OFFERED = 500
_tag = table_of(ProductTag)
_LAST = bindparam("last", type_=String)
_NEXT = prepared(select(func.min(_tag.c.name)).where(_tag.c.store_id == STORE, _tag.c.name > _LAST))


def names() -> list[str]:
    """Every tag in use, by leaping from one to the next in their index."""
    found: list[str] = []
    if not has_table(ProductTag):
        return found
    while len(found) < OFFERED and (name := rows(_NEXT, last=found[-1] if found else "")[0][0]) is not None:
        found.append(name)
    return found


def split(text: str) -> list[str]:
    """Tags as a person writes them, with commas or semicolons between; Invalid when one cannot be kept."""
    parts = [" ".join(part.split()) for part in text.replace(";", ",").split(",")]
    found = list({part.casefold(): part for part in parts if part}.values())
    for name in found:
        if len(name) > LONGEST:
            raise Invalid(f"The tag “{name[:20]}…” is longer than {LONGEST} characters.")
    if len(found) > MOST:
        raise Invalid(f"A product takes at most {MOST} tags.")
    return found


def spelled(wanted: Sequence[str]) -> list[str]:
    """The tags as they are spelled already, where they are in use in another case."""
    known = {name.casefold(): name for name in names()} if wanted else {}
    return [known.get(name.casefold(), name) for name in wanted]


def of(product_ids: Iterable[int]) -> Mapping[int, list[str]]:
    """The tags of products, by name."""
    found: dict[int, list[str]] = defaultdict(list)
    query = select(ProductTag.product_id, ProductTag.name).where(ProductTag.product_id.in_(list(product_ids)))
    for product_id, name in db.session.execute(query.order_by(ProductTag.name)):
        found[product_id].append(name)
    return found


def tagged(name: str) -> Select[Any]:
    """Ids of the products with this tag, for a filter."""
    return select(ProductTag.product_id).where(ProductTag.store_id == tenant_id(), ProductTag.name == name)


def having(name: str, product_id: Any) -> ColumnElement[bool]:
    """The condition that a row's product has the tag."""
    found: ColumnElement[bool] = product_id.in_(tagged(name)) if has_table(ProductTag) else false()
    return found


@asks(Page.PRODUCTS, CHANGE)
def add(actor: Actor, products: Select[Any], text: str) -> int:
    """Puts tags on every product of the query; answers how many tags were new somewhere."""
    wanted = spelled(split(text))
    if not wanted:
        raise Invalid("Write at least one tag.")
    count = 0
    for name in wanted:
        source = select(literal(actor.store_id), Product.id, literal(name)).where(
            Product.store_id == actor.store_id, Product.id.in_(products)
        )
        statement = insert_into(_tag).from_select(["store_id", "product_id", "name"], source)
        done = db.session.execute(scoped(statement.on_conflict_do_nothing()))
        count += max(0, rows_touched(done))
    return count


@asks(Page.PRODUCTS, CHANGE)
def remove(actor: Actor, products: Select[Any], text: str) -> int:
    """Takes tags off every product of the query; answers how many went."""
    wanted = spelled(split(text))
    if not wanted:
        raise Invalid("Write at least one tag.")
    statement = delete(_tag).where(
        _tag.c.store_id == actor.store_id, _tag.c.name.in_(wanted), _tag.c.product_id.in_(products)
    )
    return rows_touched(db.session.execute(scoped(statement)))


def replace(wanted: Mapping[int, Sequence[str]]) -> None:
    """Gives each product exactly these tags."""
    ids = list(wanted)
    statement = delete(_tag).where(_tag.c.store_id == tenant_id(), _tag.c.product_id.in_(ids))
    db.session.execute(scoped(statement))
    new = [
        {"store_id": tenant_id(), "product_id": product_id, "name": name}
        for product_id, tags in wanted.items()
        for name in tags
    ]
    insert_missing(ProductTag, new, ("store_id", "product_id", "name"))
