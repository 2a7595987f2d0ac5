"""`stageapp evaluate-tips`: which tips apply now, as totals; nobody is named."""

import json
import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from stageapp.programmes.models import Cohort
from stageapp.tips.queries import evaluate


class Command(BaseCommand):
    """Prints for each tip how many placements it reaches, and how long that took."""

    help = "Evaluates all tips for all current placements; --cohort SLUG for one cohort."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--cohort", metavar="SLUG")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, cohort: str | None, **options: Any) -> None:
        cohorts = Cohort.objects.filter(slug=cohort) if cohort else Cohort.objects.all()
        if not cohorts.exists():
            raise CommandError(f"There is no cohort {cohort}.")
        began = time.perf_counter()
        result = evaluate(cohorts, at=timezone.now())
        seconds = round(time.perf_counter() - began, 2)
        if options["json"]:
            rows = [{"tip": key, "reaches": count} for key, count in result.reached.items()]
            found = {"placements": result.placements, "seconds": seconds, "tips": rows}
            self.stdout.write(json.dumps(found, ensure_ascii=False))
            return
        for key, count in result.reached.items():
            self.stdout.write(f"{count:>8}  {key}")
        self.stdout.write(f"{result.placements} placements, {seconds} seconds")
