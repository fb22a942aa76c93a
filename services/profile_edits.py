"""Making, changing, ordering and deleting profiles. Each change marks the listings it concerns and starts the activity
that re-derives them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError

from domain import profile_order, rule_groups
from domain.attributes import AttributeMapping
from domain.draft import CategoryNeeds
from domain.roles import CHANGE, Page
from domain.rule_groups import RuleGroup
from domain.settings import InvalidSetting, StoreSettings, price_rule_from_json
from models import Activity, Counter, Listing, Profile, ProfileRule, Shop, db
from services import activities, categories, clock, preparations, profile_members, profiles
from services.activities import NewItem, Started
from services.actor import Actor
from services.counters import PRODUCT_STATUS
from services.errors import Invalid, NotFound, Stale
from services.people.access import asks

KIND = "rederive"
LONGEST_NAME = 100
MOST = 200  # profiles of one shop; each is a rule that every product is held against


@dataclass(frozen=True, slots=True)
class Change:
    """What a profile shall be. `rule` is None for the default profile; `first`: it overrides the others; empty
    `category_id`, `price_rule` and `policy` leave that to the default profile and the store's configuration."""

    name: str
    rule: RuleGroup | None
    category_id: str = ""
    mapping: Mapping[str, AttributeMapping] = field(default_factory=dict)
    options: Mapping[str, str] = field(default_factory=dict)
    price_rule: Mapping[str, Any] = field(default_factory=dict)
    policy: Mapping[str, Any] = field(default_factory=dict)
    first: bool = False


def get(profile_id: int) -> Profile:
    profile = db.session.scalar(select(Profile).where(Profile.id == profile_id))
    if profile is None:
        raise NotFound("This profile does not exist any more.", "See profiles", "/profiles/")
    return profile


def rule_of(profile: Profile) -> ProfileRule | None:
    return db.session.scalar(select(ProfileRule).where(ProfileRule.profile_id == profile.id))


def needs_of(shop: Shop, change: Change) -> CategoryNeeds | None:
    """What the profile's category demands; None where it has none of its own, or it was not read yet."""
    return categories.needs(shop, change.category_id) if change.category_id else None


def faults(shop: Shop, profile: Profile | None, change: Change) -> dict[str, str]:
    """By control: why the profile cannot be kept. Conditions are "rule.<place>", lines of the mapping their keys."""
    wrong: dict[str, str] = {}
    if text := _name_fault(shop, profile, change.name.strip()):
        wrong["name"] = text
    if change.rule is not None:
        found = rule_groups.faults(change.rule)
        wrong |= {"rule" if place < 0 else f"rule.{place}": text for place, text in found.items()}
    needs = needs_of(shop, change)
    if needs is not None:
        if "PROHIBITED" in needs.permissions:
            wrong["category"] = "TikTok does not allow products of this category in this market. Choose another one."
        wrong |= profiles.faults(profiles.rows(needs, {**_lent(shop, change), **change.mapping}, (), fill=False))
    elif change.category_id:
        wrong["category"] = "What this category demands was not read yet. Choose it again."
    elif change.rule is None:
        wrong["category"] = "Choose a category."
    try:
        price_rule_from_json(change.price_rule)
        StoreSettings.from_json(change.policy)
    except InvalidSetting as bad:
        wrong["price" if bad.name == "price_rule" else bad.name] = f"It must be {bad.args[1]}."
    return wrong


def _lent(shop: Shop, change: Change) -> dict[str, AttributeMapping]:
    """What the default profile maps for this one."""
    default = profiles.default(shop) if change.rule is not None else None
    if default is None:
        return {}
    same = change.category_id == default.category_id
    mapping = default.mapping or {}
    return {key: profiles.as_mapping(one) for key, one in mapping.items() if same or key in preparations.PACKAGE}


def _name_fault(shop: Shop, profile: Profile | None, name: str) -> str:
    if not name:
        return "Give the profile a name."
    if len(name) > LONGEST_NAME:
        return f"At most {LONGEST_NAME} characters; this has {len(name)}."
    if "\0" in name:
        return "The name has a character that cannot be kept."
    others = select(Profile.name).where(Profile.shop_id == shop.id)
    others = others if profile is None or profile.id is None else others.where(Profile.id != profile.id)
    if name.casefold() in {other.casefold() for other in db.session.scalars(others)}:
        return "Another profile of this shop has this name. Names are unique."
    return ""


def apply(actor: Actor, shop: Shop, profile: Profile | None, change: Change, seen: int | None = None) -> Profile:
    """Writes the profile; raises Invalid with every fault, Stale when somebody else saved meanwhile. What follows from
    it is `concerned` and `start`."""
    profile_members.demand()
    profile_members.hold(shop.id, change=True)
    if profile is not None and seen is not None and seen != profile.version:
        raise Stale(
            "Somebody else changed this profile meanwhile. Look at it again, then save.",
            "Look again",
            f"/profiles/{profile.id}",
        )
    if wrong := faults(shop, profile, change):
        raise Invalid(" ".join(wrong.values()))
    order = [profile_id for profile_id, _ in profile_members.ranked(shop.id)]
    if profile is None:
        _demand_default(shop)
        if len(order) >= MOST:
            raise Invalid(f"A shop takes at most {MOST} profiles. Delete one that you no longer need.")
        profile = Profile(shop_id=shop.id, store_id=shop.store_id, mapping={}, options={}, price_rule={})
        db.session.add(profile)
    _write(shop, profile, change)
    if change.rule is not None:
        others = [one for one in order if one != profile.id]
        place = 0 if change.first else order.index(profile.id) if profile.id in order else len(others)
        _number([*others[:place], profile.id, *others[place:]])
    return profile


def _demand_default(shop: Shop) -> None:
    if not profiles.is_complete(profiles.default(shop)):
        raise Invalid(
            "The default profile comes first: it covers what no other profile does.", "Default profile", "/profiles/"
        )


def _write(shop: Shop, profile: Profile, change: Change) -> None:
    profile.name, profile.category_id = change.name.strip(), change.category_id
    needs = needs_of(shop, change)
    kept = profiles.stored_mapping(needs, change.mapping) if needs else {}
    options = profiles.stored_options(needs, change.options) if needs else {}
    # Equal values stay unassigned: an unchanged row keeps its version.
    for name, value in (("mapping", kept), ("options", options), ("price_rule", dict(change.price_rule))):
        if getattr(profile, name) != value:
            setattr(profile, name, value)
    try:
        with db.session.begin_nested():
            db.session.flush()
    except IntegrityError as meanwhile:
        raise Invalid("Another profile of this shop has this name. Names are unique.") from meanwhile
    rule = rule_of(profile)
    if rule is None:
        rule = ProfileRule(store_id=profile.store_id, profile_id=profile.id, rule={}, policy={})
        db.session.add(rule)
    rule.rule = change.rule.to_json() if change.rule is not None else {}
    rule.policy = dict(change.policy)
    db.session.flush()


def _number(order: Sequence[int]) -> None:
    """Positions are no part of a profile's version: moving one is no edit of the others."""
    for place, profile_id in enumerate(order, 1):
        db.session.execute(update(Profile).where(Profile.id == profile_id).values(position=place))


@asks(Page.PROFILES, CHANGE)
def save(actor: Actor, shop: Shop, profile: Profile | None, change: Change, seen: int | None = None) -> Started:
    """Keeps the profile and starts the activity that brings products and listings to it."""
    verb = "Apply" if profile is not None else "Apply new"
    before = {} if profile is None else state(profile)
    profile = apply(actor, shop, profile, change, seen)
    mark(profile)
    kept = {"profile": profile.id, "before": before, "after": state(profile)}
    return start(actor, shop, f"{verb} profile “{profile.name}” in {shop.name}", kept)


def state(profile: Profile) -> dict[str, Any]:
    """What a person can set on it, as plain data."""
    rule = rule_of(profile)
    own = {name: getattr(profile, name) for name in ("name", "category_id", "mapping", "options", "price_rule")}
    return {**own, "rule": rule.rule if rule else {}, "policy": rule.policy if rule else {}}


@asks(Page.PROFILES, CHANGE)
def put_back(actor: Actor, shop: Shop, profile: Profile, before: Mapping[str, Any]) -> Started:
    """The profile as it was before a change; without a before it was made by the change and goes again."""
    if not before:
        return delete(actor, shop, profile)
    profile_members.demand()
    profile_members.hold(shop.id, change=True)
    after = state(profile)
    for name in ("name", "category_id", "mapping", "options", "price_rule"):
        if getattr(profile, name) != before[name]:
            setattr(profile, name, before[name])
    rule = rule_of(profile)
    if rule is not None:
        rule.rule, rule.policy = before["rule"], before["policy"]
    db.session.flush()
    mark(profile)
    kept = {"profile": profile.id, "before": after, "after": state(profile)}
    return start(actor, shop, f"Undo the change of profile “{profile.name}” in {shop.name}", kept)


@asks(Page.PROFILES, CHANGE)
def delete(actor: Actor, shop: Shop, profile: Profile) -> Started:
    """Takes a profile away; its products go to the next one that matches, else to the default profile."""
    profile_members.demand()
    if profile.is_default:
        raise Invalid(
            "The default profile covers what no other does and cannot be deleted.", "See profiles", "/profiles/"
        )
    profile_members.hold(shop.id, change=True)
    mark(profile)
    name = profile.name
    db.session.delete(profile)
    db.session.flush()
    return start(actor, shop, f"Delete profile “{name}” in {shop.name}")


@asks(Page.PROFILES, CHANGE)
def swap(actor: Actor, shop: Shop, one: int, other: int) -> Started:
    """Puts two profiles in each other's place."""
    profile_members.demand()
    profile_members.hold(shop.id, change=True)
    order = [profile_id for profile_id, _ in profile_members.ranked(shop.id)]
    if one == other or not {one, other} <= set(order):
        raise NotFound("One of these profiles does not exist any more.", "See profiles", "/profiles/")
    _number(profile_order.swapped(order, one, other))
    return start(actor, shop, f"Change the order of profiles in {shop.name}")


def mark(profile: Profile) -> int:
    """Every listing that the profile has a part in must be rechecked; one statement (house 8). Answers how many."""
    done: Any = db.session.execute(
        update(Listing).where(*profile_members.listings_of(profile)).values(is_stale=True, changed_at=clock.now()),
        execution_options={"synchronize_session": False},
    )
    return int(done.rowcount)


def start(actor: Actor, shop: Shop, title: str, details: Mapping[str, Any] | None = None) -> Started:
    """The activity that brings every product to the profile it belongs to, and rechecks the listings concerned."""
    first = NewItem("Reading the size of the catalog", args={"plan": True})
    return activities.start(actor, KIND, title, [first], shop_id=shop.id, units=0, priority=50, details=details)


def moving(shop: Shop) -> Activity | None:
    """The newest of these activities that is under way."""
    query = select(Activity).where(
        Activity.kind == KIND, Activity.shop_id == shop.id, Activity.state.in_(activities.OPEN)
    )
    return db.session.scalar(query.order_by(Activity.id.desc()).limit(1))


def total(shop: Shop) -> int:
    """Products of the store, as the tabs count them."""
    counted = select(func.coalesce(func.sum(Counter.count), 0)).where(
        Counter.scope == PRODUCT_STATUS, Counter.shop_id == 0
    )
    return int(db.session.scalar(counted) or 0)
