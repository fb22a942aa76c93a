"""Locations that are a third party's service: each is a fulfilment centre with one TikTok warehouse for itself, because
the service decides where it ships from (features S2-10)."""

from collections.abc import Iterable

from sqlalchemy import select

from domain.roles import CHANGE, Page
from models import FulfilmentService, Location, Warehouse, db
from models.present import has_table
from models.tenancy import tenant_id
from services.actor import Actor
from services.errors import Invalid, NotFound
from services.people import audit
from services.people.access import asks


def names() -> dict[int, str]:
    """Our location -> the service's name."""
    if not has_table(FulfilmentService):
        return {}
    rows = db.session.execute(select(FulfilmentService.location_id, FulfilmentService.name))
    return {location_id: name for location_id, name in rows}


@asks(Page.SETTINGS, CHANGE)
def declare(actor: Actor, location_id: int, name: str) -> None:
    """Says that a location is a service of that name; an empty name: it is the merchant's own again."""
    place = db.session.get(Location, location_id)
    if place is None:
        raise NotFound("This location does not exist any more. Refresh the list.", "Refresh", "/settings/warehouses")
    row = db.session.scalar(select(FulfilmentService).where(FulfilmentService.location_id == location_id))
    name = name.strip()[:120]
    if not name:
        if row is not None:
            db.session.delete(row)
        audit.note(actor, "location.service", f"“{place.label}” is a location of your own.")
    else:
        row = row or FulfilmentService(store_id=tenant_id(), location_id=location_id)
        row.name = name
        db.session.add(row)
        audit.note(actor, "location.service", f"“{place.label}” is the fulfilment service “{name}”.")
    db.session.flush()


def refuse_unless_alone(pairs: Iterable[tuple[int, int]]) -> None:
    """A service's warehouse is fed by the service alone."""
    known = names()
    fed: dict[int, set[int]] = {}
    for warehouse_id, location_id in pairs:
        fed.setdefault(warehouse_id, set()).add(location_id)
    for warehouse_id, places in fed.items():
        service = next((known[place] for place in sorted(places) if place in known), "")
        if service and len(places) > 1:
            called = db.session.scalar(select(Warehouse.name).where(Warehouse.id == warehouse_id))
            raise Invalid(
                f"“{called}” would sell the stock of “{service}” and of another location. A fulfilment service needs "
                "one TikTok warehouse for itself: add one in Seller Center, then choose it here."
            )
