"""django-helpdesk as a site: the settings of a new Django project and what django-helpdesk needs, with SQLite and the
sent mails in memory. Requests reach it as from a web server."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import django
from django.conf import settings

HOST = "care.example"
# Django reads the routes here. They can be imported only after it is set up.
urlpatterns = list[Any]()
_SETTINGS = {
    "ALLOWED_HOSTS": [HOST],
    "DATABASES": {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    "DEFAULT_AUTO_FIELD": "django.db.models.AutoField",
    "EMAIL_BACKEND": "django.core.mail.backends.locmem.EmailBackend",
    "HELPDESK_TEAMS_MODE_ENABLED": False,
    "INSTALLED_APPS": [
        *(f"django.contrib.{name}" for name in ("admin", "auth", "contenttypes", "humanize", "messages", "sessions")),
        *(f"django.contrib.{name}" for name in ("sites", "staticfiles")),
        "django_cleanup",
        "rest_framework",
        "helpdesk",
    ],
    "LOGGING_CONFIG": None,
    "MIDDLEWARE": [
        "django.middleware.security.SecurityMiddleware",
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
        "django.middleware.clickjacking.XFrameOptionsMiddleware",
    ],
    "ROOT_URLCONF": __name__,
    "SECRET_KEY": "of a bench, on this machine only",
    "SITE_ID": 1,
    "STATIC_URL": "/static/",
    "TEMPLATES": [
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "APP_DIRS": True,
            "OPTIONS": {
                "context_processors": [
                    "django.template.context_processors.request",
                    "django.contrib.auth.context_processors.auth",
                    "django.contrib.messages.context_processors.messages",
                ]
            },
        }
    ],
    "USE_TZ": True,
}


def set_up() -> None:
    settings.configure(**_SETTINGS)
    django.setup()
    from django.contrib import admin
    from django.core.management import call_command
    from django.urls import include, path

    urlpatterns.extend([path("admin/", admin.site.urls), path("", include("helpdesk.urls"))])
    call_command("migrate", verbosity=0)


def request(method: str, path: str, fields: dict[str, str], cookie: str, answer: str = "200 OK") -> Callable[[], str]:
    """What serves this request with this answer; it returns the page."""
    from django.core.wsgi import get_wsgi_application
    from django.test import RequestFactory

    browser, sent = RequestFactory(HTTP_HOST=HOST, HTTP_COOKIE=cookie), urlencode(fields)
    if method == "GET":
        made = browser.generic(method, path, QUERY_STRING=sent)
    else:
        made = browser.generic(method, path, sent, "application/x-www-form-urlencoded")
    application = get_wsgi_application()

    def serve() -> str:
        statuses = list[str]()
        response = application(made.environ, lambda status, headers: statuses.append(status))
        page = b"".join(response).decode()
        response.close()
        assert statuses == [answer], (statuses, page)
        return page

    return serve
