"""Whose tracking number it is: BigCommerce's and files' carrier names against those a TikTok shop takes (features
S2-91, S5-33)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

TRACKING = re.compile(r"[A-Za-z0-9-]{6,40}", re.ASCII)  # what TikTok takes (reference 6.3)
_FORMS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("ups", re.compile(r"1Z[0-9A-Z]{16}")),
    ("usps", re.compile(r"(?:94|93|92|95)\d{18,20}|[A-Z]{2}\d{9}US")),
    ("royal mail", re.compile(r"[A-Z]{2}\d{9}GB")),
    ("fedex", re.compile(r"\d{12}|\d{15}|\d{20}")),
    ("dhl", re.compile(r"\d{10}|JJD\d{14,18}")),
)
_ALIASES = {
    "us postal service": "usps", "united states postal service": "usps", "endicia": "usps", "upsready": "ups",
    "upsonline": "ups", "united parcel service": "ups", "federal express": "fedex", "royalmail": "royal mail",
    "dhl express": "dhl", "dhl ecommerce": "dhl", "auspost": "australia post", "canadapost": "canada post",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Match:
    """`how`: map (a person said so), name, number (its form), or empty with the reason in `text`."""

    provider_id: str = ""
    name: str = ""
    how: str = ""
    text: str = ""

    def __bool__(self) -> bool:
        return bool(self.provider_id)


def plain(name: str) -> str:
    """A carrier's name without case, marks and separators, as it is mapped."""
    words = re.sub(r"[^a-z0-9]+", " ", name.lower()).strip()
    return _ALIASES.get(words, words)[:100]


def recognised(number: str) -> str:
    """The major carrier whose numbers have this form; empty when none or unclear."""
    compact = clean(number)
    found = [name for name, form in _FORMS if form.fullmatch(compact)]
    return found[0] if len(found) == 1 else ""


def clean(number: str) -> str:
    """Without the spaces people copy along."""
    return re.sub(r"\s+", "", number).upper()


def match(carrier: str, number: str, providers: Mapping[str, str], mapped: Mapping[str, str]) -> Match:
    """`providers`: TikTok's id -> name; `mapped`: a plain name -> TikTok's id. A person's choice comes first, then the
    name, then the number's form."""
    name = plain(carrier)
    chosen = mapped.get(name, "") if name else ""
    if chosen in providers:
        return Match(chosen, providers[chosen], "map")
    by_name = {plain(theirs): provider for provider, theirs in providers.items()}
    if name and name in by_name:
        return Match(by_name[name], providers[by_name[name]], "name")
    for known, provider in by_name.items():
        if name and (name.split()[0] == known or known.split()[0] == name):
            return Match(provider, providers[provider], "name")
    if not name and (guess := by_name.get(recognised(number), "")):
        return Match(guess, providers[guess], "number")
    if not providers:
        return Match(text="The carriers of this shop have not been read yet.")
    if not name:
        return Match(text="The shipment names no carrier, and its number has no known form.")
    return Match(text=f"“{carrier}” is not mapped to one of TikTok's carriers.")


def number_problem(number: str) -> str:
    """Why TikTok would not take this tracking number; empty when it would."""
    if not number.strip():
        return "There is no tracking number."
    if not TRACKING.fullmatch(clean(number)):
        return "A tracking number has 6 to 40 letters, digits or hyphens."
    return ""
