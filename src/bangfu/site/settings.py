"""Django's settings. Importing them needs no running database.

Without DATABASE_URL the embedded PostgreSQL is meant; `site.start` starts it. Three aliases lead to one
database: `default` is the web role, which owns nothing and is held by row-level policies; `owner`
migrates and does nothing else; `public` reads open notices and does nothing else.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict

from bangfu.books.walls import roles
from bangfu.core.errors import UsageError
from bangfu.core.language import Text
from bangfu.site import embedded

_SOURCE = Path(__file__).parents[3]
REPOSITORY = _SOURCE if (_SOURCE / "pyproject.toml").exists() else Path.cwd()

DATABASE_URL = os.environ.get("DATABASE_URL", "")
# Only who migrates needs it; a web server runs without.
OWNER_URL = os.environ.get("BANGFU_OWNER_URL", "")
# The public notices; without it they are away, for the web role never reads for them.
PUBLIC_URL = os.environ.get("BANGFU_PUBLIC_URL", "")
DATA = Path(os.environ.get("BANGFU_DATA") or embedded.default_data(REPOSITORY))

FILE_UPLOAD_HANDLERS = [
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "bangfu.web.receiving.ReceivedFile",
]
# Uploaded files, sealed. Outside every folder that is served.
UPLOADS = Path(os.environ.get("BANGFU_UPLOADS") or DATA.parent / "uploads")


def _listed(name: str) -> list[str]:
    """A comma-separated setting of the environment."""
    return [part.strip() for part in os.environ.get(name, "").split(",") if part.strip()]


def _database(url: str, user: str) -> dict[str, Any]:
    """One alias of the database at `url`, or of the embedded server when there is no URL."""
    known: dict[str, Any] = (
        _parsed(url)
        if url
        else {"host": str(embedded.at(DATA).socket), "user": user, "dbname": embedded.DATABASE}
    )
    return {
        "ENGINE": "django.db.backends.postgresql",
        "HOST": known.pop("host", ""),
        "PORT": known.pop("port", ""),
        "NAME": known.pop("dbname", embedded.DATABASE),
        "USER": known.pop("user", user),
        "PASSWORD": known.pop("password", ""),
        "CONN_HEALTH_CHECKS": True,
        "CONN_MAX_AGE": 600,
        "OPTIONS": {"prepare_threshold": 3} | known,
    }


def _parsed(url: str) -> dict[str, Any]:
    try:
        return dict(conninfo_to_dict(url))
    except ProgrammingError:
        # The URL may hold a password, so it is not shown.
        raise UsageError(
            Text(
                "数据库地址不对，应为 postgresql://用户:密码@主机:端口/库名。",
                "The database's address is not postgresql://user:password@host:port/name.",
            )
        ) from None


DATABASES = {
    "default": _database(DATABASE_URL, roles.WEB),
    "owner": _database(OWNER_URL or DATABASE_URL, roles.OWNER),
    "public": _database(PUBLIC_URL or DATABASE_URL, roles.PUBLIC),
}
if not PUBLIC_URL:
    DATABASES["public"] |= {"USER": roles.PUBLIC, "PASSWORD": ""}
DATABASE_ROUTERS = ["bangfu.site.routers.OwnerMigrates"]

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "axes",
    "csp",
    "procrastinate.contrib.django",
    # Before ninja, whose documentation page it gives a language.
    "bangfu.web",
    # Its documentation page's scripts, served from here.
    "ninja",
    "pgtrigger",
    "pghistory",
    "bangfu.books.journal",
    "bangfu.books.places",
    "bangfu.books.accounts",
    "bangfu.books.attachments",
    "bangfu.books.jobs",
    "bangfu.books.households",
    "bangfu.books.crossing",
    "bangfu.books.screening",
    "bangfu.books.notices",
    "bangfu.books.assistance",
    "bangfu.books.cases",
    "bangfu.books.projects",
    "bangfu.books.assets",
    "bangfu.books.funds",
    "bangfu.books.payments",
    "bangfu.books.tracing",
    "bangfu.books.indicators",
    "bangfu.books.red_flags",
    "bangfu.books.supervision",
    "bangfu.books.grievances",
    "bangfu.books.publishing",
    "bangfu.books.intake",
    "bangfu.books.desk",
    "bangfu.books.social_registry",
    # Last: when every app has migrated it grants rights and refuses a table without its policy.
    "bangfu.books.walls",
]
AUTH_USER_MODEL = "accounts.Operator"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Pages need it; commands do not. On an embedded database it comes from the key (site.start).
SECRET_KEY = os.environ.get("BANGFU_SECRET_KEY", "")
PRODUCTION = bool(DATABASE_URL)
DEBUG = False
ALLOWED_HOSTS = _listed("BANGFU_HOSTS") or (
    [] if PRODUCTION else ["localhost", "127.0.0.1", "[::1]"]
)
CSRF_FAILURE_VIEW = "bangfu.site.faults.stale"
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in ALLOWED_HOSTS if PRODUCTION]

# Kinds of background work are read by who does it or shows it (jobs.kinds.discover).
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = ""
# Names are read character by character; the dictionary of phrases takes 0.4 s to load, of every command.
os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")

# Triggers are installed as the models declare them, after every migration, and not kept in migrations:
# a new database would draw up the whole state of the models again for each of three hundred of them.
PGTRIGGER_MIGRATIONS = False
PGTRIGGER_INSTALL_ON_MIGRATE = True

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "bangfu.site.middleware.Circumstances",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "bangfu.site.urls"
WSGI_APPLICATION = "bangfu.site.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": [
                "bangfu.web.templatetags.bangfu",
                "bangfu.books.accounts.templatetags.persons",
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "bangfu.site.furniture.furniture",
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.DjangoTemplates"

AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "bangfu.books.accounts.backends.OperatorBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}", "OPTIONS": options}
    for name, options in (
        ("UserAttributeSimilarityValidator", {"user_attributes": ("username", "display_name")}),
        ("MinimumLengthValidator", {"min_length": 10}),
        ("CommonPasswordValidator", {}),
        ("NumericPasswordValidator", {}),
    )
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "home"

# The site's address as villagers reach it, for QR codes; without it, the request's own host.
SITE_URL = os.environ.get("BANGFU_SITE_URL", "").rstrip("/")

# What the identifiers of published projects begin with. The standard hands a prefix out to a publisher on
# request; this one is a placeholder and belongs to nobody.
OC4IDS_PREFIX = os.environ.get("BANGFU_OC4IDS_PREFIX", "oc4ids-bangfu")

SESSION_ENGINE = "bangfu.books.accounts.session_store"
SESSION_COOKIE_AGE = 12 * 3600  # a working day
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PRODUCTION
SECURE_HSTS_SECONDS = 31_536_000 if PRODUCTION else 0
SECURE_SSL_REDIRECT = PRODUCTION and not os.environ.get("BANGFU_PLAIN_HTTP")
# Behind a county's own reverse proxy, which must set the header itself.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if PRODUCTION else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        # ECharts sizes its drawing with style attributes.
        "style-src": ["'self'"],
        "style-src-attr": ["'unsafe-inline'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'none'"],
        "manifest-src": ["'self'"],
    }
}

STATIC_URL = "static/"
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
# A county's workbooks in one go; what is larger is refused before it is read.
MAX_REQUEST = 256 * 2**20
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 2**20
# A bulk decision names up to 5,000 cases, each a field of the form.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 12_000

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
USE_I18N = True
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True

AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25  # hours
# A county's offices share one address behind their router: locking by address would lock out everybody
# there, and lock out nobody who changes it. So an account is locked, whoever tries it, for minutes only;
# its keeper opens it sooner (/admin/operators/).
AXES_LOCKOUT_PARAMETERS = ["username"]
SILENCED_SYSTEM_CHECKS = ["axes.W006"]  # asks for the address among them
AXES_LOCKOUT_CALLABLE = "bangfu.books.accounts.views.locked"
AXES_RESET_ON_SUCCESS = True
AXES_VERBOSE = False
AXES_ENABLE_ACCESS_FAILURE_LOG = False

# Actor, reason and request stand in each history row itself (books.walls.history), so the package's
# own context table stays empty.
PGHISTORY_CONTEXT_FIELD = None
PGHISTORY_APPEND_ONLY = True
