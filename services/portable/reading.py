"""A file of settings becomes settings: first tried and taken back, so that what is shown is what will happen. Nothing
is deleted: what a file does not name stays."""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from domain.orders.settings import OrderSettings
from domain.returns.settings import ReturnSettings
from domain.roles import CHANGE, SEND, Page
from domain.rule_groups import RuleGroup
from models import Activity, Profile, Role, Shop, Store, db
from services import profile_edits, profiles, settings, warehouses
from services.actor import Actor
from services.errors import Invalid, ServiceError, Stale
from services.orders import rules as order_rules
from services.people import audit, roles
from services.people.access import asks, of, require
from services.places import centers
from services.portable import document
from services.portable.differences import Difference, between
from services.portable.document import FORMAT, Document
from services.profile_edits import Change
from services.returns import rules as return_rules
from services.stock import rule_edits
from services.stock import rules as stock_rules
from services.stock.rules import FIELDS

LARGEST = 2_000_000  # characters
NOT_BY_FILE = "A file does not switch the pushing on. Look at what the shop would be told, then switch it on in Stock."


@dataclass(frozen=True, slots=True)
class Refusal:
    """A part of the file that is left out, and why."""

    where: str
    why: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What a file would change. `digest` names the file, the way its shops go, and what is there now."""

    differences: tuple[Difference, ...]
    refusals: tuple[Refusal, ...]
    digest: str


@dataclass(slots=True)
class Applied:
    """`activities`: work that follows, to be launched."""

    refusals: list[Refusal] = field(default_factory=list)
    activities: list[Activity] = field(default_factory=list)

    def part(self, where: str, write: Callable[..., object], *args: Any) -> None:
        """One section, whole or not at all."""
        try:
            with db.session.begin_nested():
                write(*args)
        except ServiceError as no:
            self.refusals.append(Refusal(where, no.text))
        except (KeyError, TypeError, ValueError, AttributeError):
            self.refusals.append(Refusal(where, "It cannot be read: a value is missing or of another kind."))


def read(text: str) -> Document:
    """The file as data; refused when it is not one of ours."""
    if len(text) > LARGEST:
        raise Invalid("The file is larger than 2 MB; a file of settings never is.")
    try:
        found = json.loads(text)
    except ValueError as broken:
        raise Invalid(f"This is no file of settings: {broken}.") from broken
    if not isinstance(found, dict) or not isinstance(found.get("causeway"), dict):
        raise Invalid("This is no file of settings: the section “causeway” is missing.")
    if found["causeway"].get("format") != FORMAT:
        raise Invalid(f"The file has format {found['causeway'].get('format')!r}; this version reads {FORMAT}.")
    if not all(isinstance(part, dict) for part in found.values()) or not all(
        isinstance(part, dict) for part in found.get("shops", {}).values()
    ):
        raise Invalid("This is no file of settings: every section must be an object.")
    return found


def homes(wanted: Document, shops: Sequence[Shop], chosen: Mapping[str, str]) -> dict[str, Shop]:
    """Shop of the file -> shop of ours: the same one, or the one a person chose."""
    known = {shop.tiktok_id: shop for shop in shops}
    found = {key: known.get(chosen.get(key, key)) for key in wanted.get("shops", {})}
    return {key: shop for key, shop in found.items() if shop is not None}


@asks(Page.SETTINGS, CHANGE)
def look(actor: Actor, store: Store, text: str, shops: Sequence[Shop], chosen: Mapping[str, str]) -> Plan:
    """Tries the file and takes everything back."""
    wanted = read(text)
    before = document.of_store(store, shops, _owns(actor))
    attempt = db.session.begin_nested()
    try:
        applied = _apply(actor, store, wanted, homes(wanted, shops, chosen))
        after = document.of_store(store, shops, _owns(actor))
    finally:
        attempt.rollback()
        db.session.expire_all()
    return Plan(tuple(between(before, after)), tuple(applied.refusals),
                _digest(wanted, homes(wanted, shops, chosen), before))  # fmt: skip


@asks(Page.SETTINGS, CHANGE)
def apply(
    actor: Actor, store: Store, text: str, shops: Sequence[Shop], chosen: Mapping[str, str], seen: str
) -> Applied:
    """Does what was looked at; refused when the settings changed meanwhile."""
    wanted, before = read(text), document.of_store(store, shops, _owns(actor))
    if seen != _digest(wanted, homes(wanted, shops, chosen), before):
        raise Stale("The settings are not those the file was compared with. Compare again, then import.", "Compare",
                    "/settings/file")  # fmt: skip
    applied = _apply(actor, store, wanted, homes(wanted, shops, chosen))
    found = between(before, document.of_store(store, shops, _owns(actor)))
    audit.note(
        actor,
        "settings.imported",
        f"A file of settings changed {len(found)} {'value' if len(found) == 1 else 'values'}.",
        details={"changes": [[one.where, one.before[:200], one.after[:200]] for one in found[:200]]},
    )
    return applied


def _owns(actor: Actor) -> bool:
    return bool(of(actor).owns)


def _digest(wanted: Document, into: Mapping[str, Shop], before: Document) -> str:
    """Of what was read: an upload comes back from the page with other line ends, and with its shops named."""
    told = json.dumps([wanted, {key: shop.id for key, shop in into.items()}, document.text(before)], sort_keys=True)
    return hashlib.blake2b(told.encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()


def _apply(actor: Actor, store: Store, wanted: Document, into: Mapping[str, Shop]) -> Applied:
    done = Applied()
    if "configuration" in wanted:
        done.part("configuration", settings.save, actor, store, wanted["configuration"])
    if "orders" in wanted:
        told = wanted["orders"]
        done.part("orders", lambda: order_rules.save(actor, OrderSettings.from_json(told), order_rules.version()))
    if "returns" in wanted:
        said = wanted["returns"]
        done.part("returns", lambda: return_rules.save(actor, ReturnSettings.from_json(said), return_rules.version()))
    places = document.places()
    for number, name in wanted.get("fulfilment services", {}).items():
        location_id = places.get(int(number), 0) if str(number).isdigit() else 0
        done.part(f"fulfilment services › {number}", centers.declare, actor, location_id, str(name))
    for key, part in wanted.get("shops", {}).items():
        shop = into.get(key)
        if shop is None:
            name = part.get("name", key)
            done.refusals.append(Refusal(f"shops › {name}", "No shop here was chosen for it, so it is left out."))
        else:
            _shop(done, actor, shop, part)
    for name, role in wanted.get("roles", {}).items():
        done.part(f"roles › {name}", _role, actor, name, role, into)
    return done


def _role(actor: Actor, name: str, said: Mapping[str, Any], into: Mapping[str, Shop]) -> None:
    reached = [into[key].id for key in said.get("shops", ()) if key in into]
    wanted = roles.read(name, said["cells"], bool(said.get("ordinary", True)), reached)
    row = db.session.scalar(select(Role).where(Role.name == wanted.name))
    if row is None or row.grants != wanted.to_json():
        roles.save(actor, row, wanted)


def _shop(done: Applied, actor: Actor, shop: Shop, part: Mapping[str, Any]) -> None:
    done.part(f"{shop.name} › warehouses", _mapping, actor, shop, part.get("warehouses", {}))
    pushed = part.get("push rules", {})
    done.part(f"{shop.name} › push rules", _push_rules, done, actor, shop, pushed)
    changed = False
    ordered = sorted(part.get("profiles", {}).items(), key=lambda pair: not pair[1].get("default"))
    for name, said in ordered:
        kept: list[str] = []
        done.part(f"{shop.name} › profiles › {name}", _profile, actor, shop, name, said, kept)
        changed = changed or bool(kept)
    if changed:
        done.activities.append(profile_edits.start(actor, shop, f"Apply imported profiles in {shop.name}").activity)


def _mapping(actor: Actor, shop: Shop, said: Mapping[str, Any]) -> None:
    known, places = document.warehouse_ids(shop), document.places()
    wanted = {(known.get(key, 0), places.get(number, 0)) for key, numbers in said.items() for number in numbers}
    if not wanted or wanted == set(warehouses.pairs(shop)):
        return
    if shop.mapping_locked_at is not None:
        raise Invalid("The mapping is locked. Change it in Warehouses, where its effect on stock is shown first.")
    chosen: dict[int, list[int]] = {}
    for warehouse_id, location_id in sorted(wanted):
        chosen.setdefault(warehouse_id, []).append(location_id)
    warehouses.confirm(actor, shop, chosen)


def _push_rules(done: Applied, actor: Actor, shop: Shop, said: Mapping[str, Any]) -> None:
    require(actor, Page.STOCK, SEND, shop)
    known, places = document.warehouse_ids(shop), document.places()
    wanted: dict[tuple[int, int], dict[str, Any]] = {}
    for key, rule in said.items():
        kind, _, name = key.partition(" ")
        values = {one: rule_edits.read_field(one, str(rule[one])) for one in FIELDS if rule.get(one) is not None}
        values = {**dict.fromkeys(FIELDS), **values}
        on = bool(rule.get("is_on", True))
        if kind == "product":
            where = f"{shop.name} › push rules › {key}"
            done.part(where, rule_edits.keep_product, actor, shop, name, {**values, "is_on": on})
        elif kind == "shop":
            if on and stock_rules.shop_row(shop.id) is None:
                on = False
                done.refusals.append(Refusal(f"{shop.name} › push rules › shop", NOT_BY_FILE))
            wanted[0, 0] = {**values, "is_on": on}
        elif name not in known:
            done.refusals.append(Refusal(f"{shop.name} › push rules › {key}", "This shop has no such warehouse."))
        else:
            fed = rule.get("locations")
            own = None if fed is None else [places.get(number, 0) for number in fed]
            wanted[known[name], 0] = {**values, "is_on": on, "location_ids": own}
    current = rule_edits.current(shop)
    if any(current.get(key) != {"location_ids": None, **values} for key, values in wanted.items()):
        checked = rule_edits.checked(shop, wanted)
        rule_edits.save(actor, shop, checked, rule_edits.digest(checked))


def _profile(actor: Actor, shop: Shop, name: str, said: Mapping[str, Any], kept: list[str]) -> None:
    """`kept`: gets the name when anything changed."""
    require(actor, Page.PROFILES, CHANGE, shop)
    default = bool(said.get("default"))
    row = profiles.default(shop) if default else None
    if row is None:
        row = db.session.scalar(select(Profile).where(Profile.shop_id == shop.id, Profile.name == name))
    told = {key: value for key, value in said.items() if key != "default"}
    if row is not None and row.is_default is default and profile_edits.state(row) == {"name": name, **told}:
        return
    if default and row is None:
        raise Invalid("Choose the category of the default profile first; the rest can then be imported.")
    change = Change(
        name,
        None if default else RuleGroup.from_json(said["rule"]),
        str(said.get("category_id", "")),
        {key: profiles.as_mapping(one) for key, one in said.get("mapping", {}).items()},
        dict(said.get("options", {})),
        dict(said.get("price_rule", {})),
        dict(said.get("policy", {})),
    )
    profile_edits.mark(profile_edits.apply(actor, shop, row, change))
    kept.append(name)
