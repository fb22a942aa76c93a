"""The life of a store in Causeway: installed, opened, uninstalled; and the people who come from it."""

from dataclasses import dataclass
from typing import Protocol

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from clients.bigcommerce.models import Store as StoreInformation
from clients.errors import ClientError, Unauthorised
from models import Activity, Person, Shop, Store, db
from models.tenancy import across_stores, tenant
from services import activities, clock, notices, platforms, publishing, sessions
from services.actor import Actor
from services.bulk import rows_touched
from services.secrets import seal

REINSTALL_NOTICE = "store.reinstall"
PARKED = "parked_shops"  # in Store.wizard: the shops that were active when the store left


class User(Protocol):
    """A BigCommerce user as a grant or a launch names them."""

    @property
    def id(self) -> int: ...
    @property
    def email(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Installation:
    """What an installation told us: the token answer (reference 1.2)."""

    store_hash: str
    token: str
    scopes: str
    user: User
    owner: User | None
    account_uuid: str = ""


def by_hash(store_hash: str) -> Store | None:
    return db.session.scalar(select(Store).where(Store.hash == store_hash))


def look_up(store_hash: str, token: str) -> StoreInformation | None:
    """Name, currency and units as BigCommerce has them (one call, no transaction open); None without an answer."""
    try:
        return platforms.bigcommerce(Store(hash=store_hash, token=seal(token))).store()
    except ClientError:
        return None


def install(installation: Installation, information: StoreInformation | None) -> tuple[Store, Person]:
    """Adds the store or renews it: BigCommerce sends a known store through the grant again when its token changed."""
    store = by_hash(installation.store_hash)
    if store is None:
        try:
            with db.session.begin_nested():
                db.session.add(Store(hash=installation.store_hash, installed_at=clock.now(), settings={}, wizard={}))
        except IntegrityError:
            pass  # the same installation came twice at once; the first one's row is as good
        store = by_hash(installation.store_hash)
    if store is None:
        raise LookupError("The store's row vanished while it was being installed.")
    store.state, store.token, store.scopes = "installed", seal(installation.token), installation.scopes
    store.account_uuid = installation.account_uuid
    if installation.owner is not None:
        store.owner_id = installation.owner.id
    elif not store.owner_id:
        store.owner_id = installation.user.id  # older answers name no owner; the next load does
    if information is not None:
        describe(store, information)
    db.session.flush()
    with tenant(store.id):
        return store, welcome(store, installation.user, store.owner_id == installation.user.id)


def describe(store: Store, information: StoreInformation) -> None:
    """Copies what BigCommerce says about the store (reference 6.5)."""
    store.name = information.name[:255]
    store.currency = information.currency[:3]
    store.country = information.country_code[:2]
    store.timezone = (information.timezone.name[:64] if information.timezone else "") or "UTC"
    store.weight_units = information.weight_units[:20]
    store.dimension_units = information.dimension_units[:20]
    store.control_panel_url = information.control_panel_base_url[:255]


def after_install(actor: Actor, store: Store) -> None:
    """Everything that follows an installation or reinstallation, inside the store. The one place to extend: whatever
    must happen for every store that comes in is added or started here (activities begin with the next sweep)."""
    notices.resolve(REINSTALL_NOTICE)
    _unpark(store)


def welcome(store: Store, user: User, is_owner: bool, locale: str = "") -> Person:
    """The person behind a signed load; added on the first visit (reference 1.4). Runs inside the store."""
    person = db.session.scalar(select(Person).where(Person.bigcommerce_id == user.id))
    if person is None:
        person = Person(store_id=store.id, bigcommerce_id=user.id)
        db.session.add(person)
    person.email, person.is_owner, person.seen_at = user.email[:255], is_owner, clock.now()
    person.locale = locale[:20] or person.locale or "en-US"
    db.session.flush()
    return person


def remove_person(store: Store, bigcommerce_id: int) -> None:
    """BigCommerce took the app away from a user: the record and the sessions go."""
    with tenant(store.id):
        person = db.session.scalar(select(Person).where(Person.bigcommerce_id == bigcommerce_id))
        if person is not None:
            sessions.end_all(person)
            db.session.delete(person)
            db.session.flush()


def still_connected(store_hash: str) -> bool:
    """Whether BigCommerce still accepts our token; an unanswered question counts as yes. No transaction stays open."""
    store = by_hash(store_hash)
    if store is None or not store.token:
        return False
    client = platforms.bigcommerce(store)
    db.session.rollback()
    try:
        client.store()
    except Unauthorised:
        return False
    except ClientError:
        return True
    return True


def reject(store: Store, reason: str) -> None:
    """BigCommerce no longer takes the store's token: its work rests until the app is opened or installed again. Runs
    inside the store; several workers may say it at once."""
    flipped = db.session.execute(
        update(Store).where(Store.id == store.id, Store.state == "installed").values(state="needs_reinstall"),
        execution_options={"synchronize_session": False},
    )
    if not rows_touched(flipped):
        return
    db.session.refresh(store)
    notices.raise_notice(
        REINSTALL_NOTICE,
        "danger",
        f"BigCommerce no longer accepts the app's access to {store.name or 'this store'} ({reason}), so all work "
        "waits. Open the app from the control panel again; if this stays, uninstall it there and install it again.",
    )


def reopen(store_hash: str) -> None:
    """The app was opened: a store whose token was rejected is tried again (one call, no transaction open)."""
    if not still_connected(store_hash) or (store := by_hash(store_hash)) is None:
        return
    if store.state == "needs_reinstall":
        store.state = "installed"
        with tenant(store.id):
            notices.resolve(REINSTALL_NOTICE)
            db.session.flush()


def uninstall(store_hash: str) -> None:
    """The token goes, everybody is signed out, open work stops, and the shops are free to be connected elsewhere."""
    store = by_hash(store_hash)
    if store is None:
        return
    store.state, store.token, store.hook_secret = "uninstalled", "", ""
    with tenant(store.id):
        sessions.end_all()
        for activity in db.session.scalars(select(Activity).where(Activity.state.in_(activities.OPEN))).all():
            activities.stop(activity, "Stopped because the app was uninstalled.")
        parked = list(db.session.scalars(select(Shop).where(Shop.is_active)))
        for shop in parked:
            publishing.let_go(shop)
            shop.is_active = False
        store.wizard = {**store.wizard, PARKED: [shop.id for shop in parked]}
        db.session.flush()


def _unpark(store: Store) -> None:
    """Shops that left with the store come back, unless another store took them or their grant is gone."""
    ids = store.wizard.get(PARKED) or []
    store.wizard = {key: value for key, value in store.wizard.items() if key != PARKED}
    for shop in db.session.scalars(select(Shop).where(Shop.id.in_(ids))).all():
        if shop.authorization.state == "active" and not _active_elsewhere(shop.tiktok_id):
            shop.is_active = True
        else:
            notices.raise_notice(
                f"shop.{shop.id}.parked",
                "warning",
                f"{shop.name} was not reconnected by itself: its permission ended or another store uses it now.",
                "Connect it again",
                "/settings/",
            )
    db.session.flush()


def _active_elsewhere(tiktok_id: str) -> bool:
    with across_stores("is a TikTok shop active in another store"):
        return db.session.scalar(select(Shop.id).where(Shop.tiktok_id == tiktok_id, Shop.is_active)) is not None
