"""The bell's list, and the guide beside it."""

import pytest
from flask import Flask

from blueprints.guide.routes import TOPICS
from blueprints.layout import PLACES
from models import Store
from services import notices
from tests.blueprints.conftest import inside
from tests.pages import PageClient


@pytest.fixture
def raised(app: Flask, store: Store) -> None:
    with inside(app, store):
        notices.raise_notice(
            "late", "warning", "The permission of <b>First Shop</b> ends in 3 days.", "Renew it", "/notices/"
        )
        notices.raise_notice("low", "info", "An import finished.")
        notices.raise_notice("stop", "danger", "Publishing stopped.")


@pytest.mark.usefixtures("raised")
def test_list_most_serious_first_and_text_is_text(client: PageClient) -> None:
    text = client.get(client.at("notices/")).text
    assert text.index("Publishing stopped") < text.index("ends in 3 days") < text.index("An import finished")
    assert "<b>First Shop</b>" not in text
    assert '<a class="btn btn-secondary btn-sm" href="/s/abc123/notices/">Renew it</a>' in text


@pytest.mark.usefixtures("raised")
def test_the_bell_counts_until_seen(app: Flask, client: PageClient, store: Store) -> None:
    assert ">3<" in client.get(client.at("notices/bell"), htmx=True).text
    answer = client.post(client.at("notices/seen"), htmx=True)
    assert "notices" in answer.headers["HX-Trigger"] and "Publishing stopped" in answer.text
    assert "bell-count" not in client.get(client.at("notices/bell"), htmx=True).text
    with inside(app, store):
        notices.raise_notice("low", "info", "An import finished.")  # nothing new
        assert notices.unseen() == 0
        notices.raise_notice("low", "warning", "An import broke off.")
        assert notices.unseen() == 1


@pytest.mark.usefixtures("raised")
def test_dismiss_and_the_matter_may_come_again(app: Flask, client: PageClient, store: Store) -> None:
    with inside(app, store):
        notice = next(each for each in notices.open_notices() if each.key == "stop")
        number = notice.id
    assert client.post(client.at(f"notices/{number}/dismiss")).status_code == 303
    assert client.post(client.at(f"notices/{number}/dismiss")).status_code == 404
    with inside(app, store):
        assert notices.raise_notice("stop", "danger", "Publishing stopped.").id != number


def test_resolving_closes_one_matter(app: Flask, client: PageClient, store: Store, raised: None) -> None:
    with inside(app, store):
        notices.resolve("late")
        notices.resolve("never raised")
        assert [notice.key for notice in notices.open_notices()] == ["stop", "low"]


def test_notices_of_another_store_are_out_of_reach(app: Flask, client: PageClient, other_store: Store) -> None:
    with inside(app, other_store):
        number = notices.open_notices()[0].id
    assert client.post(client.at(f"notices/{number}/dismiss")).status_code == 404
    with inside(app, other_store):
        assert len(notices.open_notices()) == 1


@pytest.mark.parametrize("topic", TOPICS)
def test_every_topic_has_its_text(client: PageClient, topic: str) -> None:
    assert TOPICS[topic] in client.get(client.at(f"guide/{topic}")).text
    assert "<html" not in client.get(client.at(f"guide/{topic}"), htmx=True).text


def test_every_place_has_a_topic(client: PageClient) -> None:
    assert {place.name for place in PLACES} <= set(TOPICS)
    assert client.get(client.at("guide/nonsense")).status_code == 404
    assert client.get(client.at("guide/")).status_code == 200


def test_everybody_chooses_what_comes_by_mail(app: Flask, client: PageClient, store: Store) -> None:
    assert "No mail is sent" in client.get(client.at("notices/mail")).text
    assert client.post(client.at("notices/mail"), data={"level": "everything"}).status_code == 422
    assert client.post(client.at("notices/mail"), data={"level": "urgent"}).status_code == 303
    assert 'value="urgent" checked' in client.get(client.at("notices/mail")).text
    assert client.post(client.at("notices/mail/try"), data={}).status_code == 303
    assert "Causeway: mail works" in client.get(client.at("notices/mail")).text
