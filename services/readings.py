"""Reading a shop's warehouses and checks and the store's locations again, in three steps: `prepare` opens the
credentials, `fetch`
calls and touches no rows, `record` writes. The caller ends its transaction before `fetch`."""

from collections.abc import Sequence
from dataclasses import dataclass

from clients.bigcommerce.api import BigCommerce
from clients.bigcommerce.models import Location
from clients.errors import ClientError, Unauthorised
from clients.tiktok.api import TikTok
from clients.tiktok.models import Prerequisite
from clients.tiktok.models import Warehouse as WarehouseRow
from models import Shop, Store
from services import grants, platforms, shops, warehouses


@dataclass(frozen=True, slots=True)
class Reading:
    """What came back; None where nothing did."""

    locations: Sequence[Location] | None
    warehouses: Sequence[WarehouseRow] | None = None
    checks: Sequence[Prerequisite] | None = None
    fault: ClientError | None = None


@dataclass(frozen=True, slots=True)
class Reader:
    """Clients with their credentials opened."""

    bigcommerce: BigCommerce
    tiktok: TikTok | None

    def locations(self) -> Sequence[Location] | None:
        try:
            return list(self.bigcommerce.locations())
        except ClientError:
            return None

    def fetch(self) -> Reading:
        places = self.locations()
        if self.tiktok is None:
            return Reading(places)
        try:
            return Reading(places, self.tiktok.warehouses(), self.tiktok.prerequisites())
        except ClientError as fault:
            return Reading(places, fault=fault)


def prepare(store: Store, shop: Shop | None = None) -> Reader:
    return Reader(platforms.bigcommerce(store), platforms.tiktok(shop) if shop is not None else None)


def record_locations(store_id: int, places: Sequence[Location] | None) -> None:
    if places is not None:
        warehouses.record_locations(store_id, places)


def record(shop_id: int, reading: Reading) -> str:
    """Keeps what was read and says so in words; what could not be read is said too."""
    shop = shops.get(shop_id)
    record_locations(shop.store_id, reading.locations)
    if reading.fault is not None:
        if isinstance(reading.fault, Unauthorised):
            grants.heed(shop.authorization, reading.fault)
        return (
            f"TikTok Shop did not answer for “{shop.name}” ({reading.fault.text}). What you see is from the last time "
            "it did."
        )
    if reading.warehouses is not None:
        warehouses.record(shop, reading.warehouses)
    if reading.checks is not None:
        shops.record_prerequisites(shop, reading.checks)
    if reading.locations is None:
        return "Warehouses and checks were read. BigCommerce did not tell its locations; try again in a minute."
    return "Read again just now."
