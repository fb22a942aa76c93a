"""Buyers and where they live, by market. Invented, stable by number."""

from __future__ import annotations

from typing import Any

Document = dict[str, Any]

_NAMES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "US": (
        ("Ava", "Noah", "Mia", "Liam", "Zoe", "Owen", "Ruby", "Caleb", "June", "Miles"),
        ("Parker", "Reyes", "Chen", "O'Neill", "Okafor", "Lindqvist", "Marsh", "Delgado", "Whitfield"),
    ),
    "GB": (
        ("Isla", "Arthur", "Freya", "Harry", "Poppy", "Callum", "Niamh", "Rhys"),
        ("Thompson", "Ahmed", "Lloyd", "MacLeod", "Barnes", "Okoye", "Fairfax"),
    ),
    "DE": (("Lena", "Jonas", "Mila", "Björn", "Anneliese", "Emre"), ("Schäfer", "Krüger", "Yılmaz", "Vogel", "Weiß")),
    "FR": (("Chloé", "Théo", "Inès", "Gaël", "Zoé", "Loïc"), ("Lefèvre", "Garçon", "Nguyen", "Besnard", "d'Arcy")),
    "ES": (("Lucía", "Íñigo", "Sofía", "Hugo", "Núria"), ("Muñoz", "García López", "Ibáñez", "Peña")),
    "IT": (("Giulia", "Niccolò", "Chiara", "Matteo", "Anna"), ("Rossi", "D'Angelo", "Conti", "Esposito")),
    "ID": (("Putri", "Budi", "Dewi", "Agus", "Sri", "Rizky"), ("Santoso", "Wijaya", "Lestari", "Hidayat", "Nugroho")),
}
_PLACES: dict[str, tuple[tuple[str, str, str, str, str], ...]] = {  # state, ISO code, city, postal code, street
    "US": (
        ("California", "CA", "Los Angeles", "90026", "Sunset Blvd"),
        ("Texas", "TX", "Austin", "78704", "S Lamar Blvd"),
        ("New York", "NY", "Brooklyn", "11215", "7th Ave"),
        ("Oregon", "OR", "Portland", "97214", "SE Hawthorne Blvd"),
    ),
    "GB": (
        ("England", "ENG", "Bristol", "BS6 5JG", "Gloucester Road"),
        ("Scotland", "SCT", "Edinburgh", "EH6 8JG", "Leith Walk"),
    ),
    "DE": (("Berlin", "BE", "Berlin", "10967", "Gräfestraße"), ("Bayern", "BY", "München", "80469", "Baaderstraße")),
    "FR": (
        ("Île-de-France", "IDF", "Paris", "75011", "Rue Oberkampf"),
        ("Bretagne", "BRE", "Rennes", "35000", "Rue de Saint-Malo"),
    ),
    "ES": (("Madrid", "MD", "Madrid", "28012", "Calle de Embajadores"),),
    "IT": (("Toscana", "52", "Firenze", "50125", "Via dei Serragli"),),
    "ID": (
        ("DKI Jakarta", "JK", "Jakarta Selatan", "12730", "Jl. Kemang Raya"),
        ("Jawa Barat", "JB", "Bandung", "40115", "Jl. Ir. H. Juanda"),
    ),
}
_DIAL = {"US": "+1", "GB": "+44", "DE": "+49", "FR": "+33", "ES": "+34", "IT": "+39", "ID": "+62"}
COUNTRIES = {
    "US": "United States",
    "GB": "United Kingdom",
    "DE": "Germany",
    "FR": "France",
    "ES": "Spain",
    "IT": "Italy",
    "ID": "Indonesia",
}
BUYERS = 5000


def buyer(region: str, number: int) -> Document:
    """The market's n-th buyer: who they are and where they live."""
    firsts, lasts = _NAMES[region]
    first, last = firsts[number % len(firsts)], lasts[number // len(firsts) % len(lasts)]
    state, code, city, postal_code, street = _PLACES[region][number * 7 % len(_PLACES[region])]
    house = 11 + number * 13 % 480
    line = f"{house} {street}" if region in {"US", "GB"} else f"{street} {house}"
    return {
        "number": number,
        "user_id": str(7493900000000000000 + list(_NAMES).index(region) * 100_000 + number),
        "email": f"v4b{number:05d}{region.lower()}@scs.tiktokshop.example",
        "nickname": f"{first.lower()}_{number}",
        "first_name": first,
        "last_name": last,
        "phone_number": f"({_DIAL[region]}){213 + number % 700}{5550000 + number * 37 % 9999:07d}",
        "region": region,
        "state": state,
        "state_code": code,
        "city": city,
        "postal_code": postal_code,
        "street": line,
        "unit": f"Apt {number % 40 + 1}" if number % 3 == 0 else "",
    }


def address_of(person: Document) -> Document:
    """A recipient_address (reference 5.3)."""
    country = COUNTRIES[person["region"]]
    detail = ", ".join(part for part in (person["street"], person["unit"]) if part)
    levels = (
        ("L0", "Country", country, person["region"]),
        ("L1", "State", person["state"], f"{person['region']}-{person['state_code']}"),
        ("L2", "City", person["city"], ""),
    )
    return {
        "full_address": f"{country}, {person['state']}, {person['city']}, {detail}, {person['postal_code']}",
        "name": f"{person['first_name']} {person['last_name']}",
        "first_name": person["first_name"],
        "last_name": person["last_name"],
        "first_name_local_script": "",
        "last_name_local_script": "",
        "phone_number": person["phone_number"],
        "postal_code": person["postal_code"],
        "region_code": person["region"],
        "address_detail": detail,
        "address_line1": person["street"],
        "address_line2": person["unit"],
        "address_line3": "",
        "address_line4": "",
        "post_town": person["city"] if person["region"] == "GB" else "",
        "district_info": [
            {"address_level": level, "address_level_name": label, "address_name": name, "iso_code": iso}
            for level, label, name, iso in levels
        ],
        "delivery_preferences": {"drop_off_location": ""},
    }


def _starred(text: str) -> str:
    return " ".join(f"{word[0]}{'*' * (len(word) - 1)}" for word in text.split())


def masked(address: Document) -> Document:
    """What is shown of an address when the platform ships: enough to recognise, not enough to reach anybody."""
    phone = address["phone_number"]
    detail = _starred(address["address_detail"])
    found = dict(address)
    for name in ("name", "first_name", "last_name"):
        found[name] = _starred(address[name])
    regions = ", ".join(row["address_name"] for row in address["district_info"])
    return found | {
        "phone_number": f"{phone[: phone.index(')') + 4]}-***-{phone[-4:]}",
        "address_detail": detail,
        "address_line1": _starred(address["address_line1"]),
        "address_line2": _starred(address["address_line2"]),
        "full_address": f"{regions}, {detail}, {address['postal_code'][:3]}**",
    }
