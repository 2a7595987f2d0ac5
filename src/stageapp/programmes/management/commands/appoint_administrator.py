"""`stageapp appoint-administrator`: the first functional administrator of an institution."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from stageapp.accounts.models import User
from stageapp.programmes.actions import appoint_administrator
from stageapp.programmes.models import Institution


class Command(BaseCommand):
    """For a new installation: there is nobody yet who could do it on a page."""

    help = "Makes somebody with an account the functional administrator of an institution."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email", help="the address that they sign in with")
        parser.add_argument("--institution", required=True, help="its short name")

    def handle(self, *args: Any, email: str, institution: str, **options: Any) -> None:
        person = User.objects.filter(email=email.strip().lower(), is_active=True).first()
        school = Institution.objects.filter(slug=institution).first()
        if person is None:
            raise CommandError(f"There is no account with {email}: register first.")
        if school is None:
            raise CommandError(f"There is no institution {institution}: see stageapp institution.")
        appoint_administrator(person, school, at=timezone.now())
        self.stdout.write(f"{person.name} administers {school.name}.")
