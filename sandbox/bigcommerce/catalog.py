"""One store's catalog: products with their variants and indexes that hold what must be unique. Events go to `fire`."""

import bisect
import copy
import threading
from collections.abc import Callable
from typing import Any

from sandbox.bigcommerce import parts
from sandbox.bigcommerce.refusals import Refusal, invalid, not_found
from sandbox.bigcommerce.shapes import product_stock
from sandbox.bigcommerce.validation import PRODUCT, VARIANT, checked, documents
from sandbox.box import Sandbox
from sandbox.state import Document

Fire = Callable[[Document, str, Document], None]
SILENT_FIELDS = {"mpn", "gtin", "bin_picking_number"}  # changes that fire no store/product/updated (reference 7.5)


class Catalog:
    def __init__(self, box: Sandbox, store: Document, fire: Fire) -> None:
        self.box, self.store, self.notify = box, store, fire
        self.products = self.collection("products")
        self.brands = self.collection("brands")
        self.categories = self.collection("categories")
        self.quiet_thread = 0  # the thread whose changes fire nothing
        self.index()

    def collection(self, name: str) -> Any:
        return self.box.state.collection(f"bigcommerce_{name}_{self.store['hash']}")

    def index(self) -> None:
        self.ids: list[int] = sorted(int(key) for key in self.products)
        self.names: dict[str, int] = {}
        self.skus: dict[str, tuple[int, int]] = {}  # sku -> (product id, variant id; 0 is the product itself)
        self.variant_of: dict[int, int] = {}
        self.image_of: dict[int, int] = {}
        for product in self.products.values():
            self.note(product)

    def note(self, product: Document) -> None:
        number = product["id"]
        self.names[product["name"].lower()] = number
        for variant in product["variants"]:
            self.variant_of[variant["id"]] = number
            if variant.get("sku"):
                self.skus[variant["sku"].lower()] = (number, variant["id"])
        if product.get("sku"):
            self.skus.setdefault(product["sku"].lower(), (number, 0))
        for image in product.get("images", []):
            self.image_of[image["id"]] = number

    def drop_index(self, product: Document) -> None:
        self.names.pop(product["name"].lower(), None)
        for sku in [product.get("sku", ""), *(variant.get("sku", "") for variant in product["variants"])]:
            if self.skus.get(sku.lower(), (0, 0))[0] == product["id"]:
                del self.skus[sku.lower()]
        for variant in product["variants"]:
            self.variant_of.pop(variant["id"], None)
        for image in product.get("images", []):
            self.image_of.pop(image["id"], None)

    def number(self, kind: str, start: int = 1) -> int:
        return self.box.state.next_number(f"bigcommerce_{kind}_{self.store['hash']}", start)

    def now(self) -> str:
        return self.box.clock.moment().strftime("%Y-%m-%dT%H:%M:%S+00:00")

    def get(self, number: int) -> Document:
        product: Document | None = self.products.get(str(number))
        if product is None:
            raise not_found("product", number)
        return product

    def variant(self, number: int) -> tuple[Document, Document]:
        """(product, variant) by the variant's id."""
        product = self.products.get(str(self.variant_of.get(number, 0)))
        if product is None:
            raise not_found("variant", number)
        return product, next(variant for variant in product["variants"] if variant["id"] == number)

    def fire(self, scope: str, data: Document) -> None:
        if self.quiet_thread != threading.get_ident():
            self.notify(self.store, scope, data)

    # Products

    def create(self, given: Document) -> Document:
        """Store a product as POST /catalog/products takes it; raises Refusal (409, 422) and then changes nothing."""
        fields = checked(PRODUCT, given, required=("name", "type", "weight", "price"))
        variants = [{**row, **checked(VARIANT, row)} for row in documents(given, "variants")]
        with self.box.state.lock:
            self.check_product(0, fields)
            self.check_skus([fields.get("sku", ""), *(row.get("sku", "") for row in variants)], 0)
            if len(variants) > 600:
                raise invalid({"variants": "A product may have at most 600 variants"})
            number, now = self.number("product", 101), self.now()
            level = fields.pop("inventory_level", None)
            product: Document = {
                "id": number,
                **fields,
                "brand_id": self.brand(given, fields),
                "date_created": now,
                "date_modified": now,
            }
            product["custom_url"] = {"url": parts.address(fields["name"], number), "is_customized": False}
            product.update(variants=[], options=[], modifiers=[], images=[], custom_fields=[], base_variant_id=None)
            if variants:
                for row in variants:
                    parts.add_variant(self, product, row)
            else:
                base: Document = {"id": self.number("variant", 501), "sku": fields.get("sku", "")}
                product["variants"].append(
                    base | {name: given[name] for name in ("upc", "gtin", "mpn") if name in given}
                )
                product["base_variant_id"] = base["id"]
            parts.add_all(self, product, given)
            if level is not None:
                self.set_level(product, None, level)
            self.products[str(number)] = product
            bisect.insort(self.ids, number)
            self.note(product)
        self.fire("store/product/created", {"type": "product", "id": number})
        return product

    def update(self, number: int, given: Document) -> Document:
        """A partial update as PUT takes it; fires what changed."""
        with self.box.state.lock:
            product = self.get(number)
            fields = checked(PRODUCT, given)
            self.check_product(number, fields)
            if "sku" in fields:
                self.check_skus([fields["sku"]], number)
            for row in documents(given, "variants"):
                checked(VARIANT, row)
            self.drop_index(product)
            kept = copy.deepcopy(product)
            try:
                before = product_stock(product, self.store)
                level = fields.pop("inventory_level", None)
                changed = {name for name, value in fields.items() if product.get(name) != value}
                if given.get("brand_name"):
                    fields["brand_id"] = self.brand(given, fields)
                product.update(fields)
                if product["base_variant_id"]:
                    product["variants"][0].update(
                        {name: fields[name] for name in ("sku", "upc", "gtin", "mpn") if name in fields}
                    )
                if "name" in changed:
                    product["custom_url"] = {"url": parts.address(product["name"], number), "is_customized": False}
                parts.add_all(self, product, given)
                if level is not None:
                    self.set_level(product, None, level)
            except Refusal:
                product.clear()
                product.update(kept)
                raise
            finally:
                self.note(product)
            self.touch(product)
        for row in documents(given, "variants"):
            self.update_variant(int(row["id"]), row) if "id" in row else parts.create_variant(self, product, row)
        moved = product_stock(product, self.store) != before
        if moved:
            self.fire_stock(product, product["variants"][0], product_stock(product, self.store))
        if changed - SILENT_FIELDS or moved:
            self.fire("store/product/updated", {"type": "product", "id": number})
        return product

    def delete(self, number: int) -> None:
        with self.box.state.lock:
            product = self.get(number)
            self.drop_index(product)
            self.ids.remove(number)
            del self.products[str(number)]
        self.fire("store/product/deleted", {"type": "product", "id": number})

    def touch(self, product: Document) -> None:
        product["date_modified"] = self.now()
        self.products.save(str(product["id"]))

    # Variants and stock

    def update_variant(self, number: int, given: Document) -> Document:
        fields = checked(VARIANT, given)
        with self.box.state.lock:
            product, variant = self.variant(number)
            if "sku" in fields:
                self.check_skus([fields["sku"]], product["id"])
                taken = self.skus.get(fields["sku"].lower(), (0, 0))[1]
                if fields["sku"] and taken not in (0, number):
                    raise Refusal(409, "The sku is already used by another variant.", {"sku": fields["sku"]})
            self.drop_index(product)
            level = fields.pop("inventory_level", None)
            changed = any(variant.get(name) != value for name, value in fields.items())
            variant.update(fields)
            if product["base_variant_id"] == number:
                product.update({name: fields[name] for name in ("sku", "upc", "gtin", "mpn") if name in fields})
            self.note(product)
            if level is not None:
                self.set_level(product, variant, level)
            self.touch(product)
        if changed:
            self.fire("store/sku/updated", self.sku_data(product, variant))
        if level is not None:
            self.fire_stock(product, variant, level)
        return variant

    def set_level(self, product: Document, variant: Document | None, level: int) -> None:
        """Write `inventory_level`: the default location takes it, as the catalog knows no locations (reference 3.2)."""
        if variant is None and product["base_variant_id"]:
            variant = product["variants"][0]
        if variant is None and product.get("inventory_tracking") == "variant":
            return  # the product's own number is the sum of its variants then
        holder = product if variant is None else variant
        default = str(self.store["locations"][0]["id"])
        holder.setdefault("stock", {}).setdefault(default, {"onhand": 0, "safety": 0})["onhand"] = level

    def fire_stock(self, product: Document, variant: Document, level: int) -> None:
        """The product's scope without variants or tracked as a whole, else the SKU's (reference 7.5)."""
        stock = {"product_id": product["id"], "method": "absolute", "value": level}
        if product["base_variant_id"] or product.get("inventory_tracking") == "product":
            self.fire("store/product/inventory/updated", {"type": "product", "id": product["id"], "inventory": stock})
        else:
            self.fire(
                "store/sku/inventory/updated",
                {"type": "sku", "id": variant["id"], "inventory": {**stock, "variant_id": variant["id"]}},
            )

    def sku_data(self, product: Document, variant: Document) -> Document:
        return {"type": "sku", "id": variant["id"], "sku": {"product_id": product["id"], "variant_id": variant["id"]}}

    # What must be unique, and what must exist

    def check_product(self, number: int, fields: Document) -> None:
        taken = self.names.get(str(fields.get("name", "")).lower(), number)
        if taken != number:
            raise Refusal(409, "The product name is a duplicate", {"name": "The product name is a duplicate"})
        missing = [category for category in fields.get("categories", []) if str(category) not in self.categories]
        if missing:
            raise Refusal(409, "A category does not exist", {"categories": f"Unknown categories: {missing}"})
        if fields.get("brand_id") and str(fields["brand_id"]) not in self.brands:
            raise Refusal(409, "The brand does not exist", {"brand_id": f"Unknown brand: {fields['brand_id']}"})

    def check_skus(self, skus: list[str], product_id: int) -> None:
        """SKUs are unique over products and variants, without regard to case; the empty one is no SKU."""
        given = [sku.lower() for sku in skus[1:] if sku]
        taken = [sku for sku in skus if sku and self.skus.get(sku.lower(), (product_id, 0))[0] != product_id]
        if taken or len(given) != len(set(given)):
            raise Refusal(
                409, "The product sku is a duplicate", {"sku": f"Already in use: {', '.join(taken) or 'given twice'}"}
            )

    def brand(self, given: Document, fields: Document) -> int:
        """`brand_name` finds the brand or makes it; otherwise `brand_id`."""
        name = str(given.get("brand_name") or "")
        if not name:
            return int(fields.get("brand_id", 0))
        found = next((brand["id"] for brand in self.brands.values() if brand["name"].lower() == name.lower()), None)
        return int(found or parts.add_brand(self, {"name": name})["id"])
