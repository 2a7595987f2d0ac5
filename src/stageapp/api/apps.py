"""Connects what happens to accounts with what programs may do for them."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    """The API for other programs."""

    name = "stageapp.api"

    def ready(self) -> None:
        """Listen to accounts."""
        from stageapp.api import receivers  # noqa: PLC0415 -- models are ready only now

        receivers.connect()
