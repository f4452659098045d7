"""Django's settings: what is the same everywhere. What may differ is in `environment.py`."""

from pathlib import Path

import dj_database_url
from csp.constants import NONE, SELF

from equipage.environment import ROOT, Environment

ENVIRONMENT = Environment.read()

BASE_DIR: Path = ROOT
DEBUG = ENVIRONMENT.debug
DEMO = ENVIRONMENT.demo
SECRET_KEY = ENVIRONMENT.secret_key
ALLOWED_HOSTS = list(ENVIRONMENT.allowed_hosts)
CSRF_TRUSTED_ORIGINS = list(ENVIRONMENT.trusted_origins)

FLOORS = [
    "equipage.foundation",
    "equipage.territory",
    "equipage.people",
    "equipage.messaging",
    "equipage.teams",
    "equipage.projects",
    "equipage.recognition",
    "equipage.agreements",
    "equipage.coordination",
    "equipage.meetings",
    "equipage.protocols",
    "equipage.prevention",
    "equipage.funding",
    "equipage.books",
    "equipage.payments",
    "equipage.compensation",
    "equipage.indicators",
    "equipage.support",
    "equipage.disputes",
    "equipage.controls",
    "equipage.orientation",
    "equipage.web",
]
if ENVIRONMENT.clinical:
    # The vault: optional, with its own database and keys. Nothing imports it; without it nothing of it exists.
    FLOORS.append("equipage.clinical")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.forms",
    "django_htmx",
    "template_partials.apps.SimpleAppConfig",
    "django_filters",
    "django_tasks",
    "django_tasks_db",
    "axes",
    "csp",
    *FLOORS,
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    # Pages on a slow phone network; each answer gets random bytes against guessing (BREACH), tokens are masked.
    "django.middleware.gzip.GZipMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "equipage.foundation.access.AccessMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "equipage.urls"
WSGI_APPLICATION = "equipage.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "equipage.web.context.shell",
            ],
            "loaders": [
                (
                    "template_partials.loader.Loader",
                    [
                        (
                            "django.template.loaders.cached.Loader",
                            ["django.template.loaders.app_directories.Loader"],
                        )
                    ],
                )
            ],
            "builtins": [
                "template_partials.templatetags.partials",
                "equipage.foundation.templatetags.french",
                "equipage.web.templatetags.components",
            ],
        },
    },
]
FORM_RENDERER = "equipage.web.forms.Renderer"

_SQLITE = (
    "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA mmap_size=134217728; "
    "PRAGMA cache_size=-20000; PRAGMA temp_store=MEMORY; PRAGMA journal_size_limit=27103364;"
)
DATABASES = {"default": dj_database_url.parse(ENVIRONMENT.database_url)}
DATABASE_ROUTERS: list[str] = []
if ENVIRONMENT.clinical:
    DATABASES["clinical"] = dj_database_url.parse(ENVIRONMENT.clinical_database_url)
    DATABASE_ROUTERS.append("equipage.clinical.router.VaultRouter")
for _alias, _database in DATABASES.items():
    if _database["ENGINE"].endswith("sqlite3"):
        # Measured: without IMMEDIATE, two thirds of read-then-write requests fail under load. In the vault what is
        # deleted is overwritten: an erased key must not stay in a free page.
        _database["OPTIONS"] = {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": _SQLITE + (" PRAGMA secure_delete=ON;" if _alias == "clinical" else ""),
        }
    else:
        _database["CONN_MAX_AGE"] = 60
        _database["CONN_HEALTH_CHECKS"] = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "people.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
CSRF_FAILURE_VIEW = "equipage.web.views.csrf_failure"
LOGIN_URL = "people:login"
LOGIN_REDIRECT_URL = "web:home"
LOGOUT_REDIRECT_URL = "web:home"
# Our form names its field so; axes would look for "email", count everybody together and lock nobody.
AXES_USERNAME_FORM_FIELD = "username"
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_CALLABLE = "equipage.people.views.locked_out"
AXES_IPWARE_PROXY_COUNT = ENVIRONMENT.proxies or None
AXES_VERBOSE = False

# A known phone stays signed in for a month: nobody should type a password between two visits.
SESSION_COOKIE_AGE = 30 * 24 * 3600
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = ENVIRONMENT.https
SESSION_COOKIE_HTTPONLY = True
SECURE_HSTS_SECONDS = 31_536_000 if ENVIRONMENT.https else 0
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "font-src": [SELF],
        "img-src": [SELF, "data:"],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "worker-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

LANGUAGE_CODE = "fr"
TIME_ZONE = "Europe/Paris"
USE_I18N = True
USE_TZ = True
USE_THOUSAND_SEPARATOR = True

STATIC_URL = "/static/"
STATIC_ROOT = ENVIRONMENT.var / "static"
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(ENVIRONMENT.var / "files")},
    },
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
# What is too heavy is not stored while it arrives.
FILE_UPLOAD_HANDLERS = [
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "equipage.foundation.documents.receiving.LimitedUploadHandler",
]
# How long a phone keeps what its card needs without a network (short names), counted from its last contact.
OFFLINE_DAYS = ENVIRONMENT.offline_days
# By when the association answers a dispute, in working days: a promise of its own, no legal delay.
DISPUTE_DAYS = ENVIRONMENT.dispute_days
# Under which licence the figures of the public account may be used again; whoever publishes them decides.
DATA_LICENCE = ENVIRONMENT.data_licence

FILE_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
DATA_UPLOAD_MAX_MEMORY_SIZE = 6_291_456

# The antivirus that files handed in are shown to (see foundation.documents.scanning), and how long it may take.
SCAN_COMMAND = ENVIRONMENT.scan_command
SCAN_SECONDS = 120

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default"]}}

EMAIL_BACKEND = "equipage.messaging.mail.OutgoingBackend"
EMAIL_HOST = ENVIRONMENT.smtp_host
EMAIL_PORT = ENVIRONMENT.smtp_port
EMAIL_HOST_USER = ENVIRONMENT.smtp_user
EMAIL_HOST_PASSWORD = ENVIRONMENT.smtp_password
EMAIL_USE_TLS = ENVIRONMENT.smtp_tls
DEFAULT_FROM_EMAIL = ENVIRONMENT.mail_from
SITE_ADDRESS = ENVIRONMENT.site_address

RULEPACKS = ROOT / "rulepacks"
REFERENCE = ROOT / "reference"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {"axes": {"level": "WARNING"}, "typst": {"level": "ERROR"}},
}
