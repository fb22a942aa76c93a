"""Sellers who can log in on the consent page, and their shops and warehouses. Ids are invented and stable."""

from __future__ import annotations

from typing import Any

from sandbox.tiktok.markets import MARKETS

Document = dict[str, Any]

SELLERS: dict[str, Document] = {
    str(seller["id"]): seller
    for seller in (
        {
            "id": "7494000000000000101",
            "name": "Harbor & Pine",
            "email": "owner@harborpine.example",
            "region": "US",
            "kind": "LOCAL",
            "user_type": 0,
            "about": "US local shop, established: 1,000 listings a day",
        },
        {
            "id": "7494000000000000102",
            "name": "Juniper Street",
            "email": "hello@juniperstreet.example",
            "region": "US",
            "kind": "LOCAL",
            "user_type": 0,
            "about": "US local shop on probation: 100 listings a day",
        },
        {
            "id": "7494000000000000103",
            "name": "Thistle & Oak",
            "email": "shop@thistleoak.example",
            "region": "GB",
            "kind": "LOCAL",
            "user_type": 0,
            "about": "UK local shop",
        },
        {
            "id": "7494000000000000104",
            "name": "Rumah Melati",
            "email": "toko@rumahmelati.example",
            "region": "ID",
            "kind": "LOCAL",
            "user_type": 0,
            "about": "Indonesian local shop",
        },
        {
            "id": "7494000000000000105",
            "name": "Atlas Global Trading",
            "email": "trade@atlasglobal.example",
            "region": "CN",
            "kind": "CROSS_BORDER",
            "user_type": 0,
            "about": "Global seller with shops in GB, DE, FR, ES and IT",
        },
        {
            "id": "7494000000000000106",
            "name": "Copper Lane",
            "email": "me@copperlane.example",
            "region": "US",
            "kind": "LOCAL",
            "user_type": 0,
            "about": "US local shop that has not finished its set-up: no return warehouse, no tax details",
        },
        {
            "id": "7494000000000000107",
            "name": "Mira Makes",
            "email": "mira@creators.example",
            "region": "US",
            "kind": "CREATOR",
            "user_type": 1,
            "about": "A creator account: it owns no shop",
        },
    )
}


def _shop(number: int, seller: str, name: str, region: str, code: str, **changes: Any) -> Document:
    return {
        "id": f"74955407353657775{number:02d}",
        "seller_id": f"7494000000000000{seller}",
        "name": name,
        "region": region,
        "seller_type": "LOCAL",
        "code": code,
        "cipher": f"{'TTP' if region == 'US' else 'ROW'}_c1pherAAAA{code}shop{number:02d}",
        "status": "ACTIVE",
        "daily_listings": 1000,
        "multi_warehouse": True,
        "listing_method": "LOCAL_REPLICATION",
        "failing": [],
        "logistics": True,
        "return_warehouse": True,
        "bound": True,  # whether the seller's authorization covers it
        "warehouse_states": {},  # warehouse id -> effect_status, as the control page set it
        **changes,
    }


def _cross_border(number: int, region: str, code: str, **changes: Any) -> Document:
    name = f"Atlas Global {MARKETS[region].name}"
    return _shop(number, "105", name, region, code, seller_type="CROSS_BORDER", **changes)


SHOPS: tuple[Document, ...] = (
    _shop(1, "101", "Harbor & Pine", "US", "USLCHP7K2A"),
    _shop(2, "102", "Juniper Street", "US", "USLCJS4M9B", daily_listings=100, multi_warehouse=False),
    _shop(3, "103", "Thistle & Oak", "GB", "GBLCTO3R8C"),
    _shop(4, "104", "Rumah Melati", "ID", "IDLCRM6T1D"),
    _cross_border(5, "GB", "GBCBAG2W5E"),
    _cross_border(6, "DE", "DECBAG8Y3F"),
    _cross_border(7, "FR", "FRCBAG5U6G", listing_method="GLOBAL_PUBLISHING"),
    _shop(
        8,
        "106",
        "Copper Lane",
        "US",
        "USLCCL9P4H",
        daily_listings=100,
        return_warehouse=False,
        failing=["SHOP_TAX", "BANk_ACCOUNT"],
    ),
    _cross_border(9, "ES", "ESCBAG1V7J"),
    _cross_border(10, "IT", "ITCBAG4X8K"),
    # Run by the platform beside the seller's local shop; TikTok's account manager grants it (reference 10.3, proposed).
    _shop(91, "104", "Rumah Melati Semi", "ID", "IDLCRM1P9Z", bound=False),
    _shop(92, "104", "Rumah Melati Semi Dapur", "ID", "IDLCRM1P8Y", bound=False),
)

_CITIES: dict[str, tuple[tuple[str, str, str, str], ...]] = {
    "US": (
        ("California", "Fontana", "92335", "14520 Slover Ave"),
        ("New Jersey", "Edison", "08837", "210 Raritan Center Pkwy"),
    ),
    "GB": (
        ("England", "Daventry", "NN11 8RB", "6 Royal Oak Way"),
        ("Scotland", "Glasgow", "G32 8NB", "41 Clydesmill Road"),
    ),
    "DE": (("Hessen", "Bad Hersfeld", "36251", "Logistikstrasse 12"), ("Sachsen", "Leipzig", "04356", "Messe-Allee 4")),
    "FR": (
        ("Hauts-de-France", "Lauwin-Planque", "59553", "3 Rue des Entrepots"),
        ("Occitanie", "Toulouse", "31100", "18 Avenue de Larrieu"),
    ),
    "ES": (
        ("Madrid", "San Fernando", "28830", "Avenida de la Astronomia 24"),
        ("Cataluna", "Barcelona", "08040", "Carrer 60 7"),
    ),
    "IT": (
        ("Lombardia", "Castel San Giovanni", "29015", "Via Dogana Po 2"),
        ("Lazio", "Roma", "00131", "Via Tiburtina 1310"),
    ),
    "ID": (
        ("Jawa Barat", "Bekasi", "17530", "Jl. Jababeka Raya 11"),
        ("Jawa Timur", "Surabaya", "60177", "Jl. Margomulyo 44"),
    ),
}


def _address(region: str, place: int) -> Document:
    state, city, postal_code, street = _CITIES[region][place]
    return {
        "region": MARKETS[region].name,
        "state": state,
        "city": city,
        "distict": "",
        "town": "",
        "contact_person": "Warehouse desk",
        "postal_code": postal_code,
        "full_address": f"{street}, {city}, {state}, {postal_code}",
        "region_code": region,
        "phone_number": "(+0)5550100",
        "address_line1": street,
        "address_line2": "",
        "address_line3": "",
        "address_line4": "",
        "geolocation": {"latitude": "0", "longitude": "0"},
    }


def warehouses_of(shop: Document) -> list[Document]:
    """The shop's warehouses: two sales (one default), one holiday or disabled, one for returns."""
    number, region = int(shop["id"][-2:]), shop["region"]
    cross_border = shop["seller_type"] == "CROSS_BORDER"
    first, second = (
        ("CB_OVERSEA_WAREHOUSE", "CB_DIRECT_SHIPPING_WAREHOUSE") if cross_border else ("DOMESTIC_WAREHOUSE",) * 2
    )

    def warehouse(
        index: int, name: str, kind: str, status: str, sub_type: str, place: int, default: bool = False
    ) -> Document:
        key = f"70000000000000{number:02d}00{index}"
        return {
            "id": key,
            "entity_id": f"71000000000000{number:02d}00{place + 1}",
            "name": name,
            "effect_status": shop.get("warehouse_states", {}).get(key, status),
            "type": kind,
            "sub_type": sub_type,
            "is_default": default,
            "address": _address(region, place),
        }

    found = [
        warehouse(1, f"{_CITIES[region][0][1]} fulfilment", "SALES_WAREHOUSE", "ENABLED", first, 0, default=True),
        warehouse(2, f"{_CITIES[region][1][1]} stockroom", "SALES_WAREHOUSE", "ENABLED", second, 1),
        warehouse(3, f"{_CITIES[region][1][1]} old depot", "SALES_WAREHOUSE", "DISABLED", first, 1),
        warehouse(4, f"{_CITIES[region][0][1]} holiday annex", "SALES_WAREHOUSE", "RESTRICTED", first, 0),
    ]
    if shop["return_warehouse"]:
        found.append(warehouse(5, f"{_CITIES[region][0][1]} returns", "RETURN_WAREHOUSE", "ENABLED", first, 0))
    return found


def delivery_options_of(shop: Document) -> list[Document]:
    """What the shop's warehouses can ship with; empty when its logistics are not set up."""
    metric = shop["region"] != "US"
    dimension = (
        {"max_height": 120, "max_length": 120, "max_width": 120, "unit": "CM"}
        if metric
        else {"max_height": 48, "max_length": 48, "max_width": 48, "unit": "INCH"}
    )
    weight = (
        {"max_weight": 30000, "min_weight": 1, "unit": "GRAM"}
        if metric
        else {"max_weight": 150, "min_weight": 0, "unit": "POUND"}
    )
    rows = (
        ("01", "Standard shipping", "STANDARD"),
        ("02", "Express shipping", "EXPRESS"),
        ("03", "Shipped by seller", "SEND_BY_SELLER"),
    )
    return (
        [
            {
                "id": f"72000000000000{shop['id'][-2:]}{number}",
                "name": name,
                "type": kind,
                "description": name,
                "dimension_limit": dimension,
                "weight_limit": weight,
                "platform": ["TIKTOK_SHOP"],
            }
            for number, name, kind in rows
        ]
        if shop["logistics"]
        else []
    )
