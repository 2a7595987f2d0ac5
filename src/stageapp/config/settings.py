"""All settings, from the environment; without any it runs on SQLite in `var/`.

Every variable read here is listed with its default in `docs/settings.md`; a test compares the two.
"""

import secrets
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import django_stubs_ext
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _
from environs import Env, validate

from stageapp.config import limits

django_stubs_ext.monkeypatch()

env = Env()

PACKAGE = Path(__file__).resolve().parent.parent
VAR = Path(env.str("STAGEAPP_VAR", "var")).resolve()


def kept_secret_key() -> str:
    """Return the key in `var/secret-key`, made on the first run, for those who set none."""
    path = VAR / "secret-key"
    if not path.exists():
        VAR.mkdir(parents=True, exist_ok=True)
        path.write_text(secrets.token_urlsafe(50))
        path.chmod(0o600)
    return path.read_text().strip()


def database() -> dict[str, Any]:
    """Return the database of `DATABASE_URL`, tuned for what it is."""
    VAR.mkdir(parents=True, exist_ok=True)
    config: dict[str, Any] = env.dj_db_url("DATABASE_URL", f"sqlite:///{VAR / 'stageapp.sqlite3'}")
    options = config.setdefault("OPTIONS", {})
    if config["ENGINE"].endswith("sqlite3"):
        # One writer at a time, taken at the start: no "database is locked" halfway a transaction.
        options |= {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;"
            "PRAGMA cache_size=-20000;PRAGMA foreign_keys=ON;",
        }
        config["CONN_MAX_AGE"] = 60
    elif env.bool("STAGEAPP_DATABASE_POOL", True):
        # Nobody meets an error, or waits half a minute for it, after the database was restarted.
        config["CONN_HEALTH_CHECKS"] = True
        options["pool"] = {"min_size": 1, "max_size": 8, "timeout": 10}
    return config


# Safety ------------------------------------------------------------------------------------------
SECRET_KEY = env.str("STAGEAPP_SECRET_KEY", "") or kept_secret_key()
#: Keys from before: what they signed or encrypted still opens, nothing new is made with them.
SECRET_KEY_FALLBACKS: list[str] = env.list("STAGEAPP_SECRET_KEYS_BEFORE", [])
DEBUG = env.bool("STAGEAPP_DEBUG", False)
BASE_URL = env.str("STAGEAPP_BASE_URL", "http://127.0.0.1:8000").rstrip("/")
SECURE = BASE_URL.startswith("https://")
ALLOWED_HOSTS = env.list("STAGEAPP_HOSTS", ["127.0.0.1", "localhost", "[::1]"])
#: Where uploads come from when they have a host of their own: `https://files.…`.
FILES_URL = env.str("STAGEAPP_FILES_URL", "").rstrip("/")
if FILES_URL:
    ALLOWED_HOSTS = [*ALLOWED_HOSTS, urlsplit(FILES_URL).hostname or ""]
CSRF_TRUSTED_ORIGINS = [BASE_URL] if SECURE else []
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if SECURE else None
SECURE_SSL_REDIRECT = SECURE
SECURE_REDIRECT_EXEMPT = [r"^(healthz|readyz)$"]
SECURE_HSTS_SECONDS = 31_536_000 if SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = SECURE
# A browser takes a cookie of that name from this very host only, and over https.
COOKIE_PREFIX = "__Host-" if SECURE else ""
SESSION_COOKIE_NAME = f"{COOKIE_PREFIX}sessionid"
CSRF_COOKIE_NAME = f"{COOKIE_PREFIX}csrftoken"
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "stageapp.core.views.csrf_failure"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "require-trusted-types-for": ["'script'"],
        "trusted-types": ["default"],
        "report-uri": ["/csp-reports/"],
    }
}
PERMISSIONS_POLICY: dict[str, list[str]] = {
    name: [] for name in ("camera", "geolocation", "microphone", "payment", "usb")
}

# The application ---------------------------------------------------------------------------------
INSTALLED_APPS = [
    "stageapp.core",
    "stageapp.audit",
    "stageapp.accounts",
    "stageapp.notifications",
    "stageapp.invitations",
    "stageapp.programmes",
    "stageapp.placements",
    "stageapp.logbook",
    "stageapp.planning",
    "stageapp.guidance",
    "stageapp.exports",
    "stageapp.insights",
    "stageapp.tips",
    "stageapp.administration",
    "stageapp.integrations",
    "stageapp.integrations.roster",
    "stageapp.api",
    "stageapp.integrations.lti",
    "stageapp.integrations.campus",
    "stageapp.integrations.records",
    "stageapp.integrations.portfolio",
    "stageapp.privacy",
    "stageapp.home",
    "stageapp.guide",
    "stageapp.feedback",
    "stageapp.backup",
    "stageapp.demo",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "django_htmx",
    "lucide",
    "csp",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.forms",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "stageapp.logbook.downloads.FilesHostMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "stageapp.core.middleware.PrivatePagesMiddleware",
    "stageapp.core.middleware.ProbesMiddleware",
    "stageapp.core.framing.FramedSessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "stageapp.accounts.middleware.LanguageMiddleware",
    "stageapp.placements.middleware.InstitutionMiddleware",
    "stageapp.api.middleware.ApiMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "stageapp.programmes.middleware.MaintenanceMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "stageapp.accounts.middleware.SessionsMiddleware",
    "stageapp.accounts.middleware.VerifiedEmailMiddleware",
    "stageapp.privacy.middleware.AgreementMiddleware",
    "stageapp.programmes.middleware.SecondFactorMiddleware",
    "stageapp.core.counting.LimitsMiddleware",
]
ROOT_URLCONF = "stageapp.config.urls"
WSGI_APPLICATION = "stageapp.config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "stageapp.home.context.navigation",
                "stageapp.programmes.context.announcements",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "stageapp.core.templatetags.stageapp",
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
DATABASES = {"default": database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# Shared by all server processes: the limits on signing in count over all of them.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "cache",
        # Far more than are in use: what is pushed out are limits, and codes that were used.
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# People ------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
# The address is unique by a constraint on its lower case, which this check does not see.
SILENCED_SYSTEM_CHECKS = ["auth.W004"]
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "stageapp.accounts.validators.LengthValidator"},
    {"NAME": "stageapp.accounts.validators.ContextValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_ADAPTER = "stageapp.accounts.adapter.AccountAdapter"
ACCOUNT_FORMS = {
    "signup": "stageapp.programmes.forms.SignUpForm",
    "login": "stageapp.accounts.forms.SignInForm",
    "reauthenticate": "stageapp.accounts.forms.PasswordAgainForm",
    "add_email": "stageapp.accounts.forms.EmailChangeForm",
    "change_password": "stageapp.accounts.forms.PasswordChangeForm",
    "set_password": "stageapp.accounts.forms.FirstPasswordForm",
    "reset_password": "stageapp.accounts.forms.ForgottenPasswordForm",
    "reset_password_from_key": "stageapp.accounts.forms.NewPasswordForm",
}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_UNIQUE_EMAIL = True
ACCOUNT_PREVENT_ENUMERATION = True
# Somebody new is signed in at once; VerifiedEmailMiddleware then asks for the verification.
ACCOUNT_EMAIL_VERIFICATION = "optional"
ACCOUNT_CONFIRM_EMAIL_ON_GET = False
# A new address replaces the old one when it is confirmed, not before.
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_SESSION_REMEMBER = True
# Behind a proxy the limits per address need to know how many proxies to look past.
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("STAGEAPP_TRUSTED_PROXIES", 0)
# A whole class may sit behind one address; an account has its own, tighter limit.
ACCOUNT_RATE_LIMITS = {
    "login": "200/m/ip",
    # Of a network; of an account from anywhere; of a device that its owner signed in with. So
    # nobody can lock out another: stageapp.accounts.limits.
    "login_failed": "60/m/ip,5/5m/key",
    "login_failed_anywhere": "20/15m/key",
    "login_failed_known": "5/5m/key",
    "signup": "100/m/ip",
    "reset_password": "20/m/ip,5/m/key",
    "reset_password_from_key": "20/m/ip",
    "confirm_email": "6/m/key",
    "resend_verification": "6/m/user",
    "change_password": "5/m/user",
}

#: Hosts that may be called although they are not public or have no https: systems of the intranet.
OUTGOING_HOSTS: list[str] = env.list("STAGEAPP_OUTGOING_HOSTS", [])
#: The same for webhooks alone: anybody makes one, so what administrators may call is not for them.
WEBHOOK_HOSTS: list[str] = env.list("STAGEAPP_WEBHOOK_HOSTS", [])

#: How often what costs may be asked for.
LIMITS = limits.LIMITS

#: Who needs more than a password: "administrators" of a programme or an institution, or "nobody".
SECOND_FACTOR = env.str(
    "STAGEAPP_SECOND_FACTOR",
    "administrators",
    validate=validate.OneOf(["administrators", "nobody"]),
)
MFA_ADAPTER = "stageapp.accounts.second_factor.SecondFactorAdapter"
MFA_FORMS = {
    "authenticate": "stageapp.accounts.forms_second_factor.SecondFactorForm",
    "reauthenticate": "stageapp.accounts.forms_second_factor.SecondFactorAgainForm",
    "activate_totp": "stageapp.accounts.forms_second_factor.AppForm",
    "add_webauthn": "stageapp.accounts.forms_second_factor.NewPasskeyForm",
    "edit_webauthn": "stageapp.accounts.forms_second_factor.PasskeyNameForm",
    "authenticate_webauthn": "stageapp.accounts.forms_second_factor.PasskeyForm",
    "reauthenticate_webauthn": "stageapp.accounts.forms_second_factor.PasskeyAgainForm",
    "login_webauthn": "stageapp.accounts.forms_second_factor.PasskeySignInForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_TOTP_PERIOD = 30
# The code before and after the present one work too: people type slowly, and clocks differ.
MFA_TOTP_TOLERANCE = 1
# Nobody gets as far without a confirmed address: VerifiedEmailMiddleware.
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_RATE_LIMITS = {"webauthn_login": "200/m/ip"}

# Who did what ------------------------------------------------------------------------------------
#: So many days the record is kept.
AUDIT_DAYS = env.int("STAGEAPP_AUDIT_DAYS", 730)

# Language and time -------------------------------------------------------------------------------
LANGUAGE_CODE = "nl"
LANGUAGES = [("nl", _("Dutch")), ("en", _("English"))]
LANGUAGE_COOKIE_NAME = f"{COOKIE_PREFIX}language"
LANGUAGE_COOKIE_AGE = 31_536_000
LOCALE_PATHS = [PACKAGE / "locale"]
USE_TZ = True
TIME_ZONE = "Europe/Amsterdam"

# Files -------------------------------------------------------------------------------------------
STATIC_URL = "static/"
STATIC_ROOT = VAR / "static"


def storage() -> dict[str, Any]:
    """Return where uploads and exports are kept: a folder, or any store that speaks S3."""
    if env.str("STAGEAPP_STORAGE", "disk") != "s3":
        return {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": VAR / "files"},
        }
    return {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": env.str("STAGEAPP_S3_BUCKET"),
            "endpoint_url": env.str("STAGEAPP_S3_ENDPOINT", "") or None,
            "region_name": env.str("STAGEAPP_S3_REGION", "") or None,
            "access_key": env.str("STAGEAPP_S3_ACCESS_KEY", "") or None,
            "secret_key": env.str("STAGEAPP_S3_SECRET_KEY", "") or None,
            "signature_version": "s3v4",
            # Nobody gets a file but through a view that checks who asks.
            "default_acl": "private",
            "querystring_auth": True,
            "file_overwrite": False,
        },
    }


#: Bytes that one file of evidence may have.
EVIDENCE_MOST_BYTES = env.int("STAGEAPP_EVIDENCE_MAX_MB", 20) * 1024 * 1024
#: Bytes of all evidence of a student together, and of all that somebody sent with messages.
EVIDENCE_MOST_BYTES_IN_ALL = env.int("STAGEAPP_EVIDENCE_TOTAL_MB", 500) * 1024 * 1024
MESSAGES_MOST_BYTES_IN_ALL = env.int("STAGEAPP_MESSAGES_TOTAL_MB", 500) * 1024 * 1024
# A form may carry several of them; each is checked on its own, with a message.
DATA_UPLOAD_MAX_NUMBER_FILES = 20
#: What `stageapp backup --encrypt` encrypts with.
BACKUP_PASSPHRASE = env.str("STAGEAPP_BACKUP_PASSPHRASE", "")
STORAGES = {
    "default": storage(),
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}


def mail() -> dict[str, Any]:
    """Return how `STAGEAPP_EMAIL_URL` sends mail; `smtp+tls` and `smtp+ssl` say how it is safe."""
    config: dict[str, Any] = env.dj_email_url("STAGEAPP_EMAIL_URL", "console://")
    scheme = env.str("STAGEAPP_EMAIL_URL", "console://").partition("://")[0]
    setting, port = {
        "smtp+tls": ("EMAIL_USE_TLS", 587),
        "smtp+ssl": ("EMAIL_USE_SSL", 465),
    }.get(scheme, ("", None))
    if setting and config["EMAIL_HOST"]:
        config["EMAIL_BACKEND"] = "django.core.mail.backends.smtp.EmailBackend"
        config |= {setting: True, "EMAIL_PORT": config["EMAIL_PORT"] or port}
    if "EMAIL_BACKEND" not in config:
        message = "STAGEAPP_EMAIL_URL is not like smtp+tls://user:password@host:587."
        raise ImproperlyConfigured(message)
    return config


# Mail --------------------------------------------------------------------------------------------
_mail = mail()
EMAIL_BACKEND = _mail["EMAIL_BACKEND"]
EMAIL_HOST = _mail["EMAIL_HOST"]
EMAIL_PORT = _mail["EMAIL_PORT"]
EMAIL_HOST_USER = _mail["EMAIL_HOST_USER"]
EMAIL_HOST_PASSWORD = _mail["EMAIL_HOST_PASSWORD"]
EMAIL_USE_TLS = _mail.get("EMAIL_USE_TLS", False)
EMAIL_USE_SSL = _mail.get("EMAIL_USE_SSL", False)
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env.str("STAGEAPP_EMAIL_FROM", "Stage-App <stage-app@localhost>")

#: Who reads what people say about the app; without any, the functional administrators do.
FEEDBACK_TO: list[str] = env.list("STAGEAPP_FEEDBACK_TO", [])

#: So many days the link of a guest works, until the student renews it.
INVITATION_DAYS = env.int("STAGEAPP_INVITATION_DAYS", 30)

#: So often an open conversation asks for new messages.
LIVE_SECONDS = 20

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {
        "secrets": {"()": "stageapp.core.logs.HideSecrets"},
        "one-line": {"()": "stageapp.core.logs.OneLine"},
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "filters": ["secrets"]}},
    "root": {"handlers": ["console"], "level": env.str("STAGEAPP_LOG_LEVEL", "WARNING")},
    # Those who look for holes ask for any host name, all day long.
    "loggers": {"django.security.DisallowedHost": {"filters": ["one-line"]}},
}
