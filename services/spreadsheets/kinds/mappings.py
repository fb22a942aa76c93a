"""Mappings of profiles: one row for each line of each profile, where TikTok's field takes its value from."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, cast

from sqlalchemy import func, select, update

from domain.attributes import AttributeMapping, MappingKind
from domain.draft import CategoryNeeds
from models import Listing, Profile, db
from services import categories, clock, profiles
from services.spreadsheets.kinds.base import Cleaned, Current, Kind, Scope, Wish
from services.spreadsheets.writing import Column

AT_ONCE = 25  # profiles
KINDS = {"field": "field", "custom_field": "custom field", "option": "option", "fixed": "fixed value"}
SLASH = "/"


class Mappings(Kind):
    name = "mappings"
    title = "Mappings"
    text = "Where each profile takes package, brand and attributes from: field, custom field, option, fixed value."

    def columns(self, scope: Scope) -> Sequence[Column]:
        return (
            Column("key", "Line", width=14),
            Column("profile", "Profile", width=24),
            Column("target", "On TikTok Shop", width=30),
            Column("required", "Required", width=10),
            Column("kind", "Taken from", True, 16),
            Column("source", "Name or value", True, 30),
        )

    def count(self, scope: Scope) -> int:
        return int(db.session.scalar(select(func.count(Profile.id)).where(Profile.shop_id == scope.the_shop.id)) or 0)

    def walk(self, scope: Scope, after: str) -> tuple[list[list[str]], str]:
        query = select(Profile).where(Profile.shop_id == scope.the_shop.id, Profile.id > int(after or 0))
        found = list(db.session.scalars(query.order_by(Profile.id).limit(AT_ONCE)))
        keys = [column.key for column in self.columns(scope)]
        rows = [[texts[key] for key in keys] for profile in found for texts in _lines(scope, profile).values()]
        return rows, str(found[-1].id) if len(found) == AT_ONCE else ""

    def current(self, scope: Scope, keys: Sequence[str]) -> Mapping[str, Current]:
        ids = {int(key.partition(SLASH)[0]) for key in keys if key.partition(SLASH)[0].isdecimal() and len(key) < 60}
        query = select(Profile).where(Profile.shop_id == scope.the_shop.id, Profile.id.in_(ids))
        found: dict[str, Current] = {}
        for profile in db.session.scalars(query):
            for key, texts in _lines(scope, profile).items():
                stored = profile.mapping or {}
                label = f"{profile.name}: {texts['target']}"
                found[key] = Current(profile.id, label, texts, stored, (key.partition(SLASH)[2], profile.category_id))
        return {key: found[key] for key in keys if key in found}

    def clean(self, scope: Scope, row: Current, changed: Mapping[str, str]) -> Cleaned:
        cleaned = Cleaned()
        target, category_id = row.facts
        words = {word: kind for kind, word in KINDS.items()}
        texts = {**row.texts, **changed}
        kind = words.get(texts["kind"].casefold())
        if kind is None and (texts["kind"] or texts["source"]):
            cleaned.errors.append(("kind", f"Write one of: {', '.join(KINDS.values())}."))
            return cleaned
        mapping = AttributeMapping(cast(MappingKind, kind), texts["source"]) if kind and texts["source"] else None
        needs = _needs(scope, category_id)
        given = {target: mapping} if mapping else {}
        wrong = profiles.faults(profiles.rows(needs, given, (), fill=False)).get(target)
        if wrong:
            cleaned.errors.append(("source", wrong))
        else:
            cleaned.after[target] = profiles.stored_mapping(needs, given).get(target)
        return cleaned

    def keep(self, scope: Scope, wishes: Sequence[Wish]) -> list[int]:
        refused: list[int] = []
        by_profile: dict[int, list[Wish]] = defaultdict(list)
        for wish in wishes:
            by_profile[wish.subject_id].append(wish)
        query = select(Profile).where(Profile.id.in_(by_profile), Profile.shop_id == scope.the_shop.id)
        rows = query.order_by(Profile.id).with_for_update().execution_options(populate_existing=True)
        found = {profile.id: profile for profile in db.session.scalars(rows)}
        for profile_id, mine in by_profile.items():
            profile = found.get(profile_id)
            now = dict(profile.mapping or {}) if profile else {}
            for wish in mine:
                if profile is None or any(now.get(name) != value for name, value in wish.before.items()):
                    refused.append(wish.number)
                else:
                    now |= wish.after
            if profile is not None:
                profile.mapping = {name: value for name, value in now.items() if value is not None}
        db.session.flush()
        stale = (
            update(Listing).where(Listing.shop_id == scope.the_shop.id).values(is_stale=True, changed_at=clock.now())
        )
        db.session.execute(stale, execution_options={"synchronize_session": False})
        return refused


def _needs(scope: Scope, category_id: str) -> CategoryNeeds:
    """What the category demands; a profile without one of its own has the package and the brand alone."""
    found = categories.needs(scope.the_shop, category_id) if category_id else None
    return found or CategoryNeeds(id=category_id, path=(), leaf=True)


def _lines(scope: Scope, profile: Profile) -> dict[str, dict[str, str]]:
    """Texts by key: the profile's number, a slash, the target."""
    saved = {key: profiles.as_mapping(stored) for key, stored in (profile.mapping or {}).items()}
    lines: dict[str, Any] = {}
    for row in profiles.rows(_needs(scope, profile.category_id), saved, (), fill=False):
        own = saved.get(row.key)
        key = f"{profile.id}{SLASH}{row.key}"
        lines[key] = {
            "key": key,
            "profile": profile.name,
            "target": row.label,
            "required": "yes" if row.required else "",
            "kind": KINDS.get(own.kind, "") if own else "",
            "source": own.source if own else "",
        }
    return lines
