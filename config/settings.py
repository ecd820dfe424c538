"""All settings, from the environment. docs/settings.md lists them; a test holds that list to this file."""

from __future__ import annotations

import ipaddress
import json
import os
import re
import secrets
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.core.validators import validate_email
from django_guid.integrations.celery import CeleryIntegration

BASE_DIR = Path(__file__).resolve().parent.parent

env = environ.Env()


def _own_secret(folder: Path) -> str:
    """A secret made once and kept in the data folder, for an installation on one machine."""
    path = folder / "secret_key"
    if not path.exists():
        # Written aside and linked into place, so that of several processes one wins and none reads half of it.
        aside = folder / f"secret_key.{os.getpid()}"
        with open(os.open(aside, os.O_WRONLY | os.O_CREAT, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(50))
        with suppress(FileExistsError):
            os.link(aside, path)
        aside.unlink()
    return path.read_text()


def _number(name: str, default: float, least: float, most: float) -> float:
    """A number within bounds from the environment."""
    text = env.str(name, default=str(default))
    try:
        number = float(text)
    except ValueError:
        number = float("nan")
    if not least <= number <= most:
        raise ImproperlyConfigured(f"{name} must be a number from {least:g} to {most:g}, not {text!r}.")
    return number


def _networks(name: str) -> list[str]:
    """Networks from the environment, none unless it is set."""
    networks: list[str] = env.list(name, default=[])
    for network in networks:
        try:
            ipaddress.ip_network(network)
        except ValueError as error:
            raise ImproperlyConfigured(f"{name}: {error}. Write networks as 127.0.0.0/8,10.1.0.0/16.") from error
    return networks


def _json_object(name: str, *, secret: bool = False) -> dict[str, object]:
    """A JSON object from the environment, empty unless it is set. One that is `secret` is not shown if it is none."""
    text = env.str(name, default="") or "{}"
    try:
        value = json.loads(text)
    except ValueError:
        value = None
    if not isinstance(value, dict):
        meant = '{"user@host": "…"}.' if secret else f'{{"bucket_name": "archive"}}, not {text!r}.'
        raise ImproperlyConfigured(f"{name} must be a JSON object such as {meant}")
    return value


# The machine -----------------------------------------------------------------------------------------

DATA_DIR = Path(env.str("DATA_DIR", default=str(BASE_DIR / "var"))).resolve()
DATA_DIR.mkdir(parents=True, exist_ok=True)

DEBUG = env.bool("DEBUG", default=False)
BASE_URL = env.str("BASE_URL", default="http://127.0.0.1:8000").rstrip("/")
if urlsplit(BASE_URL).scheme not in {"http", "https"} or not urlsplit(BASE_URL).hostname:
    raise ImproperlyConfigured(f"BASE_URL must be an address such as https://pledges.example.org, not {BASE_URL!r}.")
IS_HTTPS = BASE_URL.startswith("https://")
ALLOWED_HOSTS = env.list(
    "ALLOWED_HOSTS", default=sorted({"localhost", "127.0.0.1", "[::1]", urlsplit(BASE_URL).hostname})
)

DATABASES = {"default": env.db("DATABASE_URL", default=f"sqlite:///{DATA_DIR / 'pledgewatch.sqlite3'}")}
if DATABASES["default"].get("ENGINE") not in {"django.db.backends.sqlite3", "django.db.backends.postgresql"}:
    raise ImproperlyConfigured(
        "DATABASE_URL must be like postgres://user:password@host:5432/name or sqlite:////a/file."
    )
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 60,  # an import of thousands of commitments is one transaction
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
else:
    DATABASES["default"]["CONN_MAX_AGE"] = int(_number("CONN_MAX_AGE", 60, 0, 86_400))
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
    # Compiling a query takes PostgreSQL longer than running ours, and so does calling other processes to help; and what
    # pages ask for is in memory, where going from place to place costs next to nothing.
    options = "-c jit=off -c max_parallel_workers_per_gather=0 -c random_page_cost=1.1"
    DATABASES["default"].setdefault("OPTIONS", {}).setdefault("options", options)

SECRET_KEY = env.str("SECRET_KEY", default="")
SECRET_KEY_IS_THIS_MACHINES = not SECRET_KEY
if SECRET_KEY_IS_THIS_MACHINES:
    SECRET_KEY = _own_secret(DATA_DIR)
#: Keys of before: what they signed, such as links in old mails, still holds.
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])

# The instance: whose it is ---------------------------------------------------------------------------

SITE_NAME = env.str("SITE_NAME", default="Pledgewatch")
SITE_LOGO = env.str("SITE_LOGO", default="")
SITE_CONTACT = env.str("SITE_CONTACT", default="")
DEFAULT_FROM_EMAIL = env.str("MAIL_FROM", default=f"{SITE_NAME} <pledgewatch@localhost>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
try:
    globals().update(env.email_url("EMAIL_URL", default="consolemail://"))
except (ImproperlyConfigured, ValueError) as error:
    raise ImproperlyConfigured(
        f"EMAIL_URL must be an address such as smtp://mail.example.org:25 or consolemail:// ({error})."
    ) from error

# Open data -------------------------------------------------------------------------------------------

DATA_LICENCE = env.str("DATA_LICENCE", default="Creative Commons Attribution 4.0 International")
DATA_LICENCE_URL = env.str("DATA_LICENCE_URL", default="https://creativecommons.org/licenses/by/4.0/")
if urlsplit(DATA_LICENCE_URL).scheme not in {"http", "https"}:
    raise ImproperlyConfigured(f"DATA_LICENCE_URL must be the address of the licence, not {DATA_LICENCE_URL!r}.")
API_REQUESTS_PER_MINUTE = int(_number("API_REQUESTS_PER_MINUTE", 120, 1, 1_000_000))

# Watching over it --------------------------------------------------------------------------------------

METRICS_TOKEN = env.str("METRICS_TOKEN", default="")

# Statuses --------------------------------------------------------------------------------------------

#: Whether a final status is proposed by one person and confirmed by another.
SECOND_EDITOR = env.bool("SECOND_EDITOR", default=False)

# The public pages -------------------------------------------------------------------------------------

#: For how long a page that was made for one reader is shown to others as well. 0 makes each one anew.
PAGES_KEPT = timedelta(seconds=_number("PAGES_KEPT_SECONDS", 3, 0, 5))

# The watch -------------------------------------------------------------------------------------------

FETCH_ALLOW_NETWORKS = _networks("FETCH_ALLOW_NETWORKS")
FETCH_USER_AGENT = env.str(
    "FETCH_USER_AGENT", default=f"Pledgewatch/0.1 (+{BASE_URL}; {SITE_CONTACT or 'no contact set'})"
)
FETCH_HOST_PAUSE = timedelta(seconds=_number("FETCH_HOST_PAUSE_SECONDS", 1, 0, 3600))
#: For how long a worker has a source (or a backfill) to itself without a sign of life; then another takes it over.
POLL_LEASE = timedelta(seconds=_number("POLL_LEASE_SECONDS", 300, 10, 3600))

ALERTS_TO = env.list("ALERTS_TO", default=[])
for address in ALERTS_TO:
    try:
        validate_email(address)
    except ValidationError as error:
        raise ImproperlyConfigured(
            f"ALERTS_TO: {address!r} is no mail address. Write them as ann@example.org,ben@example.org."
        ) from error

MAILBOX_PASSWORDS = _json_object("MAILBOX_PASSWORDS", secret=True)

# 0 keeps for ever.
POLLS_KEPT_DAYS = int(_number("POLLS_KEPT_DAYS", 90, 0, 36_500))
POLLS_KEPT_PER_SOURCE = int(_number("POLLS_KEPT_PER_SOURCE", 100, 1, 1_000_000))
SNAPSHOTS_UNCITED_KEPT_DAYS = int(_number("SNAPSHOTS_UNCITED_KEPT_DAYS", 7, 1, 36_500))
SNAPSHOTS_KEPT_DAYS = int(_number("SNAPSHOTS_KEPT_DAYS", 0, 0, 36_500))

# Signing in ------------------------------------------------------------------------------------------

#: Where the admin is, without slashes at its ends.
ADMIN_PATH = env.str("ADMIN_PATH", default="admin").strip("/")
if not re.fullmatch(r"[\w-]+(/[\w-]+)*", ADMIN_PATH, re.ASCII):
    raise ImproperlyConfigured(f"ADMIN_PATH must be a path of letters, digits and dashes, not {ADMIN_PATH!r}.")
#: From where alone the admin is there at all; empty: from everywhere.
ADMIN_ALLOW_NETWORKS = _networks("ADMIN_ALLOW_NETWORKS")
REQUIRE_TWO_FACTOR = env.bool("REQUIRE_TWO_FACTOR", default=False)
SIGNED_IN_IDLE = timedelta(minutes=_number("SIGNED_IN_IDLE_MINUTES", 120, 1, 10_080))
SIGNED_IN_AT_MOST = timedelta(hours=_number("SIGNED_IN_HOURS", 12, 0.1, 720))
LOGIN_URL, LOGIN_REDIRECT_URL = "admin:login", "admin:index"
SESSION_ENGINE = "commitments.staff.session_store"
SESSION_COOKIE_AGE = int(SIGNED_IN_AT_MOST.total_seconds())
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    *(
        {"NAME": f"django.contrib.auth.password_validation.{name}"}
        for name in ("UserAttributeSimilarityValidator", "CommonPasswordValidator", "NumericPasswordValidator")
    ),
]
# Failed sign-ins: see commitments/staff/sign_in.py.
AXES_HANDLER = "commitments.staff.sign_in.Limits"
AXES_FAILURE_LIMIT = 5
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"], "username", "ip_address"]
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_RESET_ON_SUCCESS = True
AXES_DISABLE_ACCESS_LOG = True
AXES_CLIENT_IP_CALLABLE = "commitments.clients.address_of"
AXES_LOCKOUT_CALLABLE = "commitments.staff.sign_in.refusal"
AXES_VERBOSE = False
OTP_TOTP_ISSUER = SITE_NAME
OTP_ADMIN_HIDE_SENSITIVE_DATA = True

# The demonstration -----------------------------------------------------------------------------------

DEMO_PORT = int(_number("DEMO_PORT", 8001, 0, 65_535))

# Mail ------------------------------------------------------------------------------------------------

CORRECTION_ADDRESS_KEPT_DAYS = int(_number("CORRECTION_ADDRESS_KEPT_DAYS", 90, 1, 3650))
SUBSCRIBE_MAILS_PER_HOUR = int(_number("SUBSCRIBE_MAILS_PER_HOUR", 500, 1, 1_000_000))
SUBSCRIBERS_PENDING_KEPT_DAYS = int(_number("SUBSCRIBERS_PENDING_KEPT_DAYS", 30, 7, 3650))
SUBSCRIBERS_LEFT_KEPT_DAYS = int(_number("SUBSCRIBERS_LEFT_KEPT_DAYS", 365, 1, 3650))
DIGEST_HOUR = int(_number("DIGEST_HOUR", 7, 0, 23))
# 0 keeps for ever.
DIGESTS_KEPT_DAYS = int(_number("DIGESTS_KEPT_DAYS", 365, 0, 36_500))
#: For how long a worker has a mail to itself without a sign of life; then another takes it over.
MAIL_CLAIM = timedelta(seconds=_number("MAIL_CLAIM_SECONDS", 120, 10, 3600))
# 0 knows no pace.
MAILS_PER_DOMAIN_A_MINUTE = int(_number("MAILS_PER_DOMAIN_A_MINUTE", 3000, 0, 1_000_000))
BOUNCE_ADDRESS = env.str("BOUNCE_ADDRESS", default="")
BOUNCE_MAILBOX = env.str("BOUNCE_MAILBOX", default="")
if BOUNCE_ADDRESS:
    try:
        validate_email(BOUNCE_ADDRESS)
    except ValidationError as error:
        raise ImproperlyConfigured(
            f"BOUNCE_ADDRESS: {BOUNCE_ADDRESS!r} is no mail address. Write it as bounces@example.org."
        ) from error

# Django ----------------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "tracker",
    "commitments",
    "config.apps.House",
    "config.apps.StaffAdmin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.sitemaps",
    "axes",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
    "django_guid",
]
MIDDLEWARE = [
    "commitments.views.kept.keep_pages",  # first, so that what is kept costs none of the others
    "config.admin_networks.hide_from_others",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django_guid.middleware.guid_middleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "commitments.staff.sessions.end_old_sessions",
    "commitments.audit.middleware.sign_what_requests_write",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "commitments.pages.site.context",
            ]
        },
    }
]
LANGUAGE_CODE = "en-gb"
TIME_ZONE = env.str("TIME_ZONE", default="Europe/London")
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", default=str(DATA_DIR / "static")))
STATIC_ROOT.mkdir(parents=True, exist_ok=True)
WHITENOISE_USE_FINDERS = True
_collected = (STATIC_ROOT / "staticfiles.json").exists()
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if _collected
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
    "snapshots": {
        "BACKEND": env.str("SNAPSHOTS_STORAGE", default="tracker.archive.storage.ArchiveStorage"),
        "OPTIONS": _json_object("SNAPSHOTS_STORAGE_OPTIONS"),
    },
}
MEDIA_ROOT = DATA_DIR / "media"
FILE_UPLOAD_HANDLERS = [
    "commitments.uploads.Bounded",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
CSRF_COOKIE_HTTPONLY = True
if IS_HTTPS:
    SECURE_SSL_REDIRECT = True
    SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
    SECURE_HSTS_SECONDS = int(timedelta(days=365).total_seconds())
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
    # Browsers take cookies of this name from this host alone, over https, so that no neighbour can plant one.
    SESSION_COOKIE_NAME = "__Host-sessionid"
    CSRF_COOKIE_NAME = "__Host-csrftoken"
    CSRF_TRUSTED_ORIGINS = [BASE_URL]
    if env.bool("BEHIND_PROXY", default=False):
        SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

LOG_FORMAT = env.str("LOG_FORMAT", default="line")
if LOG_FORMAT not in ("line", "json"):
    raise ImproperlyConfigured(f"LOG_FORMAT must be line or json, not {LOG_FORMAT!r}.")
#: Every line carries the id of the request or task that it belongs to.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"id": {"()": "django_guid.log_filters.CorrelationId"}},
    "formatters": {
        "line": {
            "()": "config.logs.OneLine",
            "format": "%(asctime)s %(levelname)s %(name)s %(correlation_id)s: %(message)s",
        },
        "json": {
            "()": "pythonjsonlogger.json.JsonFormatter",
            "format": "%(asctime)s %(levelname)s %(name)s %(correlation_id)s %(message)s",
            "rename_fields": {"asctime": "at", "levelname": "level", "name": "logger", "correlation_id": "id"},
        },
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": LOG_FORMAT, "filters": ["id"]}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
    "loggers": {
        "django.request": {"level": "ERROR"},
        "axes": {"level": "WARNING"},
        "django_guid": {"level": "WARNING"},
    },
}
#: A proxy may send the id; what is no UUID is replaced. Tasks carry on the id of what started them.
DJANGO_GUID = {
    "GUID_HEADER_NAME": "X-Request-ID",
    "VALIDATE_GUID": True,
    "RETURN_HEADER": True,
    "EXPOSE_HEADER": False,
    "INTEGRATIONS": [CeleryIntegration()],
}

# Celery ----------------------------------------------------------------------------------------------

CELERY_BROKER_URL = env.str("CELERY_BROKER_URL", default="embedded://localhost")
if CELERY_BROKER_URL.startswith("embedded:"):
    CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, object] = {"folder": str(DATA_DIR / "queue")}
    CELERY_WORKER_ENABLE_REMOTE_CONTROL = False
else:
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "visibility_timeout": 3600,
        "unacked_restore_interval": 10,
        "unacked_restore_throttle": 1,
        "socket_connect_timeout": 5,
        "socket_timeout": 30,
        "max_retries": 2,
    }
# Where the turns of hosts are kept, so that no host is asked twice at once: in the Redis that all workers share,
# or else in files under DATA_DIR.
_broker_is_redis = urlsplit(CELERY_BROKER_URL).scheme in {"redis", "rediss", "redis+socket", "unix"}
FETCH_TURNS_URL: str = env.str(
    "FETCH_TURNS_URL", default=CELERY_BROKER_URL.replace("redis+socket:", "unix:") if _broker_is_redis else ""
)
if FETCH_TURNS_URL and urlsplit(FETCH_TURNS_URL).scheme not in {"redis", "rediss", "unix"}:
    raise ImproperlyConfigured(f"FETCH_TURNS_URL must be like redis://host:6379/0, or empty, not {FETCH_TURNS_URL!r}.")
# What all processes count together, such as the requests of one client: in that Redis, or in files under DATA_DIR.
if _broker_is_redis:
    CACHES: dict[str, dict[str, object]] = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": CELERY_BROKER_URL.replace("redis+socket:", "unix:"),
        }
    }
else:
    CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
            "LOCATION": str(DATA_DIR / "cache"),
        }
    }
CELERY_TIMEZONE = TIME_ZONE
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = False  # the schedule finds lost work again; a poison task must not loop
CELERY_TASK_SOFT_TIME_LIMIT = 240
CELERY_TASK_TIME_LIMIT = 300
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 1, "interval_start": 0, "interval_step": 0.2}
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 30.0  # seconds
# Looked at after each task, in kilobytes; what a process has once taken it never gives back.
CELERY_WORKER_MAX_MEMORY_PER_CHILD = int(_number("WORKER_MAX_MEMORY_MB", 500, 100, 1_000_000)) * 1024
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# Beat keeps nothing on disk: what is due is in the database, so a killed beat leaves nothing to repair.
CELERY_BEAT_SCHEDULER = "celery.beat.Scheduler"
TICK_SECONDS = _number("TICK_SECONDS", 60, 1, 60)
_tick = {"schedule": TICK_SECONDS, "options": {"expires": TICK_SECONDS * 0.9}}
CELERY_BEAT_SCHEDULE = {
    "poll what is due": {"task": "tracker.poll_due", **_tick},
    "look again at what is relied on": {"task": "tracker.recheck_due", "schedule": 300.0, "options": {"expires": 290}},
    "tell staff what has gone bad": {"task": "tracker.tell_staff", **_tick},
    "link what is not linked": {"task": "commitments.link_pending", **_tick},
    "read new editions of tables": {"task": "commitments.read_tables", **_tick},
    "go on with what staff have brought": {"task": "commitments.go_on_with_imports", **_tick},
    "forget old changes": {"task": "commitments.forget_old_changes", "schedule": 3600.0, "options": {"expires": 3500}},
    "send the digests that are due": {"task": "commitments.send_digests", **_tick},
    "send the morning mail to staff": {"task": "commitments.send_staff_digests", **_tick},
    "read what came back": {"task": "commitments.take_bounces", "schedule": 300.0, "options": {"expires": 290}},
    "forget old digests": {"task": "commitments.forget_old_digests", "schedule": 3600.0, "options": {"expires": 3500}},
    "answer who asked for corrections": {"task": "commitments.answer_senders", **_tick},
    "forget who asked for corrections": {
        "task": "commitments.forget_senders",
        "schedule": 3600.0,
        "options": {"expires": 3500},
    },
    "forget who left or never confirmed": {
        "task": "commitments.forget_subscribers",
        "schedule": 3600.0,
        "options": {"expires": 3500},
    },
    "tell webhooks": {"task": "commitments.tell_webhooks", **_tick},
    # Once a day, by what stands in the database; asked more often, so that a beat that was restarted misses no day.
    "prune what is past its time": {"task": "tracker.prune", "schedule": 3600.0, "options": {"expires": 3500}},
}
