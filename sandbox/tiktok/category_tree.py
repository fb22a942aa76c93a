"""The category tree, read from `category_tree.txt`. Version 1 is the same tree cut at three levels, with own ids."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

FLAGS = {"invite": "INVITE_ONLY", "side": "NON_MAIN_CATEGORY", "prohibited": "PROHIBITED"}


@dataclass
class Category:
    id: str
    parent_id: str
    name: str
    level: int
    attributes: str = ""
    permissions: list[str] = field(default_factory=lambda: ["AVAILABLE"])
    children: list[str] = field(default_factory=list)

    @property
    def is_leaf(self) -> bool:
        return not self.children


class Tree:
    """Categories by id, in the order of the file."""

    def __init__(self, categories: list[Category]) -> None:
        self.by_id = {category.id: category for category in categories}

    def chain(self, category_id: str) -> list[Category]:
        """From the department down to the category."""
        found: list[Category] = []
        category = self.by_id.get(category_id)
        while category is not None:
            found.insert(0, category)
            category = self.by_id.get(category.parent_id)
        return found


def read_tree(text: str) -> list[Category]:
    """Parse the indented text."""
    found: list[Category] = []
    path: list[Category] = []
    for line in text.splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        level = (len(line) - len(line.lstrip())) // 2
        name, *rest = (part.strip() for part in line.split("|"))
        number, _, label = name.partition(" ")
        path = path[:level]
        category = Category(number, path[-1].id if path else "0", label, level + 1, rest[0] if rest else "")
        if len(rest) > 1:
            category.permissions = [FLAGS[flag] for flag in rest[1].split()]
        if path:
            path[-1].children.append(category.id)
        path.append(category)
        found.append(category)
    return found


def version_one(categories: list[Category]) -> list[Category]:
    """The old tree: three levels, ids beginning with 5 instead of 6."""

    def old(number: str) -> str:
        return "5" + number[1:] if number != "0" else number

    return [
        Category(
            old(row.id),
            old(row.parent_id),
            row.name,
            row.level,
            row.attributes or "plain",
            list(row.permissions),
            [old(child) for child in row.children] if row.level < 3 else [],
        )
        for row in categories
        if row.level <= 3
    ]


_ROWS = read_tree((Path(__file__).parent / "category_tree.txt").read_text(encoding="utf-8"))
TREES: dict[str, Tree] = {"v1": Tree(version_one(_ROWS)), "v2": Tree(_ROWS)}
