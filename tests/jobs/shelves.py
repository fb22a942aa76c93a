"""Both platforms' stock in memory, for tests of the push: what shops show, what BigCommerce counts, and everything that
can go wrong with a call."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from clients.bigcommerce.models import InventoryItem
from clients.errors import ItemError, Refused, Unreachable
from clients.tiktok.models import ProductInventory

Shelf = dict[str, dict[str, list[int]]]  # SKU -> warehouse -> [available, committed]


class Shelves:
    """A TikTok shop's stock. `cut`: so many answers of writes are lost after the effect; `forgets`: so many writes are
    taken and forgotten; `refuses`: the code by product; `meanwhile`: run once after the next write."""

    def __init__(self) -> None:
        self.stock: dict[str, Shelf] = {}
        self.cut = self.forgets = 0
        self.refuses: dict[str, str] = {}
        self.calls: list[str] = []
        self.meanwhile: Callable[[], object] | None = None

    def put(self, product: str, sku: str, counts: Mapping[str, int]) -> None:
        self.stock.setdefault(product, {})[sku] = {place: [count, 0] for place, count in counts.items()}

    def buy(self, product: str, sku: str, count: int = 1) -> int:
        """A buyer takes what is there; how many pieces."""
        for shelf in self.stock[product][sku].values():
            taken = min(count, shelf[0])
            if taken:
                shelf[0] -= taken
                shelf[1] += taken
                return taken
        return 0

    def give_back(self, product: str, sku: str, count: int) -> None:
        shelf = next(one for one in self.stock[product][sku].values() if one[1] >= count)
        shelf[0] += count
        shelf[1] -= count

    def shows(self, product: str, sku: str) -> int:
        return sum(available for available, _ in self.stock[product][sku].values())

    # What the client offers

    def update_inventory(self, product: str, skus: Sequence[Mapping[str, Any]]) -> list[ItemError]:
        self.calls.append("write")
        if code := self.refuses.get(product):
            raise Refused("no", platform="tiktok", code=code)
        for sku in skus:
            if {row["warehouse_id"] for row in sku["inventory"]} != set(self.stock[product][sku["id"]]):
                raise Refused("another warehouse", platform="tiktok", code="12052533")
        if self.forgets:
            self.forgets -= 1
        else:
            for sku in skus:
                for row in sku["inventory"]:
                    self.stock[product][sku["id"]][row["warehouse_id"]][0] = row["quantity"]
        if self.meanwhile is not None:
            happens, self.meanwhile = self.meanwhile, None
            happens()
        if self.cut:
            self.cut -= 1
            raise Unreachable("cut")
        return []

    def inventory(self, products: Sequence[str]) -> list[ProductInventory]:
        self.calls.append("read")
        return [
            ProductInventory.model_validate(
                {
                    "product_id": product,
                    "skus": [
                        {
                            "id": sku,
                            "warehouse_inventory": [
                                {"warehouse_id": place, "available_quantity": row[0], "committed_quantity": row[1]}
                                for place, row in places.items()
                            ],
                        }
                        for sku, places in self.stock[product].items()
                    ],
                }
            )
            for product in products
        ]


class Counter:
    """BigCommerce's stock at one location, by variant. `away`: so many reads are not answered."""

    def __init__(self) -> None:
        self.on_hand: dict[int, int] = {}
        self.away = 0
        self.reads = 0

    def inventory(self, variant_ids: Sequence[int]) -> list[InventoryItem]:
        self.reads += 1
        if self.away:
            self.away -= 1
            raise Unreachable("away")
        return [
            InventoryItem.model_validate(
                {
                    "identity": {"variant_id": number},
                    "locations": [
                        {
                            "location_id": 1,
                            "available_to_sell": self.on_hand[number],
                            "total_inventory_onhand": self.on_hand[number],
                        }
                    ],
                }
            )
            for number in variant_ids
        ]
