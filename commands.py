"""Commands: `flask --app app <name>`. `python -m commands new-key` works before anything is configured."""

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
    """Compare the kept counts of every store with its rows; ends with 1 when one differs."""
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
                click.echo(f"{store_hash}: {difference}", err=True)
                wrong += 1
    if wrong:
        raise SystemExit(1)
    click.echo(f"All counts are right ({len(stores)} {'store' if len(stores) == 1 else 'stores'}).")


def install(app: Flask) -> None:
    """Adds the commands to the app's own."""
    for command in (new_key, check):
        app.cli.add_command(command)


UNCONFIGURED = click.Group(commands=[new_key], help="Needs no settings; the rest is under: flask --app app")

if __name__ == "__main__":
    UNCONFIGURED(prog_name="python -m commands")
