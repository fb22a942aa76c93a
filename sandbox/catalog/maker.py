"""From a seed, a size and a mix of troubles to product drafts: the same three always give the same catalog."""

from collections.abc import Iterator
from itertools import product as combinations
from random import Random
from typing import Any

from sandbox.catalog.departments import COLORS, DEPARTMENTS, SERIES, Department
from sandbox.catalog.gtin import make_upc
from sandbox.catalog.plan import EVERYDAY_MIX, Mix, counted_plan, share_plan, spoil

Draft = dict[str, Any]


BLOCK = 1000  # drafts in memory at a time, however large the catalog


def make_catalog(seed: int, size: int, mix: Mix = EVERYDAY_MIX) -> list[Draft]:
    """All drafts at once; see `stream_catalog`."""
    return list(stream_catalog(seed, size, mix))


def stream_catalog(seed: int, size: int, mix: Mix = EVERYDAY_MIX) -> Iterator[Draft]:
    """`size` drafts: POST /catalog/products bodies, plus `category_paths`, `on_hand` (stock, also per variant),
    `images[].picture` (what to draw) and `troubles` (what is wrong, by kind; empty where all is well)."""
    names: set[str] = set()
    counted = counted_plan(Random(f"{seed} troubles"), size, mix.counts)
    for start in range(0, size, BLOCK):
        rng = Random(f"{seed} {start}" if start else seed)
        numbers = range(start + 1, min(size, start + BLOCK) + 1)
        drafts = [sound(rng, DEPARTMENTS[rng.randrange(len(DEPARTMENTS))], names, number) for number in numbers]
        plan = share_plan(rng, len(drafts), mix, first=start == 0)
        if counted:
            plan = [(index, counted[start + index]) for index in range(len(drafts)) if start + index in counted]
        for index, kind in plan:
            spoil(kind, index, drafts, rng)
        yield from drafts


def sound(rng: Random, department: Department, names: set[str], number: int) -> Draft:
    """A product with nothing wrong."""
    for _ in range(20):
        brand, noun, shape, adjective, material, series = pick(rng, department)
        name = f"{brand} {series} {adjective} {material} {noun}"
        if name not in names:
            break
    if name in names:  # a large catalog uses up a small department's words
        name = f"{name} No. {number}"
    names.add(name)
    price = charm(rng, department.price)
    sku = f"{department.code}-{series[:3].upper()}-{number:05d}"
    color = rng.choice(sorted(COLORS))
    width, depth, height = (round(side * rng.uniform(0.8, 1.2), 1) for side in department.size)
    draft: Draft = {
        "name": name,
        "type": "physical",
        "sku": sku,
        "description": describe(rng, department, name, material),
        "price": price,
        "cost_price": round(price * rng.uniform(0.35, 0.55), 2),
        "weight": round(rng.uniform(*department.weight), 2),
        "width": width,
        "depth": depth,
        "height": height,
        "brand_name": brand,
        "upc": make_upc(rng),
        "mpn": f"{series[:2].upper()}{rng.randrange(1000, 9999)}",
        "category_paths": [list(rng.choice(department.categories))],
        "condition": "New",
        "is_visible": True,
        "inventory_tracking": "product",
        "inventory_warning_level": 5,
        "on_hand": rng.choice((0, 3, 8, 15, 24, 40, 75, 120, 300)) or 12,
        "troubles": [],
        "custom_fields": [{"name": key, "value": rng.choice(values)} for key, values in department.fields.items()],
        "search_keywords": f"{noun.lower()}, {material.lower()}",
        "date_last_imported": "",
    }
    if rng.random() < 0.2:
        draft["sale_price"] = round(price * 0.85, 2)
    if rng.random() < 0.62:
        draft["variants"] = make_variants(rng, department, sku, price)
        draft["inventory_tracking"] = "variant"
        draft["upc"] = ""
        color = next(
            (value["label"] for value in draft["variants"][0]["option_values"] if value["label"] in COLORS), color
        )
    draft["images"] = pictures(rng, shape, COLORS[color], series[:1] + noun[:1])
    return draft


def pick(rng: Random, department: Department) -> tuple[str, str, str, str, str, str]:
    noun, shape = rng.choice(department.nouns)
    return (
        rng.choice(department.brands),
        noun,
        shape,
        rng.choice(department.adjectives),
        rng.choice(department.materials),
        rng.choice(SERIES),
    )


def charm(rng: Random, bounds: tuple[float, float]) -> float:
    """A price as shops write it."""
    return int(rng.uniform(*bounds)) + rng.choice((0.0, 0.5, 0.95, 0.99))


def describe(rng: Random, department: Department, name: str, material: str) -> str:
    points = "".join(f"<li>{point}</li>" for point in rng.sample(department.points, len(department.points)))
    care = rng.choice(("Wipe with a damp cloth.", "Store in a dry place.", "See the label for care."))
    return (
        f"<p>The <strong>{name}</strong> is made from {material.lower()} and built to be used every day. "
        f"It was designed with people who asked for fewer, better things.</p><ul>{points}<li>{care}</li></ul>"
    )


def make_variants(rng: Random, department: Department, sku: str, price: float) -> list[Draft]:
    """Every combination of a few values per option; a larger size may cost a little more."""
    chosen = {
        name: ordered_sample(rng, values, rng.randint(2, min(4, len(values))))
        for name, values in department.options.items()
    }
    dear = rng.random() < 0.3
    rows = []
    for values in combinations(*chosen.values()):
        row: Draft = {
            "sku": "-".join((sku, *(short(value) for value in values))),
            "upc": make_upc(rng),
            "on_hand": rng.choice((0, 2, 5, 9, 14, 30, 60)),
            "option_values": [
                {"option_display_name": name, "label": value} for name, value in zip(chosen, values, strict=True)
            ],
        }
        if dear and values[-1] == list(chosen.values())[-1][-1]:
            row["price"] = round(price + 5, 2)
        rows.append(row)
    return rows


def ordered_sample(rng: Random, values: tuple[str, ...], count: int) -> list[str]:
    return sorted(rng.sample(values, count), key=values.index)


def short(value: str) -> str:
    words = value.replace(".", "").split()
    return "".join(word[:1] for word in words).upper() if len(words) > 1 else value[:4].upper()


def pictures(rng: Random, shape: str, color: str, initials: str) -> list[Draft]:
    """One to four views; the first is the thumbnail."""
    return [
        {
            "is_thumbnail": view == 0,
            "sort_order": view,
            "picture": {
                "shape": shape,
                "color": color,
                "initials": initials.upper(),
                "view": view,
                "width": 1000,
                "height": 1000,
                "format": "jpg",
            },
        }
        for view in range(rng.choice((1, 2, 3, 3, 4)))
    ]
