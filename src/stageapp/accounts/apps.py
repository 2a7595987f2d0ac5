"""Connects what happens to accounts with what is done about it."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """The feature of people and how they sign in."""

    name = "stageapp.accounts"

    def ready(self) -> None:
        """Listen to allauth."""
        from stageapp.accounts import receivers  # noqa: PLC0415 -- models are ready only now

        receivers.connect()
