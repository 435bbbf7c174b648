"""All settings. With nothing in the environment the site runs from SQLite in var/, for this machine only.

Read from the environment: HOST, PORT, DATABASE_URL, DATABASE_POOL, SECRET_KEY, ALLOWED_HOSTS, DEBUG, HTTPS.
A value that makes no sense raises ImproperlyConfigured, which manage.py prints as one line.
"""

import os
import tempfile
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import dj_database_url
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.core.management.utils import get_random_secret_key

BASE_DIR = Path(__file__).resolve().parent.parent
VAR = BASE_DIR / "var"


def env_bool(name: str, default: bool) -> bool:
    value = os.environ.get(name, "").strip().lower()
    if not value:
        return default
    if value not in {"1", "true", "yes", "on", "0", "false", "no", "off"}:
        raise ImproperlyConfigured(f"{name} must be on or off, not {value!r}.")
    return value in {"1", "true", "yes", "on"}


def env_list(name: str, default: list[str]) -> list[str]:
    """Read words separated by commas."""
    return [word for part in os.environ.get(name, "").split(",") if (word := part.strip())] or default


def env_port(name: str, default: int) -> int:
    value = os.environ.get(name, "").strip() or str(default)
    if not (value.isascii() and value.isdigit() and 1 <= int(value) <= 65535):
        raise ImproperlyConfigured(f"{name} must be a number from 1 to 65535, not {value!r}.")
    return int(value)


def secret_key() -> str:
    """Read SECRET_KEY, or the key that the first start kept in var/."""
    if key := os.environ.get("SECRET_KEY", ""):
        return key
    path = VAR / "secret_key"
    if not path.exists():
        VAR.mkdir(exist_ok=True)
        # mkstemp makes a file for its owner alone, and link() never replaces one:
        # of two first starts at once, both end with the key of the faster.
        descriptor, draft = tempfile.mkstemp(dir=VAR)
        with os.fdopen(descriptor, "w") as file:
            file.write(get_random_secret_key())
        with suppress(FileExistsError):
            os.link(draft, path)
        os.unlink(draft)
    return path.read_text()


def database() -> dict[str, Any]:
    """Read DATABASE_URL, by default SQLite in var/; the message of a refusal never repeats its password."""
    url = os.environ.get("DATABASE_URL", "").strip()
    if not url:
        VAR.mkdir(exist_ok=True)
        url = f"sqlite:///{VAR / 'story.sqlite3'}"
    scheme = url.partition(":")[0]
    try:
        # Persistent connections stay off (0), since PostgreSQL's come from the pool below.
        config: dict[str, Any] = dict(dj_database_url.parse(url, conn_max_age=0))
    except ValueError:
        config = {}
    if scheme not in {"sqlite", "postgres", "postgresql"} or not config.get("NAME"):
        raise ImproperlyConfigured(
            "DATABASE_URL must read like sqlite:////folder/file.sqlite3 or postgres://user:password@host:5432/name."
        )
    config["OPTIONS"] = (SQLITE_OPTIONS if scheme == "sqlite" else POSTGRESQL_OPTIONS) | config.get("OPTIONS", {})
    # The pool asks a connection for a sign of life before it lends it, so a restarted server costs no failed page.
    config["CONN_HEALTH_CHECKS"] = scheme != "sqlite"
    return config


# Where `manage.py serve` listens.
HOST = os.environ.get("HOST", "").strip() or "127.0.0.1"
PORT = env_port("PORT", 8000)
# Pages take milliseconds of Python, which one thread at a time can run; a few more keep it busy while others wait for
# the database. The pool below lends each of them a connection.
SERVER_THREADS = 8

DEBUG = env_bool("DEBUG", False)
SECRET_KEY = secret_key()
ALLOWED_HOSTS = env_list("ALLOWED_HOSTS", ["localhost", "127.0.0.1", "[::1]"])

INSTALLED_APPS = [
    "modeltranslation",
    "taggit",
    "entities",
    "articles",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.sitemaps",
    "django.contrib.staticfiles",
    "simple_history",
    "axes",
    "csp",
]

# What sets headers stands outside, so that static files, redirects and errors carry them too.
MIDDLEWARE = [
    "csp.middleware.CSPMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "config.middleware.cross_origin_resource_policy",
    "config.middleware.api_for_other_sites",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "config.middleware.vary_of_kept_copies",
    # Django pads each answer at random, so that its length tells nothing about the secrets of the admin's forms.
    "django.middleware.gzip.GZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "config.middleware.language_of_address",
    "config.middleware.former_addresses",
    "config.middleware.link_header",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
    # axes asks to be last.
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

SQLITE_OPTIONS = {
    # Taking the write lock at the start makes a second writer wait `timeout` seconds instead of failing half-way.
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    # WAL lets readers go on while one writes; FULL keeps every acknowledged write, whatever dies.
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON",
}
# config.wsgi asks for the pool; a command needs one connection and says at once, in one line, why it gets none.
# Compiling a query takes PostgreSQL hundreds of milliseconds, which it spends wherever it expects too many rows.
POSTGRESQL_OPTIONS: dict[str, Any] = {"options": "-c jit=off"} | (
    {"pool": {"min_size": 1, "max_size": SERVER_THREADS, "timeout": 10}} if env_bool("DATABASE_POOL", False) else {}
)
DATABASES = {"default": database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# A text that is too long for an article still reaches its form, which says so and keeps it.
DATA_UPLOAD_MAX_MEMORY_SIZE = 8_000_000

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("fr", "Français")]
LOCALE_PATHS = [BASE_DIR / "config" / "locale"]
TIME_ZONE = "UTC"
# Content has one language more than the interface: a column cannot be added later without touching every table.
MODELTRANSLATION_LANGUAGES = ("en", "fr", "zh-hans")
MODELTRANSLATION_DEFAULT_LANGUAGE = "en"
MODELTRANSLATION_FALLBACK_LANGUAGES = ("en",)

TAGGIT_CASE_INSENSITIVE = True

# The reason of a change may be a paragraph; entities.history adds the index that its pages use.
SIMPLE_HISTORY_HISTORY_CHANGE_REASON_USE_TEXT_FIELD = True
SIMPLE_HISTORY_DATE_INDEX = False

STATIC_URL = "/static/"
STATIC_ROOT = VAR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
# The resource policy below says same-origin; whitenoise's default would say the opposite.
WHITENOISE_ALLOW_ALL_ORIGINS = False

# Nosniff, Referrer-Policy and Cross-Origin-Opener-Policy same-origin and X-Frame-Options DENY are Django's defaults.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    },
}
PERMISSIONS_POLICY: dict[str, list[str]] = {
    feature: []
    for feature in (
        "accelerometer",
        "camera",
        "display-capture",
        "geolocation",
        "gyroscope",
        "hid",
        "idle-detection",
        "magnetometer",
        "microphone",
        "midi",
        "payment",
        "screen-wake-lock",
        "serial",
        "usb",
        "xr-spatial-tracking",
    )
}

# HTTPS=on: a proxy in front speaks TLS, and it sets or strips X-Forwarded-Proto on every request.
HTTPS = env_bool("HTTPS", False)
if HTTPS:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = int(timedelta(days=365).total_seconds()) if HTTPS else 0
# Binding every subdomain and the browsers' preload lists is for the owner of the domain to decide, not for one site.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
# An editor logs in once a week; a form left open overnight can still be saved.
SESSION_COOKIE_AGE = int(timedelta(days=7).total_seconds())

AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "admin:login"

# Five wrong passwords lock the name for that address; locking the name everywhere would let anyone lock an editor out.
# The address is the connection's own: a client can write anything into X-Forwarded-For.
AXES_FAILURE_LIMIT = 5
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_TEMPLATE = "429.html"
AXES_VERBOSE = False

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        "django": {"handlers": [], "level": "INFO" if DEBUG else "WARNING"},
        # Pages that do not exist, hosts that are not served and endless forms are asked for all day long: no error of
        # the site.
        "django.request": {"level": "ERROR"},
        "django.security.DisallowedHost": {"level": "CRITICAL"},
        "django.security.TooManyFieldsSent": {"level": "CRITICAL"},
    },
}
