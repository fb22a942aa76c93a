"""The shapes of what goes with a listing besides pictures: documents, a video, a size chart, a look at a picture."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

Expiry = Literal["ok", "soon", "expired"]
SOON = timedelta(days=30)

DOCUMENT_KINDS = (
    "US Certificate of Conformity",
    "Declaration of Conformity",
    "Cosmetics Packaging Labeling",
    "FCC Certification",
    "Food Labeling",
    "Product Testing Reports",
    "Children's Product Certificate",
    "Tracking Information Labeling",
    "Pet Food Labeling",
    "Test Report",
    "Drug Labeling",
    "UKCA / CE mark",
    "UK / EU Declaration of Conformity",
)
"""Requirements that documents are tagged with (features S5-88); a category may name others."""


@dataclass(frozen=True, slots=True)
class DocumentDraft:
    """A document for one certification of the category. `fault`: why TikTok did not take it."""

    target: str  # the certification's id
    file_id: int
    name: str
    format: str  # PDF, JPEG, PNG
    expires_on: date | None = None
    expiry: Expiry = "ok"
    fault: str = ""


@dataclass(frozen=True, slots=True)
class VideoDraft:
    """A video; measures are None where the file does not tell (pixels, milliseconds, bytes)."""

    file_id: int
    name: str
    format: str
    size: int
    width: int | None = None
    height: int | None = None
    milliseconds: int | None = None
    fault: str = ""


@dataclass(frozen=True, slots=True)
class ChartDraft:
    """A size chart, a picture."""

    file_id: int
    name: str
    width: int
    height: int
    fault: str = ""


@dataclass(frozen=True, slots=True)
class LookDraft:
    """What the main picture looks like as sent: shares between 0 and 1; None: too unclear to tell."""

    plain: float | None  # of the border near one colour
    is_white: bool
    fill: float | None  # of the frame's side covered by the product


def expiry(expires_on: date | None, today: date) -> Expiry:
    """How a document's last day stands to today."""
    if expires_on is None or expires_on > today + SOON:
        return "ok"
    return "soon" if expires_on > today else "expired"
