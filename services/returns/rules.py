"""How the current store handles requests."""

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from domain.returns.settings import ReturnSettings
from domain.roles import CHANGE, Page
from models import ReturnRules, db
from models.present import has_table
from services.actor import Actor
from services.errors import Stale
from services.people.access import asks

AGAIN = Stale(
    "Somebody else changed the settings of returns meanwhile. Look at them again, then save.",
    "Look again",
    "/settings/returns",
)


def of() -> ReturnSettings:
    """As saved; defaults where nothing was saved."""
    row = db.session.scalar(select(ReturnRules)) if has_table(ReturnRules) else None
    return ReturnSettings.from_json(row.rules) if row is not None else ReturnSettings()


def version() -> int:
    row = db.session.scalar(select(ReturnRules)) if has_table(ReturnRules) else None
    return row.version if row is not None else 0


@asks(Page.SETTINGS, CHANGE)
def save(actor: Actor, settings: ReturnSettings, seen_version: int) -> None:
    """Counts for what happens from now on."""
    if seen_version != version():
        raise AGAIN
    row = db.session.scalar(select(ReturnRules))
    try:
        if row is None:
            with db.session.begin_nested():
                db.session.add(ReturnRules(store_id=actor.store_id, rules=settings.to_json()))
        else:
            row.rules = settings.to_json()
            db.session.flush()
    except (IntegrityError, StaleDataError) as both:
        raise AGAIN from both
