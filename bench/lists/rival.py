# mypy: disable-error-code="misc"
# Django has no types here: its classes are of any kind.
"""Django admin's changelist on the very same tables: `gunicorn bench.lists.rival:application`. Two sites: /plain/ as it
comes, /tuned/ without the exact full count. Both with fifty rows a page, joined rows and a signed-in session."""

import os
from typing import Any
from urllib.parse import parse_qs, urlsplit

import django
from django.conf import settings


def database() -> dict[str, Any]:
    url = os.environ["DATABASE_URL"]
    if url.startswith("sqlite:///"):
        return {"ENGINE": "django.db.backends.sqlite3", "NAME": url.removeprefix("sqlite:///")}
    parts = urlsplit(url)
    host = parse_qs(parts.query)["host"][0]
    return {"ENGINE": "django.db.backends.postgresql", "NAME": parts.path.strip("/"), "USER": "postgres", "HOST": host,
            "CONN_MAX_AGE": None}  # fmt: skip


settings.configure(
    SECRET_KEY="x" * 50, DEBUG=False, ALLOWED_HOSTS=["*"], USE_TZ=True, ROOT_URLCONF=__name__,
    DATABASES={"default": database()}, DEFAULT_AUTO_FIELD="django.db.models.BigAutoField", STATIC_URL="/static/",
    INSTALLED_APPS=["django.contrib.admin", "django.contrib.auth", "django.contrib.contenttypes",
                    "django.contrib.sessions", "django.contrib.messages"],
    MIDDLEWARE=["django.contrib.sessions.middleware.SessionMiddleware", "django.middleware.common.CommonMiddleware",
                "django.middleware.csrf.CsrfViewMiddleware", "django.contrib.auth.middleware.AuthenticationMiddleware",
                "django.contrib.messages.middleware.MessageMiddleware"],
    TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True, "OPTIONS": {
        "context_processors": ["django.template.context_processors.request",
                               "django.contrib.auth.context_processors.auth",
                               "django.contrib.messages.context_processors.messages"],
        }}],
)  # fmt: skip
django.setup()

from django.contrib import admin  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.db import models  # noqa: E402
from django.urls import path  # noqa: E402


class Shop(models.Model):
    name = models.CharField(max_length=255)

    class Meta:
        managed, db_table, app_label = False, "shop", "auth"

    def __str__(self) -> str:
        return str(self.name)


class Product(models.Model):
    store_id = models.BigIntegerField()
    title = models.CharField(max_length=255)
    sku = models.CharField(max_length=255)
    image_url = models.CharField(max_length=255)
    price = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    quantity = models.IntegerField()
    variant_count = models.IntegerField()
    status = models.CharField(max_length=16, choices=[(name, name) for name in (
        "not_uploaded", "in_progress", "pending", "live", "failed", "draft")])  # fmt: skip

    class Meta:
        managed, db_table, app_label = False, "product", "auth"


class Listing(models.Model):
    store_id = models.BigIntegerField()
    shop = models.ForeignKey(Shop, models.DO_NOTHING)
    product = models.ForeignKey(Product, models.DO_NOTHING)
    title = models.CharField(max_length=300)
    price_low = models.BigIntegerField()
    quantity = models.IntegerField()
    score = models.IntegerField()
    tiktok_id = models.CharField(max_length=32)
    tab = models.CharField(max_length=16, choices=[(name, name) for name in (
        "incomplete", "ready", "scheduled", "publishing", "in_review", "live", "failed", "deactivated")])  # fmt: skip

    class Meta:
        managed, db_table, app_label = False, "listing", "auth"

    @property
    def sku(self) -> str:
        return str(self.product.sku)


class ProductAdmin(admin.ModelAdmin):
    list_display = ("title", "image_url", "price", "currency", "quantity", "sku", "variant_count", "status")
    list_filter = ("status",)
    search_fields = ("title", "sku")
    ordering = ("-id",)
    list_per_page = 50


class ListingAdmin(admin.ModelAdmin):
    list_display = ("title", "sku", "shop", "price_low", "quantity", "score", "tab")
    list_filter = ("tab", "shop")
    list_select_related = ("shop", "product")
    search_fields = ("title", "product__sku")
    ordering = ("-id",)
    list_per_page = 50


plain, tuned = admin.AdminSite("plain"), admin.AdminSite("tuned")
for site in (plain, tuned):
    more = {} if site is plain else {"show_full_result_count": False}
    site.register(Product, type("Products", (ProductAdmin,), more))
    site.register(Listing, type("Listings", (ListingAdmin,), more))
urlpatterns = [path("plain/", plain.urls), path("tuned/", tuned.urls)]


def sign_in() -> str:
    """Django's own tables, an administrator and its session; answers the cookie."""
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.auth.models import User
    from django.contrib.sessions.backends.db import SessionStore
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    person = User.objects.create_superuser("bench", "bench@example.com", "x" * 12)
    session = SessionStore()
    session[SESSION_KEY], session[BACKEND_SESSION_KEY] = str(person.pk), "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session.create()
    return f"sessionid={session.session_key}"


application = get_wsgi_application()

if __name__ == "__main__":
    print(sign_in())
