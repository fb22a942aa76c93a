"""Seeing the app as a role would see it, before the role is saved."""

from datetime import timedelta

from sqlalchemy import delete, select

from domain.roles import Access, from_json
from models import RoleTrial, db
from models.present import has_table
from services import clock
from services.actor import Actor
from services.people import roles

LIFE = timedelta(hours=1)


def begin(actor: Actor, wanted: Access, role_id: int) -> None:
    """From now on this person (the owner) sees the app as the role would; nothing can be changed meanwhile."""
    roles.require_owner(actor)
    end(actor)
    db.session.add(
        RoleTrial(
            store_id=actor.store_id,
            person_id=actor.person_id,
            role_id=role_id,
            name=wanted.name,
            grants=wanted.to_json(),
            expires_at=clock.now() + LIFE,
        )
    )
    db.session.flush()


def current(person_id: int) -> tuple[RoleTrial, Access] | None:
    """The trial of a person, if one is on."""
    if not has_table(RoleTrial):
        return None
    row = db.session.scalar(select(RoleTrial).where(RoleTrial.person_id == person_id))
    if row is None or row.expires_at < clock.now():
        return None
    return row, from_json(row.name, row.grants)


def end(actor: Actor) -> None:
    db.session.execute(delete(RoleTrial).where(RoleTrial.person_id == actor.person_id))
