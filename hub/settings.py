"""Django's settings; what differs between hubs comes from :class:`hub.home.Home`."""

from __future__ import annotations

import os

from hub import keys
from hub.home import Home

HOME = Home.from_environment()

SECRET_KEY = keys.load(HOME).session
DEBUG = False
# Nothing of ours is built from the Host header: codes and boards take the address from --url.
# People's pages answer to these names and to addresses only (hub.guard.middleware).
ALLOWED_HOSTS = ["*"]
PAGE_HOSTS = {"localhost", *HOME.page_hosts()}
AUTHENTICATION_BACKENDS = ["hub.guard.backend.LockingBackend"]

INSTALLED_APPS = [
    # The admin's modules are found when its pages are asked for, not at every command's start.
    "django.contrib.admin.apps.SimpleAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "hub.intake",
    "hub.tracing",
    "hub.compliance",
    "hub.desk",
    "hub.trust",
    "hub.places",
    "hub.retention",
    "hub.carry",
    "hub.visitors",
    "hub.owners",
    "hub.guard",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "hub.guard.middleware.Guard",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "hub.urls"
CSRF_FAILURE_VIEW = "hub.visitors.pages.unsent"
WSGI_APPLICATION = "hub.wsgi.application"
TEMPLATES = [
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
]

DATABASES = {"default": HOME.django_database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# A batch has at most 256 KiB (wire.batch.MAX_BYTES) and is weighed by the view itself.
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024

LARGEST_FORM = 24 * 1024 * 1024
"""A list of people (hub.lists.MAX_BYTES) with the rest of its form."""

# Photos and lists of people are read in memory: nobody's name is spooled to a disk.
FILE_UPLOAD_MAX_MEMORY_SIZE = LARGEST_FORM

PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "/admin/login/"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 3600
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

LANGUAGE_CODE = "vi"
LANGUAGES = [("vi", "Tiếng Việt"), ("en", "English")]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Ho_Chi_Minh"

STATIC_URL = "/static/"
# Served from the installed packages: nothing has to be collected before a first start.
WHITENOISE_USE_FINDERS = True

LOG_LEVEL = os.environ.get("HUB_LOG", "warning").upper()
"""``HUB_LOG=debug`` says more on standard error; nothing personal at any level."""

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": LOG_LEVEL},
    "loggers": {
        "django": {"handlers": [], "level": LOG_LEVEL, "propagate": True},
        # Each refused request would be a line; the receipts and refusals tables tell more.
        "django.request": {"level": "ERROR"},
        "django.security": {"level": "ERROR"},
    },
}
