"""A merchant who installs the app from the sandbox's store and walks through the wizard over the sandbox's real
HTTP."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from flask import Flask, g

from models import Product, Shop, Store, Variant, db
from models.tenancy import tenant
from tests.conftest import LiveSandbox
from tests.pages import PageClient

STORE, OWNER = "hj3kq9w1xz", 7351
HARBOR, JUNIPER, COPPER, CREATOR, ATLAS = (f"7494000000000000{number}" for number in (101, 102, 106, 107, 105))


class Merchant:
    """`client` is signed in to `store`; `sandbox` is both platforms."""

    def __init__(self, app: Flask, sandbox: LiveSandbox, store_hash: str = STORE, user_id: int = OWNER) -> None:
        self.app, self.sandbox, self.hash = app, sandbox, store_hash
        platform: Any = sandbox.app.extensions["bigcommerce"]
        with sandbox.app.app_context():
            code = platform.issue_code(store_hash, user_id)
            query = {"code": code, "context": f"stores/{store_hash}", "scope": platform.scopes}
        client = app.test_client()
        assert isinstance(client, PageClient)
        self.client = client
        assert self.client.get("/bigcommerce/auth", query_string=query).status_code == 302
        self.client.home = f"/s/{store_hash}/"
        g.pop("csrf_token", None)  # the test's app context outlives a request, and with it the last session's token

    @property
    def store(self) -> Store:
        return db.session.query(Store).filter_by(hash=self.hash).one()

    def shop(self, number: int = 0) -> Shop:
        with tenant(self.store.id):
            return db.session.query(Shop).order_by(Shop.id).all()[number]

    def at(self, path: str) -> str:
        return self.client.at(path)

    def link(self, path: str = "wizard/connect") -> str:
        """The address of TikTok's consent page that a page of ours shows."""
        self.client.get(self.at(path))
        return self.link_shown()

    def link_shown(self) -> str:
        return next(url for _, _, url in self.client.last.addresses if "/open/authorize" in url)

    def consent(self, link: str, seller: str = HARBOR, **form: str) -> str:
        """Agrees at TikTok; the address that TikTok sends the browser to."""
        query = {name: values[0] for name, values in parse_qs(urlsplit(link).query).items()}
        answer = requests.post(
            f"{self.sandbox.url}/open/authorize",
            data={**query, "account": seller, "agreement": "1", **form},
            allow_redirects=False,
            timeout=10,
        )
        assert answer.status_code == 303, answer.text
        parts = urlsplit(answer.headers["Location"])
        return f"{parts.path}?{parts.query}"

    def connect(self, seller: str = HARBOR) -> Any:
        return self.client.get(self.consent(self.link(), seller))

    def choice(self) -> dict[str, list[str]]:
        """The warehouse form as proposed."""
        self.client.get(self.at("wizard/warehouses"))
        data = self.client.get(self.at("wizard/warehouses")).text
        found: dict[str, list[str]] = {}
        for piece in data.split("<input ")[1:]:
            tag = piece.split(">")[0]
            if 'name="warehouse-' in tag and " checked" in tag:
                name, value = tag.split('name="')[1].split('"')[0], tag.split('value="')[1].split('"')[0]
                found.setdefault(name, []).append(value)
        return found

    def add_products(self) -> None:
        """A few products as an import would leave them."""
        with tenant(self.store.id):
            for number, (title, category, options) in enumerate(
                (
                    ("Silicone phone case", "Electronics > Phone cases", (("Colour", "Black"), ("Colour", "Red"))),
                    ("Ceramic mug", "Kitchen > Mugs", ()),
                    ("Cotton crew T-shirt", "Clothing > T-shirts", (("Size", "M"), ("Size", "L"))),
                ),
                1,
            ):
                product = Product(
                    bigcommerce_id=number,
                    title=title,
                    sku=f"SKU-{number}",
                    brand="Harbor",
                    price=Decimal("19.90"),
                    currency="USD",
                    weight=Decimal("0.4"),
                    width=Decimal(4),
                    height=Decimal(2),
                    depth=Decimal(6),
                    category_path=category,
                    custom_fields={"Material": "Cotton"},
                    imported_at=datetime.now(UTC),
                    variant_count=max(1, len(options)),
                    image_url="https://example.com/p.png",
                )
                db.session.add(product)
                db.session.flush()
                for position, pair in enumerate(options or (None,)):
                    db.session.add(
                        Variant(
                            product_id=product.id,
                            bigcommerce_id=number * 10 + position,
                            sku=f"SKU-{number}-{position}",
                            options=[list(pair)] if pair else [],
                            position=position,
                            price=Decimal("19.90"),
                        )
                    )
            db.session.commit()


def furnish(app: Flask) -> None:
    """A start page for the links to it, where the app has none yet."""
    if "dashboard.index" not in app.view_functions:
        app.add_url_rule("/s/<store_hash>/", "dashboard.index", lambda: "start")


@pytest.fixture
def merchant(app: Flask, sandbox: LiveSandbox) -> Any:
    furnish(app)
    with app.app_context():
        yield Merchant(app, sandbox)
