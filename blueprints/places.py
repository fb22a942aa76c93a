"""Which page of the role matrix a route belongs to, and what it does there. The guard asks before every view."""

from domain.roles import CHANGE, SEE, SEND, Action, Cell, Page

# blueprint -> page; None: part of every page, whatever the role
PAGES: dict[str, Page | None] = {
    "authorization": Page.AUTHORIZATION,
    "activities": Page.ACTIVITIES,
    "adoption": Page.LISTINGS,
    "categories": Page.SPREADSHEETS,
    "dashboard": Page.DASHBOARD,
    "doctor": Page.AUTHORIZATION,
    "documents": Page.LISTINGS,
    "finance": Page.FINANCE,
    "global_store": Page.GLOBAL_STORE,
    "guide": None,
    "history": Page.LISTINGS,
    "listings": Page.LISTINGS,
    "media": Page.PRODUCTS,
    "notices": None,
    "order_settings": Page.SETTINGS,
    "orders": Page.ORDERS,
    "people": Page.PEOPLE,
    "products": Page.PRODUCTS,
    "profiles": Page.PROFILES,
    "remap": Page.SETTINGS,
    "return_settings": Page.SETTINGS,
    "returns": Page.RETURNS,
    "semi": Page.SEMI_CONSIGNMENT,
    "semi_consignment": Page.SEMI_CONSIGNMENT,
    "settings": Page.SETTINGS,
    "settings_file": Page.SETTINGS,
    "shipping_settings": Page.SETTINGS,
    "spreadsheets": Page.SPREADSHEETS,
    "stock": Page.STOCK,
    "sync": Page.LISTINGS,
    "tags": Page.PRODUCTS,
    "tiktok": Page.AUTHORIZATION,
    "views": None,
    "wizard": Page.SETTINGS,
}

# endpoints that are something else than GET sees, POST changes
CELLS: dict[str, Cell | None] = {
    "activities.running": None,
    "dashboard.moving": None,
    "listings.act": (Page.LISTINGS, SEND),
    "listings.decide": (Page.LISTINGS, SEND),
    "listings.pin": (Page.LISTINGS, SEND),
    "listings.publish": (Page.LISTINGS, SEND),
    "listings.send_changes": (Page.LISTINGS, SEND),
    "people.end_trial": None,
    "people.me": None,
    "settings.authorization": (Page.AUTHORIZATION, SEE),
    "settings.disconnect": (Page.AUTHORIZATION, SEND),
    "settings.parting": (Page.AUTHORIZATION, SEE),
    "settings.refresh": (Page.AUTHORIZATION, SEE),
    "settings.index": None,
    "settings.results": (Page.PROFILES, SEE),
    "settings.row": (Page.PROFILES, SEE),
    "settings.preview": (Page.PROFILES, SEE),
    "spreadsheets.choose": (Page.SPREADSHEETS, SEE),
    "spreadsheets.export": (Page.SPREADSHEETS, SEE),
    "categories.export": (Page.SPREADSHEETS, SEE),
    "stock.look_at_rules": (Page.STOCK, SEE),
    "stock.push": (Page.STOCK, SEND),
    "stock.push_everything": (Page.STOCK, SEND),
    "stock.repair": (Page.STOCK, SEND),
    "tiktok.connect": (Page.AUTHORIZATION, SEND),
    "tiktok.enter_code": (Page.AUTHORIZATION, SEND),
    "tiktok.link": (Page.AUTHORIZATION, SEND),
    "wizard.connect": (Page.AUTHORIZATION, SEND),
}


def register(endpoints: dict[str, Cell | None]) -> None:
    """An area names its own endpoints that differ (call it where the blueprint is made)."""
    CELLS.update(endpoints)


def cell(endpoint: str, method: str) -> Cell | None:
    """What a role must allow for this request; None: nothing."""
    if endpoint in CELLS:
        return CELLS[endpoint]
    area = endpoint.partition(".")[0]
    page = PAGES.get(area, Page.SETTINGS)
    if page is None:
        return None
    action: Action = SEE if method in ("GET", "HEAD", "OPTIONS") else CHANGE
    return (page, action)


def first_allowed(allowed: frozenset[Cell]) -> Page | None:
    """The first page of the matrix that may be seen."""
    return next((page for page in Page if (page, SEE) in allowed), None)
