"""What benchmarks stand on: the product's settings, a database, Redis, the sandbox as a process of its own, workers,
and a store whose listings are ready to be published. Everything is on loopback, in temporary folders, and ends with the
block."""

import contextlib
import json
import logging
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

from flask import Flask

from bench._platforms import SELLER, TOKEN
from tests.servers import ROOT, Door, redis_server

SECRETS = {
    "SECRET_KEY": "bench-secret-key-0123456789-0123456789-0123456789",
    "ENCRYPTION_KEYS": "dGVzdC1lbmNyeXB0aW9uLWtleS0wMTIzNDU2Nzg5MDE=",
    "BIGCOMMERCE_CLIENT_ID": "bench-client-id",
    "BIGCOMMERCE_CLIENT_SECRET": "bench-client-secret-0123456789abcdef0123456789",
    "TIKTOK_APP_KEY": "benchkey0001",
    "TIKTOK_APP_SECRET": "bench-app-secret-0123456789abcdef",
    "TIKTOK_SERVICE_ID": "7000000000000000009",
}
STORE = "hj3kq9w1xz"  # the sandbox's first
CATEGORY = "600123"  # mugs: nothing but the usual is demanded


@dataclass
class Usage:
    """CPU seconds and peak memory of processes and their children, read from /proc until `stop`."""

    pids: Mapping[str, int]
    peak_mb: dict[str, float] = field(default_factory=dict)
    cpu: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._ticks: dict[tuple[str, int], float] = {}
        self._before: dict[tuple[str, int], float] = {}
        self._read()
        self._before = dict(self._ticks)
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def stop(self) -> "Usage":
        self._stopped.set()
        self._thread.join()
        self._read()
        for (name, pid), ticks in self._ticks.items():
            self.cpu[name] = self.cpu.get(name, 0.0) + ticks - self._before.get((name, pid), 0.0)
        return self

    def _watch(self) -> None:
        while not self._stopped.wait(0.2):
            self._read()

    def _read(self) -> None:
        for name, pid in self.pids.items():
            together = 0.0
            for one in family(pid):
                with contextlib.suppress(OSError, ValueError, IndexError):
                    stat = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
                    self._ticks[name, one] = (int(stat[11]) + int(stat[12])) / os.sysconf("SC_CLK_TCK")
                    together += proportional_mb(one)
            self.peak_mb[name] = max(self.peak_mb.get(name, 0.0), together)


def proportional_mb(pid: int) -> float:
    """The memory of one process; what a fork shares with its parent counts once."""
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) / 1024
    return 0.0


def family(pid: int) -> list[int]:
    """The process and all its descendants."""
    found, new = [pid], [pid]
    while new:
        children: list[int] = []
        for one in new:
            with contextlib.suppress(OSError):
                for task in Path(f"/proc/{one}/task").iterdir():
                    children += [int(child) for child in (task / "children").read_text().split()]
        found, new = found + children, children
    return found


@dataclass
class Stage:
    """`environment` is what every process is started with; `app` lives in this process."""

    environment: dict[str, str]
    app: Flask
    sandbox_url: str
    sandbox: int  # the process
    folder: Path
    running: list[subprocess.Popen[bytes]] = field(default_factory=list)
    store_id: int = 0

    def start(self, *command: str, **more: str) -> int:
        """This interpreter with the stage's settings; answers the process number."""
        with (self.folder / "processes.log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, *command], cwd=ROOT, stdout=log, stderr=log, start_new_session=True,
                env={**os.environ, **self.environment, **more},
            )  # fmt: skip
        self.running.append(process)
        return process.pid

    def stop(self, pid: int) -> None:
        process = next(one for one in self.running if one.pid == pid)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGTERM)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(pid, signal.SIGKILL)
            process.wait()
        self.running.remove(process)

    def stop_all(self) -> None:
        for process in reversed(self.running[:]):
            self.stop(process.pid)

    def ask(self, path: str, body: object = None) -> Any:
        """The sandbox's control API, or its counts."""
        return ask(self.sandbox_url + path, body)


def ask(url: str, body: object = None, method: str = "") -> Any:
    data = None if body is None else json.dumps(body).encode()
    made = urllib.request.Request(url, data, {"Content-Type": "application/json"}, method=method or None)  # noqa: S310
    with urllib.request.urlopen(made, timeout=120) as answer:  # noqa: S310
        return json.loads(answer.read() or b"null")


@contextlib.contextmanager
def stage(engine: str = "sqlite", *, threads: int = 64, **settings: object) -> Iterator[Stage]:
    """`engine` sqlite or postgresql; `settings` by environment name, for the product and the sandbox's stand-in."""
    logging.disable(logging.WARNING)
    from app import create_app

    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="cwbench")))
        door = Door()
        port = door.port
        url = f"http://127.0.0.1:{port}"
        environment = {
            **SECRETS, "CAUSEWAY_ENV": "development", "DATA_FOLDER": str(folder),
            "REDIS_URL": stack.enter_context(redis_server()), "BIGCOMMERCE_API_URL": url, "BIGCOMMERCE_LOGIN_URL": url,
            "TIKTOK_API_URL": url, "TIKTOK_AUTH_URL": url, "TIKTOK_CONSENT_URL": url, "SANDBOX_PORT": str(port),
            "SANDBOX_PRODUCTS": "0", **{name: str(value) for name, value in settings.items()},
        }  # fmt: skip
        environment["DATABASE_URL"] = stack.enter_context(database(engine, folder, environment))
        here = Stage(environment, create_app({**environment}), url, 0, folder)
        stack.callback(here.stop_all)
        door.close()
        here.sandbox = here.start(
            "-m", "gunicorn", "--bind", f"127.0.0.1:{port}", "--worker-class", "gthread", "--threads",
            str(threads), "--no-control-socket", "--log-level", "warning", "--keep-alive", "75",
            "bench._platforms:create_app()",
        )  # fmt: skip
        wait_for(url)
        stack.callback(lambda: close(here.app))
        yield here


def wait_for(url: str) -> None:
    until = time.monotonic() + 30
    while True:
        try:
            ask(f"{url}/bench/counts")
            return
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)


@contextlib.contextmanager
def database(engine: str, folder: Path, environment: dict[str, str]) -> Iterator[str]:
    """An empty database with the tables of the models."""
    if engine == "sqlite":
        url = f"sqlite:///{folder / 'bench.db'}"
        make_tables(url, folder)
        yield url
        return
    from tests.postgresql import Server

    server = Server()
    try:
        url = server.create("bench")
        make_tables(url, folder)
        yield url
    finally:
        server.stop()


def make_tables(url: str, folder: Path) -> None:
    from config import Config
    from models import search, setup
    from models.base import Base, db
    from models.tenancy import across_stores

    app = Flask("tables", root_path=str(folder))
    setup.install(app, Config(database_url=url, data_folder=str(folder)))
    with app.app_context(), across_stores("benchmark"), db.engine.begin() as connection:
        Base.metadata.create_all(connection)
        search.create(connection)
    close(app)


def close(app: Flask) -> None:
    from tests.engines import close as close_app

    close_app(app)


def has_postgresql() -> bool:
    from tests.postgresql import Unavailable, binaries

    try:
        binaries()
    except Unavailable:
        return False
    return True


def wait_for_activities() -> None:
    """Until none of the store's is open. Reads only: on SQLite it stands in nobody's way, and nobody in its."""
    from sqlalchemy import func, select

    from models import Activity, db
    from models.engine import read_only

    kept = read_only.set(True)
    try:
        while db.session.scalar(select(func.count(Activity.id)).where(Activity.finished_at.is_(None))):
            db.session.rollback()
            time.sleep(0.1)
        db.session.rollback()
    finally:
        read_only.reset(kept)


# A store and its shops


@contextlib.contextmanager
def furnished(here: Stage, shops: int = 1, products: int = 0, variants: int = 2) -> Iterator[list[int]]:
    """Inside: the store is current. Yields the ids of its shops, connected at the sandbox, mapped, with a profile; each
    has a ready listing for every product."""
    from models import Location, Store, db
    from models.tenancy import tenant
    from services.actor import system
    from services.secrets import seal

    with here.app.app_context():
        store = Store(
            hash=STORE, installed_at=datetime.now(UTC), settings={}, wizard={}, currency="USD", country="US",
            weight_units="LBS", dimension_units="Inches", token=seal(TOKEN),
        )  # fmt: skip
        db.session.add(store)
        db.session.commit()
        here.store_id = store.id
        with tenant(store.id):
            actor = system(store.id)
            place = Location(store_id=store.id, bigcommerce_id=1, label="Main Street")
            db.session.add(place)
            db.session.flush()
            ids = connect(here, actor, place.id, shops) if shops else []
            if products:
                fill(store.id, {1: place.id}, products, variants)
                make_listings(actor, ids)
            db.session.commit()
            yield ids
        db.session.remove()


def connect(here: Stage, actor: Any, location_id: int, count: int) -> list[int]:
    from dataclasses import replace

    from models import Authorization, db
    from services import categories, grants, platforms, profiles, warehouses

    code = here.ask("/control/api/tiktok/code", {"seller_id": SELLER})["code"]
    arrival = grants.read(grants.exchange(code))
    connected = grants.record(actor, replace(arrival, shops=arrival.shops[:count]))
    for shop in connected.shops:
        main = warehouses.sellable(shop)[0]
        warehouses.confirm(actor, shop, {main.id: [location_id]})
        needs = categories.read_needs(platforms.tiktok(shop), shop, CATEGORY)
        profile = profiles.choose_category(actor, shop, CATEGORY)
        profile.mapping = {
            need.id: {"kind": "fixed", "source": need.values[0][1] if need.values else "1", "value_id": ""}
            for need in needs.attributes if need.kind == "product" and need.required
        }  # fmt: skip
    upload(db.session.get_one(Authorization, connected.authorization.id))
    return [shop.id for shop in connected.shops]


def upload(authorization: Any) -> None:
    """The one picture of all products, uploaded and measured."""
    from PIL import Image

    from models import db
    from services import clock, pictures, platforms
    from services.pictures import Uploaded, row

    file = BytesIO()
    Image.new("RGB", (800, 800), "teal").save(file, "JPEG")
    made = platforms.tiktok_seller(authorization).upload_image(file.getvalue(), "MAIN_IMAGE", "mug.jpg")
    size = len(file.getvalue())
    pictures.remember(authorization.id, [Uploaded(PICTURE, "MAIN_IMAGE", made.uri, 800, 800, size, "JPEG")])
    from services.bulk import insert_missing

    measured = row(PICTURE, "", 0, width=800, height=800, size=size, format="JPEG", fault="", tiktok_uri="", steps=[],
                   measured_at=clock.now())  # fmt: skip
    from models import Picture

    insert_missing(Picture, [measured], pictures.KEY)
    db.session.flush()


PICTURE = "https://cdn.example/mug.jpg"


def fill(store_id: int, locations: Mapping[int, int], count: int, variants: int) -> None:
    """Products that become ready listings."""
    from pydantic import TypeAdapter

    from clients.bigcommerce.models import Product, Several
    from models import db
    from services import catalog_rows
    from services.catalog_shape import shape

    kind = TypeAdapter(Several[Product])
    for low in range(1, count + 1, 200):
        page = kind.validate_json(answer(low, min(low + 200, count + 1), variants, picture=PICTURE)).data
        stock = {variant.id: dict.fromkeys(locations, 5) for product in page for variant in product.variants}
        shaped = [shape(product, Names(), "USD", stock, frozenset(locations)) for product in page]
        catalog_rows.write(shaped, locations, datetime.now(UTC))
        db.session.commit()


class Names:
    def brand(self, _brand_id: int) -> str:
        return ""

    def category_path(self, _category_id: int) -> str:
        return "Home > Kitchen > Mugs"


def answer(low: int, high: int, variants: int, changed: int = 0, picture: str = "") -> bytes:
    """A page of BigCommerce's own JSON; every `changed`-th product has another title."""
    return json.dumps({"data": [product(n, variants, changed, picture) for n in range(low, high)]}).encode()


def product(n: int, variants: int, changed: int, picture: str) -> dict[str, Any]:
    pictures = [picture] if picture else [f"https://cdn.example/{n}/{i}.jpg" for i in range(3)]
    return {
        "id": n,
        "name": f"Stoneware Mug {n}{' new' if changed and n % changed == 0 else ''} in a colour of choice",
        "type": "physical", "sku": f"MUG-{n}", "description": "<p>Holds coffee, tea and soup.</p>" * 8,
        "weight": 1.2, "width": 4, "depth": 4, "height": 5, "price": 12.5, "categories": [3], "brand_id": 1,
        "is_visible": True, "inventory_tracking": "variant", "search_keywords": "mug,cup",
        "custom_fields": [{"id": 1, "name": "Care", "value": "Wash"}],
        "images": [
            {"id": n * 3 + i, "is_thumbnail": i == 0, "sort_order": i, "url_zoom": url}
            for i, url in enumerate(pictures)
        ],
        "variants": [
            {
                "id": n * 1000 + i, "product_id": n, "sku": f"MUG-{n}-{i}", "price": 12.5 + i, "upc": "",
                "option_values": [
                    {"id": i, "label": f"Colour {i}", "option_id": 1, "option_display_name": "Colour"}
                ] if variants > 1 else [],
            }
            for i in range(variants)
        ],
    }  # fmt: skip


def make_listings(actor: Any, shop_ids: Sequence[int]) -> None:
    from sqlalchemy import select

    from models import Product, Shop, db
    from services import listings, readiness

    for shop_id in shop_ids:
        listings.stage(actor, db.session.get_one(Shop, shop_id), select(Product.id))
        db.session.commit()
    while readiness.recheck_stale(500):
        db.session.commit()
    db.session.commit()
