"""The one place that says no: services ask here whether their actor may do what it is about to do."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from sqlalchemy import select

from domain.roles import MEMBER, OWNER, SEE, Access, Action, Page, from_json
from models import Role, RoleGrant, Shop, db
from models.present import has_table
from services.actor import Actor
from services.errors import Forbidden

P = ParamSpec("P")
R = TypeVar("R")


def of_person(person_id: int, is_owner: bool) -> Access:
    """What a person may do: the owner everything, others what their role says, else what members begin with."""
    if is_owner:
        return OWNER
    if not has_table(RoleGrant):
        return MEMBER
    query = select(Role.name, Role.grants).join(RoleGrant, RoleGrant.role_id == Role.id)
    row = db.session.execute(query.where(RoleGrant.person_id == person_id)).first()
    return MEMBER if row is None else from_json(row[0], row[1])


def of(actor: Actor) -> Access:
    """Causeway itself may do everything: it acts on what people asked for."""
    if actor.access is not None:
        return actor.access
    return OWNER if actor.person_id is None else of_person(actor.person_id, actor.is_owner)


def require(actor: Actor, page: Page, action: Action = SEE, shop: Shop | None = None) -> None:
    """Raises Forbidden with the reason when the actor's role does not allow it, in this shop."""
    access = of(actor)
    verdict = access.may(page, action)
    if not verdict:
        raise Forbidden(verdict.reason)
    if shop is not None and not access.reaches(shop.id, shop.kind):
        raise Forbidden(f"Your role “{access.name}” does not reach “{shop.name}”. The store's owner can change it.")


def asks(page: Page, action: Action) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Marks a service that changes something: its actor (first argument) must be allowed to, in every shop it names."""

    def mark(service: Callable[P, R]) -> Callable[P, R]:
        @wraps(service)
        def asking(*args: P.args, **kwargs: P.kwargs) -> R:
            given = (*args, *kwargs.values())
            actor = next(one for one in given if isinstance(one, Actor))
            require(actor, page, action)
            for shop in (one for one in given if isinstance(one, Shop)):
                require(actor, page, action, shop)
            return service(*args, **kwargs)

        return asking

    return mark


def hidden_shops(access: Access) -> frozenset[int]:
    """The shops of the store, disconnected ones too, whose rows are not there for this person."""
    rows = db.session.execute(select(Shop.id, Shop.kind)).all()
    return frozenset(shop_id for shop_id, kind in rows if not access.reaches(shop_id, kind))
