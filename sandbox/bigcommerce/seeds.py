"""The two stores that exist from the start, with their people and locations. The second one tries tenancy: another
country, other units, and one person who works in both."""

from sandbox.state import Document

FIRST, SECOND = "hj3kq9w1xz", "p7c2m4v8dn"
# fmt: off
SAM: Document = {"id": 9128, "email": "sam.ortega@example.com", "name": "Sam Ortega", "owner": False, "removed": False}

STORES: tuple[Document, ...] = (
    {
        "hash": FIRST, "store_id": 1002345678, "account_uuid": "0f2f6e59-6b0c-4a33-9d0e-7f3f5c2a1b11", "quota": 450,
        "name": "Harbor & Pine Outfitters", "first_name": "Maya", "last_name": "Lindqvist",
            "domain": "harbor-and-pine.example",
        "address": "410 Fulton Street, Portland, OR 97209", "country": "United States", "country_code": "US",
            "phone": "5035550142",
        "timezone": "America/Los_Angeles", "raw_offset": -28800, "currency": "USD", "currency_symbol": "$",
            "weight_units": "LBS",
        "dimension_units": "Inches", "plan_name": "Pro", "plan_level": "Pro", "industry": "Apparel and home",
        "users": [{"id": 7351, "email": "maya@harbor-and-pine.example", "name": "Maya Lindqvist", "owner": True,
            "removed": False}, SAM],
        "locations": [
            ("BC-LOCATION-1", "Portland Warehouse", "410 Fulton Street", "Portland", "Oregon", "97209", "USA", True),
            ("EAST-01", "Newark Warehouse", "88 Dock Road", "Newark", "New Jersey", "07114", "USA", True),
            ("SHOP-01", "Pearl District Shop", "1221 NW Everett Street", "Portland", "Oregon", "97209", "USA", False),
        ],
    },
    {
        "hash": SECOND, "store_id": 1002349911, "account_uuid": "b7a0c8de-2f41-4d76-8a53-1c9be0d4f622", "quota": 150,
        "name": "Little Lantern Toys", "first_name": "Owen", "last_name": "Whitfield",
            "domain": "little-lantern.example",
        "address": "12 Mill Lane, Bristol BS1 6QH", "country": "United Kingdom", "country_code": "GB",
            "phone": "01175550101",
        "timezone": "Europe/London", "raw_offset": 0, "currency": "GBP", "currency_symbol": "£", "weight_units": "KGS",
        "dimension_units": "Centimeters", "plan_name": "Standard", "plan_level": "Standard",
            "industry": "Toys and games",
        "users": [{"id": 8460, "email": "owen@little-lantern.example", "name": "Owen Whitfield", "owner": True,
            "removed": False}, SAM],
        "locations": [("BC-LOCATION-1", "Bristol Storeroom", "12 Mill Lane", "Bristol", "Bristol", "BS1 6QH", "GBR",
            True)],
    },
)


def locations(store: Document) -> list[Document]:
    """The rows of /inventory/locations for a new store; the first is the default one (reference 4.3)."""
    hours = {"open": True, "opening": "08:00", "closing": "18:00"}
    days = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
    return [
        {
            "id": number, "code": code, "label": label, "description": "", "managed_by_external_source": False,
            "type_id": "PHYSICAL", "enabled": enabled, "operating_hours": {day: dict(hours) for day in days},
            "time_zone": store["timezone"], "created_at": "2024-03-04T09:00:00Z", "updated_at": "2024-03-04T09:00:00Z",
            "address": {
                "address1": street, "address2": "", "city": city, "state": state, "zip": postcode,
                    "email": store["users"][0]["email"],
                "phone": store["phone"], "geo_coordinates": {"latitude": 45.52, "longitude": -122.68},
                    "country_code": country,
            },
            "storefront_visibility": enabled, "special_hours": [],
        }
        for number, (code, label, street, city, state, postcode, country, enabled) in enumerate(store["locations"],
            start=1)
    ]
