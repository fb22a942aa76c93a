"""Every migration says whether it only adds (expand) or takes away (contract), and does no more than that."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from migrations.bounds import OLDEST, RELEASED
from tests.migrations.databases import FOLDER, chain, module

ADDS = {"create_table", "create_index", "add_column", "f", "get_context", "get_bind", "batch_alter_table", "execute"}
ONLINE = {"create_index"}
FILLS = ("UPDATE ", "SELECT ", "INSERT ")
NEW_PARTS = {"Column", "create_table"}


def faults(source: str) -> list[str]:
    """What an expand must not do, in the functions that `upgrade` uses."""
    tree = ast.parse(source)
    functions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    found: list[str] = []
    made: set[str] = set()
    for node in _reached(functions, "upgrade"):
        if isinstance(node, ast.Call):
            found += _fault(node, made)
    return found


def _reached(functions: dict[str, ast.FunctionDef], name: str, seen: frozenset[str] = frozenset()) -> Iterator[ast.AST]:
    """Nodes in the order of the source, called functions of the same file included."""
    for node in _in_order(functions[name]):
        yield node
        called = node.func.id if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) else ""
        if called in functions and called not in seen:
            yield from _reached(functions, called, seen | {called})


def _in_order(node: ast.AST) -> Iterator[ast.AST]:
    for child in ast.iter_child_nodes(node):
        yield child
        yield from _in_order(child)


def _fault(call: ast.Call, made: set[str]) -> list[str]:
    name = ast.unparse(call.func)
    owner, _, method = name.rpartition(".")
    where = f"line {call.lineno}: {name}"
    if owner not in ("op", "batch_op", "online") and "exec_driver_sql" not in method:
        return []
    if method == "create_table":
        made.add(_text(call, 0))
    if owner == "online":
        return [] if method in ONLINE else [f"{where} takes something away"]
    if method not in ADDS:
        return [f"{where} does not only add"]
    if method == "create_index" and owner == "op" and _text(call, 1) not in made:
        return [f"{where} on a table in use: use migrations.online.create_index"]
    if method in ("create_index", "create_unique_constraint") and _unique(call) and _text(call, 1) not in made:
        return [f"{where}: the code before may break a new unique rule"]
    if method == "execute" and not _only_fills(call):
        return [f"{where}: an expand fills rows and defines nothing by hand"]
    if method == "add_column" and not _optional(call):
        return [f"{where}: the code before does not fill this column; make it nullable or give a server default"]
    return []


def _text(call: ast.Call, place: int) -> str:
    argument = call.args[place] if len(call.args) > place else None
    return str(argument.value) if isinstance(argument, ast.Constant) else ""


def _unique(call: ast.Call) -> bool:
    return any(word.arg == "unique" and getattr(word.value, "value", True) for word in call.keywords)


def _only_fills(call: ast.Call) -> bool:
    texts = [node.value for node in ast.walk(call) if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    return bool(texts) and texts[0].lstrip().upper().startswith(FILLS)


def _optional(call: ast.Call) -> bool:
    column = next((node for node in ast.walk(call) if isinstance(node, ast.Call) and node is not call
                   and ast.unparse(node.func).endswith("Column")), None)  # fmt: skip
    words = {word.arg: word.value for word in column.keywords} if column is not None else {}
    nullable = words.get("nullable")
    return "server_default" in words or (nullable is not None and getattr(nullable, "value", False) is True)


def test_every_migration_names_its_phase() -> None:
    phases = {script.revision: getattr(module(script), "phase", None) for script in chain()}
    assert set(phases.values()) <= {"expand", "contract"}, phases


@pytest.mark.parametrize("revision", [script.revision for script in chain()])
def test_an_expand_only_adds(revision: str) -> None:
    script = next(one for one in chain() if one.revision == revision)
    if module(script).phase == "expand" and script.down_revision is not None:
        assert faults(Path(script.path).read_text()) == []


@pytest.mark.parametrize(
    ("line", "allowed"),
    [
        ('op.create_table("t", sa.Column("id", sa.Integer()))', True),
        (
            'op.create_table("t", sa.Column("id", sa.Integer()))\n    op.create_index("i", "t", ["id"], unique=True)',
            True,
        ),
        ('op.create_index("i", "listing", ["id"])', False),
        ('op.create_index("i", "listing", ["id"], unique=True)', False),
        ('online.create_index("i", "listing", ["id"])', True),
        ('online.drop_index("i", "listing")', False),
        ('op.add_column("listing", sa.Column("x", sa.Integer(), nullable=True))', True),
        ('op.add_column("listing", sa.Column("x", sa.Integer(), nullable=False))', False),
        ('op.add_column("listing", sa.Column("x", sa.Integer()))', False),
        ('op.add_column("listing", sa.Column("x", sa.String(), nullable=False, server_default=""))', True),
        ('op.drop_column("listing", "x")', False),
        ('op.drop_table("listing")', False),
        ('op.rename_table("a", "b")', False),
        ('op.alter_column("listing", "x", nullable=False)', False),
        ('op.create_foreign_key("f", "a", "b", ["x"], ["y"])', False),
        ('op.execute("UPDATE listing SET is_stale = 1")', True),
        ('op.execute("ALTER TABLE listing DROP COLUMN title")', False),
        ('with op.batch_alter_table("listing") as batch_op:\n        batch_op.drop_column("x")', False),
        ("helper()", False),
    ],
)
def test_what_an_expand_may_do(line: str, allowed: bool) -> None:
    source = f'def upgrade():\n    {line}\n\ndef helper():\n    op.drop_table("x")\n'
    assert (faults(source) == []) is allowed


def test_the_bounds_are_revisions_in_order() -> None:
    names = [script.revision for script in chain()]
    assert names.index(RELEASED) <= names.index(OLDEST) < len(names)


def test_a_contract_comes_after_the_release_whose_code_no_longer_needs_it() -> None:
    """What takes away may not be released together with the code that still used it: between the last release and the
    code of this checkout there are only expands."""
    names = [script.revision for script in chain()]
    between = chain()[names.index(RELEASED) + 1 : names.index(OLDEST) + 1]
    assert [script.revision for script in between if module(script).phase == "contract"] == []


def test_files_are_named_like_their_slug() -> None:
    assert all(Path(script.path).parent == FOLDER / "versions" for script in chain())
