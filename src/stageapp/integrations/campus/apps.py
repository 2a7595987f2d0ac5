"""What campus sign-in listens to."""

from django.apps import AppConfig


class CampusConfig(AppConfig):
    """The application."""

    name = "stageapp.integrations.campus"

    def ready(self) -> None:
        from stageapp.integrations.campus import receivers  # noqa: PLC0415 -- needs the models

        receivers.connect()
