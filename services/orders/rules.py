"""How the current store takes its orders."""

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from domain.orders.settings import OrderSettings
from models import OrderRules, db
from models.present import has_table
from services.actor import Actor
from services.errors import Stale

AGAIN = Stale(
    "Somebody else changed the order settings meanwhile. Look at them again, then save.",
    "Look again",
    "/settings/orders",
)


def of() -> OrderSettings:
    """As saved; defaults where nothing was saved."""
    row = db.session.scalar(select(OrderRules)) if has_table(OrderRules) else None
    return OrderSettings.from_json(row.rules) if row is not None else OrderSettings()


def version() -> int:
    row = db.session.scalar(select(OrderRules)) if has_table(OrderRules) else None
    return row.version if row is not None else 0


def save(actor: Actor, settings: OrderSettings, seen_version: int) -> None:
    """Counts for orders from now on; what is in BigCommerce already keeps its grouping."""
    if seen_version != version():
        raise AGAIN
    row = db.session.scalar(select(OrderRules))
    try:
        if row is None:
            with db.session.begin_nested():
                db.session.add(OrderRules(store_id=actor.store_id, rules=settings.to_json()))
        else:
            row.rules = settings.to_json()
            db.session.flush()
    except (IntegrityError, StaleDataError) as both:
        raise AGAIN from both
