"""What the BigCommerce half remembers and who reaches it: stores, tokens, codes, hooks and one catalog per store."""

import uuid
from copy import deepcopy
from typing import cast

from flask import current_app

from sandbox.bigcommerce.catalog import Catalog
from sandbox.bigcommerce.fill import fill
from sandbox.bigcommerce.orders.book import OrderBook
from sandbox.bigcommerce.quota import Quota
from sandbox.bigcommerce.refusals import Refusal
from sandbox.bigcommerce.seeds import FIRST, SECOND, STORES, locations
from sandbox.bigcommerce.webhooks import Webhooks
from sandbox.box import Sandbox
from sandbox.catalog import make_catalog
from sandbox.state import Document

SCOPES = (
    "default store_v2_products store_inventory store_locations_read_only store_v2_orders store_v2_information_read_only"
)
SECOND_STORE_PRODUCTS = 12


class BigCommerce:
    def __init__(self, box: Sandbox) -> None:
        self.box = box
        self.stores = box.state.collection("bigcommerce_stores")
        self.tokens = box.state.collection("bigcommerce_tokens")
        self.codes = box.state.collection("bigcommerce_codes")
        self.app = box.state.collection("bigcommerce_app")
        self.quota = Quota()
        self.webhooks = Webhooks(box)
        self.catalogs: dict[str, Catalog] = {}
        self.orders: dict[str, OrderBook] = {}
        self.seed()

    def seed(self) -> None:
        """Create what is missing: the app's registration, the stores, their first products."""
        if "registration" not in self.app:
            self.app["registration"] = {"scopes": SCOPES}
        for template in STORES:
            code = template["hash"]
            if code not in self.stores:
                store = deepcopy(template)
                store.update(installed=False, needs_auth=True, latency=0, channels=[1])
                store["locations"] = locations(template)
                self.stores[code] = store
            self.catalogs[code] = Catalog(self.box, self.stores[code], self.webhooks.fire)
            self.orders[code] = OrderBook(self.catalogs[code])
        self.fill_once(FIRST, self.box.settings.seed, self.box.settings.products)
        self.fill_once(SECOND, self.box.settings.seed + 1000, min(SECOND_STORE_PRODUCTS, self.box.settings.products))

    def fill_once(self, store_hash: str, seed: int, size: int) -> None:
        store = self.stores[store_hash]
        if not store.get("filled"):
            fill(self.catalogs[store_hash], make_catalog(seed, size), quiet=True)
            store["filled"] = True
            self.stores.save(store_hash)

    def store(self, store_hash: str) -> Document:
        if store_hash not in self.stores:
            raise Refusal(404, "The store was not found.")
        return self.stores[store_hash]

    def catalog(self, store_hash: str) -> Catalog:
        self.store(store_hash)
        return self.catalogs[store_hash]

    def issue_code(self, store_hash: str, user_id: int) -> str:
        """A one-time grant code, bound to everything the token request must repeat (reference 1.2)."""
        code = uuid.uuid4().hex
        self.codes[code] = {
            "hash": store_hash,
            "user": user_id,
            "scope": self.scopes,
            "client_id": self.box.settings.bigcommerce_client_id,
            "redirect_uri": f"{self.box.settings.app_url}/bigcommerce/auth",
            "used": False,
            "at": self.box.clock.now(),
        }
        return code

    @property
    def scopes(self) -> str:
        return str(self.app["registration"]["scopes"])

    def revoke(self, store_hash: str) -> None:
        """The token stops working and the next open goes through auth again, as after a change of scopes."""
        for token in [token for token, grant in self.tokens.items() if grant["hash"] == store_hash]:
            del self.tokens[token]
        self.stores[store_hash]["needs_auth"] = True
        self.stores.save(store_hash)

    def uninstall(self, store_hash: str) -> None:
        """Token and webhooks go with the app (reference 1.4)."""
        self.revoke(store_hash)
        self.webhooks.forget(store_hash)
        self.stores[store_hash]["installed"] = False
        self.stores.save(store_hash)

    def reset(self) -> None:
        """Back to the first day: everything of BigCommerce is dropped and made again."""
        with self.box.state.batch():
            for name, collection in list(self.box.state.collections.items()):
                if name.startswith("bigcommerce_"):
                    for key in list(collection):
                        del collection[key]
        self.quota = Quota()
        self.seed()


def bigcommerce() -> BigCommerce:
    return cast(BigCommerce, current_app.extensions["bigcommerce"])
