"""How people arrange the lists for themselves: filters under a name, and which columns they see."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import String, bindparam, literal, null, or_, select, union_all

from models import ListColumns, SavedView, db
from models.base import Key
from models.present import has_table
from services import clock
from services.actor import Actor
from services.bulk import table_of, upsert
from services.errors import Forbidden, Invalid, NotFound
from services.prepared import STORE, prepared, rows

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
    "listings": ("tab", "problem", "q", "category_filter", "tag_filter", "profile", "unsent", "shop"),
}  # fmt: skip


def _page(page: str) -> str:
    if page not in COLUMNS:
        raise NotFound("There is no such list.", "See products", "/products/")
    return page


class Bar(NamedTuple):
    """What stands above a list for one person: rows of (id, name, query, person_id, is_shared), and the columns that
    the person does not want to see."""

    views: Sequence[Any]
    hidden: list[str]


_view, _columns = table_of(SavedView), table_of(ListColumns)
_PERSON, _PAGE = bindparam("person_id", type_=Key), bindparam("page", type_=String)
_BAR = prepared(
    union_all(
        select(_view.c.id, _view.c.name, _view.c.query, _view.c.person_id, _view.c.is_shared).where(
            _view.c.store_id == STORE, _view.c.page == _PAGE, or_(_view.c.person_id == _PERSON, _view.c.is_shared)
        ),
        select(literal(0), literal(""), _columns.c.columns, _columns.c.person_id, null()).where(
            _columns.c.store_id == STORE, _columns.c.page == _PAGE, _columns.c.person_id == _PERSON
        ),
    )
)


def bar(person_id: int, page: str) -> Bar:
    """In one statement. Filters are the person's own and those that others share, by name."""
    if not has_table(SavedView):
        return Bar([], [])
    found = rows(_BAR, person_id=person_id, page=_page(page))
    shown = next((row.query for row in found if row.id == 0), None)
    hidden = [] if shown is None else [name for name in COLUMNS[page] if name not in shown]
    return Bar(sorted((row for row in found if row.id), key=lambda row: (row.name, row.id))[: 2 * MOST], hidden)


def views(person_id: int, page: str) -> Sequence[Any]:
    return bar(person_id, page).views


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
    return bar(person_id, page).hidden


def choose(actor: Actor, page: str, shown: Sequence[str]) -> None:
    """Keeps which columns a person sees."""
    row = {
        "store_id": actor.store_id,
        "person_id": actor.person_id,
        "page": _page(page),
        "columns": [name for name in COLUMNS[page] if name in shown],
    }
    upsert(ListColumns, [row], ("store_id", "person_id", "page"), ("columns",))
