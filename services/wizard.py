"""The way in: which steps are done, by whom, and which comes next. Facts lie in the tables; only marks are kept in
Store.wizard."""

from dataclasses import dataclass

from domain.settings import StoreSettings
from models import Shop, Store, db
from services import categories, clock, profiles, settings, shops, warehouses
from services.actor import Actor
from services.errors import ServiceError

STEPS: tuple[tuple[str, str], ...] = (
    ("connect", "Connect TikTok Shop"),
    ("warehouses", "Warehouses"),
    ("profile", "Default profile"),
    ("configuration", "Default configuration"),
)


class NotThere(ServiceError):
    """An earlier step is not done yet."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step as shown: `state` is done, now or later; `by` says who did it."""

    name: str
    title: str
    number: int
    state: str
    reachable: bool
    by: str = ""


def shop_of(chosen: Shop | None) -> Shop | None:
    """The shop that the wizard speaks of: the chosen one, else the first that is not finished, else the first."""
    found = shops.active()
    if chosen is not None and any(shop.id == chosen.id for shop in found):
        return chosen
    return next((shop for shop in found if not _shop_done(shop)), found[0] if found else None)


def _shop_done(shop: Shop) -> bool:
    return shop.mapping_locked_at is not None and profiles.is_complete(profiles.default(shop))


def done_steps(store: Store, shop: Shop | None) -> set[str]:
    found = set()
    if shop is not None:
        found.add("connect")
        if shop.mapping_locked_at is not None:
            found.add("warehouses")
        if profiles.is_complete(profiles.default(shop)):
            found.add("profile")
    if (store.wizard or {}).get("configuration"):
        found.add("configuration")
    return found


def next_step(store: Store, shop: Shop | None = None) -> str:
    """The step to do next; "done" for the summary; "" once the wizard was finished (the dashboard is the start page
    then)."""
    if (store.wizard or {}).get("done"):
        return ""
    done = done_steps(store, shop or shop_of(None))
    return next((name for name, _ in STEPS if name not in done), "done")


def steps(store: Store, shop: Shop | None, now: str) -> list[Step]:
    """All steps for the header of the wizard's pages."""
    done = done_steps(store, shop)
    first_open = next((name for name, _ in STEPS if name not in done), "done")
    marks = store.wizard or {}
    return [
        Step(
            name,
            title,
            number,
            "now" if name == now else "done" if name in done else "later",
            name in done or name == first_open,
            str((marks.get(name) or {}).get("by", "")) if name in done else "",
        )
        for number, (name, title) in enumerate(STEPS, 1)
    ]


def require(store: Store, shop: Shop | None, step: str) -> Shop:
    """The wizard's shop, if everything before `step` is done."""
    done = done_steps(store, shop)
    for name, title in STEPS:
        if name == step:
            break
        if name not in done:
            raise NotThere(f"“{title}” comes first; it is not finished yet.", title, f"/wizard/{name}")
    if shop is None:
        raise NotThere("No TikTok shop is connected yet.", "Connect TikTok Shop", "/wizard/connect")
    return shop


def mark(actor: Actor, store: Store, step: str) -> None:
    """Remembers who finished a step and when."""
    store.wizard = {**(store.wizard or {}), step: {"by": actor.name, "at": clock.now().isoformat()}}
    db.session.flush()


@dataclass(frozen=True, slots=True)
class Summary:
    """What was decided, for the last page."""

    warehouses: list[tuple[str, list[str]]]
    category: str
    mapped: int
    settings: StoreSettings


def summary(store: Store, shop: Shop) -> Summary:
    names = {place.id: place.label for place in warehouses.locations()}
    fed = warehouses.mapping(shop)
    profile = profiles.default(shop)
    category = categories.get(shop, profile.category_id) if profile else None
    return Summary(
        [(row.name, sorted(names.get(key, "") for key in fed[row.id])) for row in warehouses.mapped(shop)],
        " > ".join(category.path) if category else "",
        len(profile.mapping or {}) if profile else 0,
        settings.of(store),
    )
