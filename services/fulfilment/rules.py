"""How the current store ships."""

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from domain.fulfilment.settings import FulfilmentSettings
from domain.roles import CHANGE, Page
from models import FulfilmentRules, db
from models.present import has_table
from services.actor import Actor
from services.errors import Stale
from services.people.access import asks

AGAIN = Stale(
    "Somebody else changed the shipping settings meanwhile. Look at them again, then save.",
    "Look again",
    "/settings/shipping/",
)


def _row() -> FulfilmentRules | None:
    return db.session.scalar(select(FulfilmentRules)) if has_table(FulfilmentRules) else None


def of() -> FulfilmentSettings:
    """As saved; defaults where nothing was saved."""
    row = _row()
    return FulfilmentSettings.from_json(row.rules) if row is not None else FulfilmentSettings()


def version() -> int:
    row = _row()
    return row.version if row is not None else 0


@asks(Page.SETTINGS, CHANGE)
def save(actor: Actor, settings: FulfilmentSettings, seen_version: int) -> None:
    """Counts for what is shipped from now on."""
    if seen_version != version():
        raise AGAIN
    row = _row()
    try:
        if row is None:
            with db.session.begin_nested():
                db.session.add(FulfilmentRules(store_id=actor.store_id, rules=settings.to_json()))
        else:
            row.rules = settings.to_json()
            db.session.flush()
    except (IntegrityError, StaleDataError) as both:
        raise AGAIN from both
