"""The default configuration of a store."""

from domain.settings import InvalidSetting, StoreSettings
from models import Store, db
from services.actor import Actor
from services.errors import Invalid, Stale


def of(store: Store) -> StoreSettings:
    """As saved; defaults where nothing was saved."""
    try:
        return StoreSettings.from_json(store.settings or {})
    except InvalidSetting:
        return StoreSettings()


def save(actor: Actor, store: Store, values: dict[str, object], seen_version: int | None = None) -> StoreSettings:
    """Keeps the named settings and leaves the others; `seen_version` is the row version the person was looking at."""
    if seen_version is not None and seen_version != store.version:
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
    return settings
