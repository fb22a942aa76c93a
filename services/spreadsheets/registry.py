"""Every kind of spreadsheet, by name."""

from services.category_export import Categories
from services.spreadsheets.kinds.attributes import Attributes
from services.spreadsheets.kinds.base import Kind
from services.spreadsheets.kinds.listings import Listings
from services.spreadsheets.kinds.mappings import Mappings
from services.spreadsheets.kinds.orders import Orders
from services.spreadsheets.kinds.prices import Prices
from services.spreadsheets.kinds.semi_stock import SemiStock
from services.spreadsheets.kinds.tags import Tags

KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Listings(),
        Attributes(),
        Prices(),
        Tags(),
        Mappings(),
        Categories(),
        Orders(),
        SemiStock(),
    )
}
