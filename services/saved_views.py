"""How people arrange the lists for themselves: filters under a name, and which columns they see."""

from collections.abc import Mapping, Sequence

from sqlalchemy import or_, select

from models import ListColumns, SavedView, db
from models.present import has_table
from services import clock
from services.actor import Actor
from services.bulk import upsert
from services.errors import Forbidden, Invalid, NotFound

LONGEST, MOST = 60, 100  # characters of a name; filters of a person
# list -> column -> its heading; what is not named here is always shown
COLUMNS: dict[str, dict[str, str]] = {
    "products": {
        "image": "Image", "price": "Price", "quantity": "Quantity", "sku": "SKU", "variants": "Variants",
        "status": "Status", "profile": "Profile",
    },
    "listings": {"shop": "Shop", "price": "Price", "quantity": "Quantity", "score": "Score", "status": "Status"},
}  # fmt: skip
# What of a list's address makes its filter.
PARTS: dict[str, tuple[str, ...]] = {
    "products": (
        "status", "q", "profile", "type", "quantity_min", "quantity_max", "price_min", "price_max", "brand", "tag",
        "tags", "sku", "sort",
    ),
    "listings": ("tab", "problem", "q", "category_filter", "tag_filter", "unsent", "shop"),
}  # fmt: skip


def _page(page: str) -> str:
    if page not in COLUMNS:
        raise NotFound("There is no such list.", "See products", "/products/")
    return page


def views(person_id: int, page: str) -> Sequence[SavedView]:
    """A person's own filters of a list and those that others share, by name."""
    if not has_table(SavedView):
        return []
    mine = or_(SavedView.person_id == person_id, SavedView.is_shared)
    query = select(SavedView).where(SavedView.page == _page(page), mine).order_by(SavedView.name, SavedView.id)
    return db.session.scalars(query.limit(2 * MOST)).all()


def filter_of(page: str, given: Mapping[str, str]) -> dict[str, str]:
    """The parts of an address that make a filter."""
    return {name: given[name][:255] for name in PARTS[_page(page)] if given.get(name)}


def save(actor: Actor, page: str, name: str, query: Mapping[str, str], shared: bool) -> None:
    """Keeps a filter under a name; the same name again replaces it."""
    name = " ".join(name.split())
    if not name or len(name) > LONGEST:
        raise Invalid(f"A name of 1 to {LONGEST} characters is needed.", "Back", f"/{_page(page)}/")
    if sum(view.person_id == actor.person_id for view in views(actor.person_id or 0, page)) >= MOST:
        raise Invalid(f"{MOST} filters are kept at most. Remove one first.", "Back", f"/{page}/")
    row = {
        "store_id": actor.store_id,
        "person_id": actor.person_id,
        "page": _page(page),
        "name": name,
        "query": filter_of(page, query),
        "is_shared": shared,
        "created_at": clock.now(),
    }
    upsert(SavedView, [row], ("store_id", "person_id", "page", "name"), ("query", "is_shared"))


def remove(actor: Actor, view_id: int) -> str:
    """Takes a filter away; of others only the owner of the store may. Answers its list."""
    view = db.session.scalar(select(SavedView).where(SavedView.id == view_id)) if has_table(SavedView) else None
    if view is None or (view.person_id != actor.person_id and not view.is_shared):
        raise NotFound("This filter does not exist any more.", "See products", "/products/")
    if view.person_id != actor.person_id and not actor.is_owner:
        raise Forbidden("Somebody else saved this filter. They, or the store's owner, can remove it.")
    db.session.delete(view)
    db.session.flush()
    return view.page


def hidden(person_id: int, page: str) -> list[str]:
    """The columns that a person does not want to see."""
    if not has_table(ListColumns):
        return []
    query = select(ListColumns.columns).where(ListColumns.person_id == person_id, ListColumns.page == _page(page))
    shown = db.session.scalar(query)
    return [] if shown is None else [name for name in COLUMNS[page] if name not in shown]


def choose(actor: Actor, page: str, shown: Sequence[str]) -> None:
    """Keeps which columns a person sees."""
    row = {
        "store_id": actor.store_id,
        "person_id": actor.person_id,
        "page": _page(page),
        "columns": [name for name in COLUMNS[page] if name in shown],
    }
    upsert(ListColumns, [row], ("store_id", "person_id", "page"), ("columns",))
