"""What people of a store may do: pages × actions, and which shops. Pure; services/people asks it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from domain.capabilities import ShopKind, Verdict


class Page(StrEnum):
    """The rows of the matrix."""

    DASHBOARD = "dashboard"
    PRODUCTS = "products"
    LISTINGS = "listings"
    PROFILES = "profiles"
    GLOBAL_STORE = "global_store"
    SEMI_CONSIGNMENT = "semi_consignment"
    STOCK = "stock"
    ORDERS = "orders"
    RETURNS = "returns"
    FINANCE = "finance"
    ACTIVITIES = "activities"
    SPREADSHEETS = "spreadsheets"
    SETTINGS = "settings"
    AUTHORIZATION = "authorization"
    PEOPLE = "people"


class Action(StrEnum):
    """The columns. SEND reaches the platforms; CHANGE stays here. Both include SEE."""

    SEE = "see"
    CHANGE = "change"
    SEND = "send"


SEE, CHANGE, SEND = Action.SEE, Action.CHANGE, Action.SEND
Cell = tuple[Page, Action]

# page -> (its name, which actions it has and what each means)
MATRIX: dict[Page, tuple[str, dict[Action, str]]] = {
    Page.DASHBOARD: ("Dashboard", {SEE: "Numbers and what needs attention"}),
    Page.PRODUCTS: ("Products", {SEE: "The catalog", CHANGE: "Tags, import, staging"}),
    Page.LISTINGS: (
        "Listings",
        {SEE: "Listings and their problems", CHANGE: "Edit", SEND: "Publish, deactivate, delete on TikTok Shop"},
    ),
    Page.PROFILES: ("Profiles", {SEE: "Rules and their effect", CHANGE: "Add, edit, remove"}),
    Page.GLOBAL_STORE: ("TikTok global store page", {SEE: "Details of global sellers and their products"}),
    Page.SEMI_CONSIGNMENT: (
        "Semi-consignment",
        {SEE: "Pairs and products", CHANGE: "Import and edit stock", SEND: "Publish, push stock"},
    ),
    Page.STOCK: ("Stock", {SEE: "Quantities and where they come from", CHANGE: "Rules", SEND: "Push, correct"}),
    Page.ORDERS: ("Orders", {SEE: "Orders with buyers", CHANGE: "Marks, gifts, packages", SEND: "Ship, cancel"}),
    Page.RETURNS: ("Returns", {SEE: "Requests", CHANGE: "Notes", SEND: "Accept, reject"}),
    Page.FINANCE: ("Money", {SEE: "Sales, settlements, profit", CHANGE: "Costs"}),
    Page.ACTIVITIES: ("Activities", {SEE: "What the app does", CHANGE: "Cancel, repeat"}),
    Page.SPREADSHEETS: ("Spreadsheets", {SEE: "Export", CHANGE: "Import"}),
    Page.SETTINGS: ("Settings", {SEE: "How the app behaves", CHANGE: "Change it, map warehouses"}),
    Page.AUTHORIZATION: (
        "Store authorization",
        {SEE: "Connected shops, doctor", CHANGE: "Nicknames", SEND: "Connect, test, disconnect"},
    ),
    Page.PEOPLE: ("People and audit log", {SEE: "Who may do what, and who did what"}),
}

CELLS: tuple[Cell, ...] = tuple((page, action) for page, (_, actions) in MATRIX.items() for action in actions)
VERBS = {SEE: "see", CHANGE: "change", SEND: "send to the platforms"}


@dataclass(frozen=True, slots=True)
class Access:
    """What one person may do. `ordinary`: every local and global shop, later ones too; `shops`: those named besides. A
    semi-consignment store is reached only when it is named (features S1-24). `name` is the role's."""

    name: str
    cells: frozenset[Cell]
    ordinary: bool = True
    shops: frozenset[int] = frozenset()
    owns: bool = False

    def may(self, page: Page, action: Action = SEE) -> Verdict:
        """Whether the matrix says so; shops are another question."""
        if self.owns or (page, action) in self.cells:
            return Verdict(True)
        name = MATRIX[page][0]
        what = MATRIX[page][1].get(action)
        told = f" ({what[0].lower()}{what[1:]})" if what and action is not SEE else ""
        return Verdict(
            False,
            f"Your role “{self.name}” does not let you {VERBS[action]} {name}{told}. The store's owner can change it.",
        )

    def reaches(self, shop_id: int, kind: str) -> bool:
        """Whether the rows of this shop are there at all for the person."""
        if self.owns or shop_id in self.shops:
            return True
        return self.ordinary and kind != ShopKind.SEMI_CONSIGNMENT

    def to_json(self) -> dict[str, Any]:
        """As roles are stored."""
        return {
            "cells": sorted(f"{page}:{action}" for page, action in self.cells),
            "ordinary": self.ordinary,
            "shops": sorted(self.shops),
        }


def access(name: str, cells: Iterable[Cell], ordinary: bool = True, shops: Iterable[int] = ()) -> Access:
    """A role as it works: cells the matrix has, and seeing what one may change."""
    known = {cell for cell in cells if cell in CELLS}
    known |= {(page, SEE) for page, _ in known}
    return Access(name, frozenset(known), ordinary, frozenset(shops))


def from_json(name: str, stored: Mapping[str, Any]) -> Access:
    """A stored role; cells that no longer exist are left out."""
    cells = []
    for text in stored.get("cells") or ():
        page, _, action = str(text).partition(":")
        if page in set(Page) and action in set(Action):
            cells.append((Page(page), Action(action)))
    shops = [int(number) for number in stored.get("shops") or ()]
    return access(name, cells, bool(stored.get("ordinary", True)), shops)


def without_send(
    name: str, pages: Iterable[Page], changing: Iterable[Page] = (), sending: Iterable[Page] = ()
) -> Access:
    """A role from pages one sees, changes and sends from."""
    cells = [(page, SEE) for page in pages]
    cells += [(page, CHANGE) for page in changing]
    cells += [(page, action) for page in sending for action in (CHANGE, SEND)]
    return access(name, cells)


OWNER = Access("Owner", frozenset(CELLS), owns=True)
"""BigCommerce says who it is; the role cannot be given or taken here."""

MEMBER = access("Member", [cell for cell in CELLS if cell[0] is not Page.PEOPLE])
"""Whoever comes from BigCommerce and was given no other role: everything but people, in every shop but semi-consignment
stores; the global store page until it is disabled (features S1-24, S4-12, C-25)."""

STARTERS: tuple[tuple[str, Access], ...] = (
    (
        "Lists products, publishes, and looks after prices and pictures.",
        without_send(
            "Catalog",
            (Page.DASHBOARD, Page.ACTIVITIES, Page.SPREADSHEETS, Page.GLOBAL_STORE),
            (Page.PRODUCTS, Page.PROFILES, Page.SPREADSHEETS, Page.ACTIVITIES),
            (Page.LISTINGS,),
        ),
    ),
    (
        "Packs and ships, answers returns, corrects stock.",
        without_send(
            "Orders and stock",
            (Page.DASHBOARD, Page.ACTIVITIES, Page.PRODUCTS),
            (),
            (Page.ORDERS, Page.RETURNS, Page.STOCK),
        ),
    ),
    (
        "Sees everything but people, changes nothing.",
        access("Read only", [(page, SEE) for page in Page if page is not Page.PEOPLE]),
    ),
)
"""Roles to begin with: (what it is for, role)."""
