"""The price sandbox: a rule tried on every listing of a shop. Nothing is sent and nothing is kept (features I-28)."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import select

from models import Shop, Variant, VariantPrices, db
from models.present import has_table
from services.pricing import policies
from services.pricing.offers import SkuPrice, all_listings, offers
from services.pricing.policies import Values
from services.pricing.pushes import STEEP

MOST = 20_000  # listings a trial looks at
SHOWN = 25
BANDS: tuple[tuple[str, Decimal | None, Decimal | None], ...] = (
    ("down by more than half", None, Decimal("-0.5")),
    ("down 10 to 50 %", Decimal("-0.5"), Decimal("-0.1")),
    ("down up to 10 %", Decimal("-0.1"), Decimal(0)),
    ("up to 10 % up", Decimal(0), Decimal("0.1")),
    ("up 10 to 50 %", Decimal("0.1"), Decimal("0.5")),
    ("up by more than half", Decimal("0.5"), None),
)
SAME = "unchanged"


@dataclass(frozen=True, slots=True)
class Line:
    """One SKU under the rule. `margin`: what fees and cost leave, in the shop's currency; None: no cost is known."""

    listing_id: int
    title: str
    code: str
    now: Decimal | None
    value: Decimal | None
    steps: tuple[str, ...]
    faults: tuple[str, ...]
    margin: Decimal | None

    @property
    def share(self) -> Decimal | None:
        return None if not self.now or self.value is None else (self.value - self.now) / self.now


@dataclass(frozen=True, slots=True)
class Trial:
    """`now` is what the rules as saved give. `faults`: SKUs by code; `bands`: SKUs by how far they move."""

    looked: int
    listings: int
    bands: Mapping[str, int]
    faults: Mapping[str, int]
    faulty: tuple[Line, ...]
    winners: tuple[Line, ...]
    losers: tuple[Line, ...]
    average: Decimal | None  # share by which prices move on average


def run(shop: Shop, values: Values, fee: Decimal = Decimal(0), show: int = SHOWN) -> Trial:
    """`values` in the place of the shop's own rule; `fee`: percent of the price that TikTok and shipping take."""
    listing_ids = all_listings(shop.id)
    looked = listing_ids[:MOST]
    before, after = offers(shop, looked), offers(shop, looked, {0: values})
    costs = _costs(shop, values)
    lines: list[Line] = []
    for listing_id, one in after.items():
        was = {sku.listing_sku_id: sku for sku in before[listing_id].skus}
        for sku in one.skus:
            cost, least = costs.get(sku.variant_id, (None, None))
            now = was[sku.listing_sku_id].value if sku.listing_sku_id in was else None
            left = None if sku.value is None or cost is None else sku.value * (100 - fee) / 100 - cost
            lines.append(
                Line(listing_id, one.title, sku.code, now, sku.value, sku.offered.steps,
                     _faults(sku, now, left, least), left)
            )  # fmt: skip
    moved = [line for line in lines if line.share is not None]
    by_share = sorted(moved, key=lambda line: line.share or Decimal(0))
    shares = [line.share or Decimal(0) for line in moved]
    return Trial(
        len(lines),
        len(listing_ids),
        _bands(shares),
        dict(Counter(code for line in lines for code in line.faults).most_common()),
        tuple([line for line in lines if line.faults][:show]),
        tuple([line for line in reversed(by_share) if (line.share or 0) > 0][:show]),
        tuple([line for line in by_share if (line.share or 0) < 0][:show]),
        sum(shares, Decimal(0)) / len(shares) if shares else None,
    )


def _faults(sku: SkuPrice, now: Decimal | None, left: Decimal | None, least: Decimal | None) -> tuple[str, ...]:
    found = [sku.offered.problem] if sku.offered.problem else []
    if left is not None and left < 0:
        found.append("price.below_cost")
    if least is not None and sku.value is not None and sku.value < least:
        found.append("price.below_map")
    if now and sku.value is not None and abs(sku.value - now) / now > STEEP:
        found.append("price.steep")
    return tuple(found)


def _bands(shares: list[Decimal]) -> dict[str, int]:
    """SKUs by band; a share on a border counts to the smaller move."""
    found = dict.fromkeys([name for name, _, _ in BANDS[:3]] + [SAME] + [name for name, _, _ in BANDS[3:]], 0)
    for share in shares:
        found[_band(share)] += 1
    return found


def _band(share: Decimal) -> str:
    if not share:
        return SAME
    for name, low, high in BANDS:
        down = share < 0
        above = low is None or (share >= low if down else share > low)
        below = high is None or (share < high if down else share <= high)
        if above and below:
            return name
    raise AssertionError(share)


def _costs(shop: Shop, values: Values) -> dict[int, tuple[Decimal | None, Decimal | None]]:
    """Our variant -> (cost, MAP price), in the shop's currency. Empty where nothing converts."""
    if not has_table(VariantPrices):
        return {}
    pricing = policies.of(shop, (), {}, instead={0: values})
    rate = pricing.recipe(0).rate
    foreign = bool(pricing.store_currency) and pricing.store_currency != pricing.currency
    if foreign and rate is None:
        return {}
    factor = rate.value if rate is not None and foreign else Decimal(1)
    query = select(Variant.id, VariantPrices.cost, VariantPrices.map).join(
        VariantPrices,
        (VariantPrices.variant_id == Variant.bigcommerce_id) & (VariantPrices.store_id == Variant.store_id),
    )
    return {
        variant_id: (cost * factor if cost else None, least * factor if least else None)
        for variant_id, cost, least in db.session.execute(query)
    }
