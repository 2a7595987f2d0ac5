"""With these settings, tests run faster."""

import os

# Threads of the tests open connections of their own; a pool would keep them after the test.
os.environ["STAGEAPP_DATABASE_POOL"] = "no"

from stageapp.config.settings import *  # noqa: F403
from stageapp.config.settings import DATABASES, VAR

if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # A file, as in production: several threads on one database in memory lock each other out.
    DATABASES["default"]["TEST"] = {"NAME": str(VAR / "test.sqlite3")}

# The rule itself is tested in tests/accounts; here people sign in with their password alone.
SECOND_FACTOR = "nobody"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_AUTOREFRESH = True
WHITENOISE_USE_FINDERS = True
