"""Roles and who has them. Only the store's owner changes them; what a role allows is in domain.roles."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from domain.roles import CELLS, MATRIX, MEMBER, STARTERS, Access, Page, access, from_json
from models import Person, Role, RoleGrant, Shop, db
from models.present import has_table
from services import clock
from services.actor import Actor
from services.errors import Forbidden, Invalid, NotFound, ServiceError, Stale
from services.people import audit

LONGEST, MOST = 60, 50
HERE = "/people/"


class NotYet(ServiceError):
    """The tables of people came with this release and are not there yet."""

    status = 503


@dataclass(frozen=True, slots=True)
class Member:
    """A person with the role they have; `role` None: what members begin with, or the owner's."""

    person: Person
    role: Role | None
    access: Access


def ready() -> None:
    if not has_table(Role):
        raise NotYet("Roles are being set up by an update that is running. Try again in a minute.")


def require_owner(actor: Actor) -> None:
    ready()
    if actor.person_id is not None and not actor.is_owner:
        raise Forbidden("Only the store's owner changes roles. Ask the owner of the BigCommerce store.")


def all_roles() -> Sequence[Role]:
    ready()
    return db.session.scalars(select(Role).order_by(Role.name, Role.id)).all()


def get(role_id: int) -> Role:
    ready()
    role = db.session.scalar(select(Role).where(Role.id == role_id))
    if role is None:
        raise NotFound("This role does not exist any more.", "See people", HERE)
    return role


def of(role: Role) -> Access:
    return from_json(role.name, role.grants)


def people() -> list[Member]:
    """Everybody who came in through BigCommerce, the owner first."""
    from services.people.access import of_person

    ready()
    rows = db.session.execute(
        select(Person, Role)
        .outerjoin(RoleGrant, RoleGrant.person_id == Person.id)
        .outerjoin(Role, Role.id == RoleGrant.role_id)
        .order_by(Person.is_owner.desc(), Person.email, Person.id)
    ).all()
    return [
        Member(
            person,
            role,
            from_json(role.name, role.grants) if role and not person.is_owner else of_person(0, person.is_owner),
        )
        for person, role in rows
    ]


def uses() -> dict[int, int]:
    """How many people have each role."""
    query = select(RoleGrant.role_id, func.count()).group_by(RoleGrant.role_id)
    return {role_id: count for role_id, count in db.session.execute(query)}


def read(name: str, cells: Sequence[str], ordinary: bool, shop_ids: Sequence[int]) -> Access:
    """What a form says, checked: `cells` as "page:action"; shops that are not of this store are left out."""
    known = set(db.session.scalars(select(Shop.id).where(Shop.id.in_(list(shop_ids)[:500])))) if shop_ids else set()
    name = " ".join(name.split())
    if not name or len(name) > LONGEST:
        raise Invalid(f"Give the role a name of 1 to {LONGEST} characters.")
    if name.casefold() in {"owner", MEMBER.name.casefold()}:
        raise Invalid(f"“{name}” is the name of a role that is always there. Choose another one.")
    wanted = set(cells)
    found = access(name, [cell for cell in CELLS if f"{cell[0]}:{cell[1]}" in wanted], ordinary, known)
    if not found.cells:
        raise Invalid("Tick at least one page: a person who sees nothing could not use the app at all.")
    return found


def save(actor: Actor, role: Role | None, wanted: Access, seen: int | None = None) -> Role:
    """Adds or changes a role; `seen` names the version that was looked at."""
    require_owner(actor)
    before: Mapping[str, object] = dict(role.grants) if role else {}
    if role is None:
        if len(all_roles()) >= MOST:
            raise Invalid(f"{MOST} roles are kept at most. Remove one first.", "See people", HERE)
        role = Role(store_id=actor.store_id)
    elif seen is not None and seen != role.version:
        raise Stale("Somebody else changed this role meanwhile. Look at it again, then save.", "Look again", HERE)
    try:
        with db.session.begin_nested():
            role.name, role.grants, role.changed_at = wanted.name, wanted.to_json(), clock.now()
            db.session.add(role)
            db.session.flush()
    except IntegrityError as taken:
        raise Invalid(f"There is a role “{wanted.name}” already. Choose another name.") from taken
    except StaleDataError as late:
        raise Stale(
            "Somebody else changed this role meanwhile. Look at it again, then save.", "Look again", HERE
        ) from late
    told = changes(from_json(role.name, before), wanted) if before else summary(wanted)
    audit.note(
        actor, "role.changed" if before else "role.added", f"Role “{role.name}”: {told or 'saved without a change'}.",
        details={"before": before, "after": role.grants},
    )  # fmt: skip
    return role


def remove(actor: Actor, role: Role) -> None:
    """Takes a role away; whoever had it is a member like others again."""
    require_owner(actor)
    count = uses().get(role.id, 0)
    db.session.execute(delete(RoleGrant).where(RoleGrant.role_id == role.id))
    db.session.delete(role)
    audit.note(
        actor, "role.removed", f"Role “{role.name}” was removed; {count} people are members again.",
        details={"before": role.grants},
    )  # fmt: skip


def give(actor: Actor, person_id: int, role_id: int) -> str:
    """Gives a person a role (0: the one members begin with); answers what happened in words."""
    require_owner(actor)
    person = db.session.scalar(select(Person).where(Person.id == person_id))
    if person is None:
        raise NotFound("This person does not use the app any more.", "See people", HERE)
    if person.is_owner:
        raise Forbidden("The owner's rights come from BigCommerce and cannot be taken away here.")
    role = get(role_id) if role_id else None
    grant = db.session.scalar(select(RoleGrant).where(RoleGrant.person_id == person.id))
    before = db.session.scalar(select(Role.name).where(Role.id == grant.role_id)) if grant else MEMBER.name
    if role is None and grant is not None:
        db.session.delete(grant)
    elif role is not None:
        grant = grant or RoleGrant(store_id=actor.store_id, person_id=person.id)
        grant.role_id, grant.granted_by, grant.granted_at = role.id, actor.name[:255], clock.now()
        db.session.add(grant)
    name = role.name if role else MEMBER.name
    told = f"{person.email or 'A person'} has the role “{name}” now (before: “{before}”)."
    audit.note(actor, "role.given", told, details={"person": person.id, "before": before, "after": name})
    return told


def add_starters(actor: Actor) -> int:
    """Adds the roles to begin with that are not there yet; how many."""
    require_owner(actor)
    present = {role.name for role in all_roles()}
    missing = [one for _, one in STARTERS if one.name not in present]
    for one in missing:
        save(actor, None, one)
    return len(missing)


def summary(one: Access) -> str:
    """A role in one sentence."""
    pages = {page: [action for where, action in one.cells if where is page] for page in Page}
    changing = [MATRIX[page][0] for page, actions in pages.items() if len(actions) > 1]
    seen = sum(bool(actions) for actions in pages.values())
    shops = "every shop but semi-consignment stores" if one.ordinary else f"{len(one.shops)} named shops"
    if one.ordinary and one.shops:
        shops += f", and {len(one.shops)} named"
    return f"sees {seen} of {len(MATRIX)} pages, changes {len(changing)}; reaches {shops}"


def changes(before: Access, after: Access) -> str:
    """What a change of a role gives and takes, in words."""

    def words(cells: frozenset[tuple[Page, object]]) -> str:
        return ", ".join(sorted(f"{MATRIX[page][0]} ({action})" for page, action in cells))

    parts = []
    if gained := after.cells - before.cells:
        parts.append(f"gives {words(gained)}")
    if lost := before.cells - after.cells:
        parts.append(f"takes {words(lost)}")
    if before.ordinary != after.ordinary:
        parts.append("reaches every ordinary shop" if after.ordinary else "reaches named shops only")
    if before.shops != after.shops:
        parts.append(f"{len(after.shops - before.shops)} shops added, {len(before.shops - after.shops)} taken")
    return "; ".join(parts)
