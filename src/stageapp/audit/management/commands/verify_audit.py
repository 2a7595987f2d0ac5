"""`stageapp verify-audit`: whether anybody changed the record of who did what."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from stageapp.audit.actions import seal
from stageapp.audit.queries import verify


class Command(BaseCommand):
    """Follows the chain of hashes; fails, and says where, when it does not fit."""

    help = "Verifies the audit record. Keep the digest that it prints outside this machine."

    def handle(self, *args: Any, **options: Any) -> None:
        seal()
        verdict = verify()
        if not verdict.holds:
            raise CommandError(
                f"The record does not fit at entry {verdict.broken_at}: it, or what stood before "
                f"it, was changed or taken away. {verdict.verified} entries before it fit."
            )
        self.stdout.write(f"{verdict.verified} entries fit. Last digest: {verdict.last_digest}")
