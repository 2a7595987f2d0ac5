"""What learning environments listen to."""

from django.apps import AppConfig


class LtiConfig(AppConfig):
    """The application."""

    name = "stageapp.integrations.lti"

    def ready(self) -> None:
        from stageapp.integrations.lti import receivers  # noqa: PLC0415 -- needs the models

        receivers.connect()
