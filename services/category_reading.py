"""Reading what a category demands, outside a request: whom it concerns, and what a page says when it failed. And the
download of a market's whole tree, as an activity that people see."""

from collections.abc import Sequence

from sqlalchemy import func, select

from clients.tiktok.api import TikTok
from clients.tiktok.models import Category as CategoryRow
from domain.roles import SEE, Page
from models import Activity, Category, Listing, Notice, Profile, Shop, db
from services import activities, categories, notices, platforms, readiness
from services.activities import NewItem, Started
from services.actor import Actor
from services.categories import NeedsRead
from services.listing_pages import in_category
from services.people.access import asks

KIND = "read_categories"
PART = 5000


def key(shop_id: int, category_id: str) -> str:
    """The notice that says a reading failed."""
    return f"category:{shop_id}:{category_id}"


def prepare(shop_id: int) -> TikTok | None:
    """The shop's client; None when the shop cannot be asked now."""
    shop = db.session.get(Shop, shop_id)
    return (
        platforms.tiktok(shop) if shop is not None and shop.is_active and shop.authorization.state == "active" else None
    )


def record(shop_id: int, read: NeedsRead) -> bool:
    """Keeps what was read and rechecks the listings it concerns; True when more of them are left than one batch."""
    shop = db.session.get_one(Shop, shop_id)
    categories.record_needs(shop, read)
    notices.resolve(key(shop_id, read.category_id))
    concerned = Listing.shop_id == shop_id, in_category(read.category_id)
    count = readiness.mark_stale(*concerned)
    ids = db.session.scalars(
        select(Listing.id).where(*concerned).order_by(Listing.changed_at.desc()).limit(readiness.BATCH)
    ).all()
    readiness.recheck(shop, ids)
    return count > len(ids)


def failed(shop_id: int, category_id: str, text: str) -> None:
    """Says why on the page that waits, and to everybody."""
    notices.raise_notice(key(shop_id, category_id), "warning", text, "See listings", "/listings/")


def failure(shop_id: int, category_id: str) -> str:
    """Why the last reading failed; empty when it did not."""
    query = select(Notice.text).where(Notice.key == key(shop_id, category_id), Notice.resolved_at.is_(None))
    return db.session.scalar(query) or ""


def forget_failure(shop_id: int, category_id: str) -> None:
    """Before asking again."""
    notices.resolve(key(shop_id, category_id))


# -- the whole tree --------------------------------------------------------------------------------------------------


@asks(Page.SPREADSHEETS, SEE)
def start_download(actor: Actor, shop: Shop) -> Started:
    """Reads the market's tree again, then the attributes and rules of the categories in use."""
    item = NewItem(f"Categories of {shop.market}", args={"tree": True})
    open_key = f"categories:{shop.id}"
    title = f"Read the categories of {shop.name} ({shop.market}) from TikTok Shop"
    return activities.start(
        actor,
        KIND,
        title,
        [item],
        shop_id=shop.id,
        units=0,
        open_key=open_key,
        details={"open_key": open_key},
        priority=30,
    )


def downloading(shop: Shop) -> Activity | None:
    return activities.opened(f"categories:{shop.id}")


def record_tree(shop: Shop, rows: Sequence[CategoryRow]) -> tuple[int, list[NewItem]]:
    """Keeps the tree; how many categories, and one piece of work for each leaf in use. Listings whose category opened
    or closed are rechecked."""
    before = _permissions(shop)
    count = categories.record_tree(shop, rows)
    after = _permissions(shop)
    moved = [key for key in before.keys() | after.keys() if before.get(key) != after.get(key)]
    for start in range(0, len(moved), PART):
        readiness.mark_stale(Listing.shop_id == shop.id, Listing.category_id.in_(moved[start : start + PART]))
    used = in_use(shop)
    return count, [NewItem(" > ".join(row.path)[:255], args={"category": row.tiktok_id}) for row in used]


def _permissions(shop: Shop) -> dict[str, tuple[str, ...]]:
    query = select(Category.tiktok_id, Category.permissions).where(Category.shop_id == shop.id, Category.is_leaf)
    return {key: tuple(sorted(permissions)) for key, permissions in db.session.execute(query)}


def in_use(shop: Shop) -> Sequence[Category]:
    """Leaves that listings or profiles have, or whose demands were read before."""
    named = (
        select(Listing.category_id).where(Listing.shop_id == shop.id).distinct(),
        select(Profile.category_id).where(Profile.shop_id == shop.id),
        select(Category.tiktok_id).where(Category.shop_id == shop.id, Category.needs_read_at.is_not(None)),
    )
    ids = {key for query in named for key in db.session.scalars(query) if key}
    query = select(Category).where(Category.shop_id == shop.id, Category.tiktok_id.in_(ids), Category.is_leaf)
    return db.session.scalars(query.order_by(Category.tiktok_id)).all()


def counts(shop: Shop) -> dict[str, int]:
    """Categories, those that products can be listed in, those by invitation, those whose attributes were read."""
    query = select(Category.is_leaf, Category.permissions, Category.needs_read_at).where(Category.shop_id == shop.id)
    found = {"all": 0, "final": 0, "invited": 0, "read": 0}
    for is_leaf, permissions, read_at in db.session.execute(query):
        found["all"] += 1
        found["final"] += is_leaf
        found["invited"] += is_leaf and "INVITE_ONLY" in permissions
        found["read"] += read_at is not None
    return found


def by_invitation(shop: Shop, limit: int = 200) -> Sequence[Category]:
    """Leaves that TikTok opens to chosen shops only."""
    query = select(Category).where(Category.shop_id == shop.id, Category.is_leaf).order_by(Category.id)
    return [row for row in db.session.scalars(query) if "INVITE_ONLY" in row.permissions][:limit]


def waiting_listings(shop: Shop, category_ids: Sequence[str]) -> dict[str, int]:
    """How many listings stand in these categories."""
    query = select(Listing.category_id, func.count(Listing.id)).where(
        Listing.shop_id == shop.id, Listing.category_id.in_(category_ids)
    )
    return {key: number for key, number in db.session.execute(query.group_by(Listing.category_id))}
