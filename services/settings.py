"""The default configuration of a store."""

import json
import zlib

from sqlalchemy import update

from domain.roles import CHANGE, Page
from domain.settings import InvalidSetting, StoreSettings
from models import Listing, Store, db
from models.tenancy import tenant
from services.actor import Actor
from services.errors import Invalid, Stale
from services.people.access import asks


def of(store: Store) -> StoreSettings:
    """As saved; defaults where nothing was saved."""
    try:
        return StoreSettings.from_json(store.settings or {})
    except InvalidSetting:
        return StoreSettings()


def version(store: Store) -> int:
    """Names the settings as they are. The row's own version will not do: background work writes to the row too."""
    return zlib.crc32(json.dumps(of(store).to_json(), sort_keys=True).encode())


@asks(Page.SETTINGS, CHANGE)
def save(actor: Actor, store: Store, values: dict[str, object], seen_version: int | None = None) -> StoreSettings:
    """Keeps the named settings and leaves the others; `seen_version` names those the person was looking at.
    When listings are judged or priced by what changed, all of them are rechecked."""
    before = of(store)
    if seen_version is not None and seen_version != version(store):
        raise Stale(
            "Somebody else changed these settings meanwhile. Look at them again, then save.",
            "Look again",
            "/settings/configuration",
        )
    try:
        settings = StoreSettings.from_json({**(store.settings or {}), **values})
    except InvalidSetting as wrong:
        raise Invalid(f"{wrong.name.replace('_', ' ').capitalize()} must be {wrong.args[1]}.") from wrong
    store.settings = settings.to_json()
    db.session.flush()
    if _judged_by(settings) != _judged_by(before):
        with tenant(store.id):
            db.session.execute(update(Listing).values(is_stale=True), execution_options={"synchronize_session": False})
    return settings


def _judged_by(settings: StoreSettings) -> tuple[object, ...]:
    return settings.policy(), settings.stock_rule(), settings.price_rule
