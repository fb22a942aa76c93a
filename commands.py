"""Commands: `flask --app app <name>`. `python -m commands new-key` works before anything is configured."""

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import click
from cryptography.fernet import Fernet
from flask import Flask
from flask.cli import with_appcontext


@click.command("new-key")
def new_key() -> None:
    """Print a new key for ENCRYPTION_KEYS."""
    click.echo(Fernet.generate_key().decode())


@click.command("check")
@with_appcontext
def check() -> None:
    """Look the database over: schema, links, secrets, and every kept count against its rows; ends with 1 when something
    is wrong. Harmless while the app runs; the thing to do after a backup was put back."""
    wrong = [*_schema(), *_links(), *_secrets(), *_counts()]
    for one in wrong:
        click.echo(one, err=True)
    if wrong:
        raise SystemExit(1)


def _schema() -> Iterator[str]:
    from models.schema import expected, present

    if present() == expected():
        click.echo("The schema is this version's.")
    else:
        yield f"The schema is {present() or 'empty'}, this version needs {expected()}: flask --app app db upgrade"


def _links() -> Iterator[str]:
    from models.schema import broken_links

    broken = broken_links()
    for table, parent, count in broken:
        yield f"{count} rows of {table} point to a row of {parent} that is not there."
    if not broken:
        click.echo("Every row's links lead somewhere.")


def _secrets() -> Iterator[str]:
    from services import keys

    found = keys.look()
    yield from (f"No key of ENCRYPTION_KEYS opens {name}." for name in found.broken)
    if not found.broken:
        older = f"; {found.old} under an older key: flask --app app rotate-keys" if found.old else ""
        click.echo(f"All {found.all} stored secrets open{older}.")


def _counts() -> Iterator[str]:
    from sqlalchemy import select

    from models import Store, db
    from models.tenancy import tenant
    from services import books

    stores = db.session.execute(select(Store.id, Store.hash).order_by(Store.id)).all()
    db.session.rollback()
    wrong = 0
    for store_id, store_hash in stores:
        with tenant(store_id), books.one_moment():
            for difference in books.differences():
                yield f"{store_hash}: {difference}"
                wrong += 1
    if not wrong:
        click.echo(f"All counts are right ({len(stores)} {'store' if len(stores) == 1 else 'stores'}).")


@click.command("rotate-keys")
@with_appcontext
def rotate_keys() -> None:
    """Put every stored secret under the first of ENCRYPTION_KEYS. The older keys may go when this says so."""
    from models import db
    from services import keys

    found = keys.rotate(db.session.commit)
    for name in found.broken:
        click.echo(f"No key of ENCRYPTION_KEYS opens {name}; it was left alone.", err=True)
    if found.broken:
        raise SystemExit(1)
    click.echo(
        f"{found.old} of {found.all} secrets were under an older key. All are under the first key now; the others may "
        "be taken out of ENCRYPTION_KEYS once every process runs with the new list."
    )


@click.command("backup")
@click.argument("target", type=click.Path(dir_okay=False, path_type=Path))
@with_appcontext
def backup(target: Path) -> None:
    """Write the database to TARGET while the app runs; on PostgreSQL by pg_dump in its custom format."""
    from models import db
    from services import setup

    if target.exists():
        raise click.ClickException(f"{target} is there already; nothing was overwritten.")
    url = db.engine.url
    unfinished = target.with_name(f"{target.name}.unfinished")
    os.close(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))  # whom nobody else may read
    if setup.config().sqlite:
        with closing(sqlite3.connect(str(url.database))) as source, closing(sqlite3.connect(unfinished)) as copy:
            source.backup(copy)
    else:
        program = shutil.which("pg_dump")
        if program is None:
            raise click.ClickException("pg_dump was not found. Install PostgreSQL's client of the server's version.")
        address = url.set(drivername="postgresql", password=None).render_as_string()
        said = subprocess.run(  # noqa: S603 - the program is the one on PATH, the address is the configuration's
            [program, "--format=custom", "--no-owner", f"--file={unfinished}", f"--dbname={address}"],
            env={**os.environ, "PGPASSWORD": url.password or ""}, capture_output=True, text=True, check=False,
        )  # fmt: skip
        if said.returncode:
            raise click.ClickException(f"pg_dump did not finish: {said.stderr.strip()[-500:]}")
    unfinished.rename(target)
    click.echo(
        f"{target} holds the database ({target.stat().st_size / 1_000_000:,.1f} MB). Its secrets are encrypted: keep "
        "ENCRYPTION_KEYS elsewhere, and as safe."
    )


@click.command("restored")
@with_appcontext
def restored() -> None:
    """To be run once after a backup was put back, before the workers start."""
    from models import db
    from services.restoring import after_restore

    done = after_restore()
    db.session.commit()
    click.echo(
        f"{done.items} items of open work are looked up on the platforms before anything is sent; {done.sessions} "
        f"sessions ended; {done.schedules} periodic checks are due at once."
    )


COMMANDS = (new_key, check, rotate_keys, backup, restored)


def install(app: Flask) -> None:
    """Adds the commands to the app's own."""
    for command in COMMANDS:
        app.cli.add_command(command)


UNCONFIGURED = click.Group(commands=[new_key], help="Needs no settings; the rest is under: flask --app app")

if __name__ == "__main__":
    UNCONFIGURED(prog_name="python -m commands")
