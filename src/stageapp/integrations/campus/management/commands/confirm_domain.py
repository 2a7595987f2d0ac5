"""`stageapp confirm-domain`: a mail domain is of this institution, among several."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from stageapp.integrations.campus.actions import confirm_domain
from stageapp.integrations.campus.rules import read_domains
from stageapp.programmes.models import Institution


class Command(BaseCommand):
    """For who runs the server: institutions type their domains without proof."""

    help = "Says that a mail domain is of an institution, whichever typed it first."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("domain", help="such as school.example")
        parser.add_argument("--institution", required=True, help="its short name")

    def handle(self, *args: Any, domain: str, institution: str, **options: Any) -> None:
        good, _bad = read_domains(domain)
        school = Institution.objects.filter(slug=institution).first()
        if len(good) != 1:
            raise CommandError(f"{domain} is not a domain, or one where anybody has an address.")
        if school is None:
            raise CommandError(f"There is no institution {institution}: see stageapp institution.")
        confirm_domain(school, good[0], at=timezone.now())
        self.stdout.write(f"{good[0]} is of {school.name}.")
