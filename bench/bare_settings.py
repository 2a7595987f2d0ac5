"""The production settings with next to nothing around the view: what the framework costs."""

from stageapp.config.settings import *  # noqa: F403

ROOT_URLCONF = "bench.bare_urls"
# The one that django-allauth does not start without.
MIDDLEWARE = ["allauth.account.middleware.AccountMiddleware"]
