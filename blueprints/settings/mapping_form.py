"""The warehouse and attribute forms, read from what the browser sent. Their shape follows the data, so WTForms does
not fit."""

from collections.abc import Mapping
from typing import cast

from werkzeug.datastructures import MultiDict

from domain.attributes import AttributeMapping, MappingKind
from domain.draft import CategoryNeeds
from services.profiles import KINDS, MEASURES

Form = MultiDict[str, str]


def chosen_locations(form: Form) -> dict[int, list[int]]:
    """`warehouse-<id>` = location ids, as ticked."""
    found: dict[int, list[int]] = {}
    for name in form:
        number = name.removeprefix("warehouse-")
        if name.startswith("warehouse-") and number.isdigit():
            found[int(number)] = [int(value) for value in form.getlist(name) if value.isdigit()]
    return found


def keys(needs: CategoryNeeds) -> list[str]:
    return [*MEASURES, "brand", *(need.id for need in needs.attributes if need.kind == "product")]


def mapping(form: Form, needs: CategoryNeeds) -> dict[str, AttributeMapping]:
    """By row: `map-<key>-kind` and `map-<key>-source`; rows set to “not mapped” are left out."""
    found = {}
    for key in keys(needs):
        kind, source = form.get(f"map-{key}-kind", ""), form.get(f"map-{key}-source", "").strip()
        if kind in KINDS and source:
            found[key] = AttributeMapping(cast(MappingKind, kind), source)
    return found


def options(form: Form) -> dict[str, str]:
    """BigCommerce option name -> TikTok variant attribute; unmapped ones are left out."""
    found = {}
    for name in form:
        if name.startswith("option-name-"):
            target = form.get(f"option-target-{name.removeprefix('option-name-')}", "")
            if target:
                found[form[name]] = target
    return found


def stale(form: Mapping[str, str]) -> int | None:
    """The row version the person was looking at."""
    value = form.get("version", "")
    return int(value) if value.isdigit() else None
