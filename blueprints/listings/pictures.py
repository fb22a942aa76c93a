"""The pictures of one listing: measures, what will be done to each before it is sent, and moving them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from blueprints.listings.wording import STEPS
from domain.draft import ImageDraft
from domain.imaging import plan
from domain.rules.images import PLAIN_ADVISED, name_of
from jobs.launch import ring_job
from models import Listing, ListingProblem, Product
from services.drafts import Prepared
from services.errors import Invalid
from services.media import files, looks

MOVES = ("first", "up", "down", "out", "in")


@dataclass(frozen=True, slots=True)
class Shown:
    """One picture as the page shows it."""

    key: str
    url: str
    name: str
    alt: str
    measure: str
    doing: str
    problems: Sequence[ListingProblem]
    beyond: bool  # behind the last one that TikTok takes
    look: Any = None  # what a worker has seen, services.media.looks.of
    changes: bool = False  # it is not sent as it is
    ground: str = ""  # what the look says about the background and the product, of the main picture


@dataclass(frozen=True, slots=True)
class Choice:
    """Pictures of variants: `option` carries them ("" none, None nobody has chosen); `values` by option: (value, key of
    its picture); `pictures`: (key, URL, name) to choose from."""

    option: str | None
    values: Mapping[str, Sequence[tuple[str, str]]]
    pictures: Sequence[tuple[str, str, str]]


def shown(
    listing: Listing, product: Product | None, one: Prepared, problems: Mapping[str, Sequence[ListingProblem]]
) -> tuple[list[Shown], list[Shown]]:
    """(those that are sent, in order; those left out)."""
    alts = {str(image["id"]): str(image.get("description") or "") for image in (product.images if product else [])}
    seen = looks.of([image.url for image in one.draft.images[: one.pack.max_images]], one.policy.image_ratio)
    kept = [
        _shown(image, alts, one, problems, place >= one.pack.max_images, seen.get(image.url), place == 0)
        for place, image in enumerate(one.draft.images)
    ]
    used = {image.key for image in one.draft.images}
    rest = [
        _shown(ImageDraft(str(image["id"]), image["url"]), alts, one, {}, False)
        for image in (product.images if product else [])
        if str(image["id"]) not in used
    ]
    return kept, rest


def _shown(
    image: ImageDraft,
    alts: Mapping[str, str],
    one: Prepared,
    problems: Mapping[str, Sequence[ListingProblem]],
    beyond: bool,
    look: Any = None,
    is_main: bool = False,
) -> Shown:
    measure, doing, changes = "", "", False
    if image.width and image.height:
        kilobytes = f", {image.size // 1024:,} KB" if image.size else ""
        measure = f"{image.width} x {image.height} {image.format or ''}{kilobytes}"
        planned = plan(
            image.width, image.height, image.size or 0, image.format or "JPEG", one.policy.image_ratio, one.pack
        )
        steps = ", ".join(STEPS[step] for step in planned.steps)
        changes = bool(planned.steps) and not planned.fault
        doing = (
            f"Will be {steps}: {planned.width} x {planned.height}"
            if steps
            else ""
            if planned.fault
            else "Sent as it is"
        )
    alt = alts.get(image.key) or name_of(image)
    told = problems.get(f"images.{image.key}", ())
    ground = _ground(look) if is_main and look is not None and not look.fault else ""
    return Shown(image.key, image.url, name_of(image), alt, measure, doing, told, beyond, look, changes, ground)


def _ground(look: Any) -> str:
    """What the look at the main picture says, with its numbers (features I-05)."""
    colour = "white" if look.is_white else f"of one colour, {look.ground}"
    said = f"Background {colour}" if look.plain >= PLAIN_ADVISED * 1000 else "Background not plain"
    filled = f"; the product covers {look.fill / 10:.0f} % of the frame" if look.fill is not None else ""
    return f"{said}: {look.plain / 10:.0f} % of the border{filled}"


def unseen(kept: Sequence[Shown]) -> bool:
    """Whether a picture that is sent waits for a worker's look."""
    return files.ready() and any(one.look is None and not one.beyond for one in kept)


def see(listing: Listing, wanted: bool) -> None:
    """Wakes a worker for pictures nobody has looked at."""
    if wanted:
        ring_job("live", "jobs.looks.run_for", listing.store_id, listing.id)


def choice(listing: Listing, product: Product | None) -> Choice | None:
    """What there is to choose for pictures of variants; None for a product that does not vary."""
    variants = product.variants if product else []
    names = list(dict.fromkeys(name for variant in variants for name, _ in variant.options))
    if product is None or not names:
        return None
    found = [(str(image["id"]), str(image["url"])) for image in product.images]
    theirs = {variant.image_url: f"v{variant.id}" for variant in reversed(variants) if variant.image_url}
    known = {url for _, url in found}
    found += [(key, url) for url, key in reversed(theirs.items()) if url not in known]
    own = listing.fields.get("variant_images")
    values: dict[str, list[tuple[str, str]]] = {}
    for name in names:
        here = [variant for variant in variants if name in dict(variant.options)]
        for value in dict.fromkeys(dict(variant.options)[name] for variant in here):
            mine = next((one.image_url for one in here if dict(one.options)[name] == value and one.image_url), "")
            first = next((key for key, url in found if url == mine), "")
            given = own["images"].get(value, first) if own and own["option"] == name else first
            values.setdefault(name, []).append((value, given))
    pictures = [(key, url, name_of(ImageDraft(key, url))) for key, url in found]
    return Choice(own["option"] if own else None, values, pictures)


def ordered(keys: Sequence[str], wanted: str) -> list[str]:
    """The order after a drag: the same pictures, else it is refused."""
    order = wanted.split(",")
    if sorted(order) != sorted(keys):
        raise Invalid("The pictures have changed meanwhile. Look at them again.")
    return order


def moved(keys: Sequence[str], every: Sequence[str], move: str) -> list[str]:
    """The order after a move such as "up:12"; a picture that is not there, or a move that is none, is refused."""
    act, _, key = move.partition(":")
    order = list(keys)
    if act not in MOVES or key not in every or (key in order) == (act == "in"):
        raise Invalid("This picture is no longer where it was. Look at the pictures again.")
    if act == "in":
        return [*order, key]
    place = order.index(key)
    order.remove(key)
    if act == "out":
        return order
    order.insert(0 if act == "first" else max(0, place - 1) if act == "up" else place + 1, key)
    return order
