"""`stageapp load-presets`: the preset programmes and their tips for an institution."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from stageapp.programmes.models import Institution
from stageapp.programmes.presets import load_presets
from stageapp.tips.presets import load_tips


class Command(BaseCommand):
    """Loading again brings the presets up to date and leaves what was added."""

    help = "Makes or refreshes the preset programmes, their tips and their cohorts for a year."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--institution", default="default", help="its short name")
        parser.add_argument("--name", default="Onderwijsinstelling", help="for a new institution")
        parser.add_argument("--year", type=int, default=None, help="this year by default")

    def handle(self, *args: Any, institution: str, name: str, **options: Any) -> None:
        school, _ = Institution.objects.get_or_create(slug=institution, defaults={"name": name})
        cohorts = load_presets(school, options["year"] or timezone.localdate().year)
        load_tips(cohorts, at=timezone.now())
        for cohort in cohorts:
            self.stdout.write(f"{cohort.programme.slug}: {cohort.slug}")
