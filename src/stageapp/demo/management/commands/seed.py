"""`stageapp seed`: bulk data for load tests."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import IntegrityError
from django.utils import timezone

from stageapp.demo.build import PASSWORD
from stageapp.demo.bulk import Amounts, seed


class Command(BaseCommand):
    """Makes an institution full of students; what is there already stays."""

    help = "Fills an institution of its own with deterministic bulk data."

    def add_arguments(self, parser: ArgumentParser) -> None:
        for name in ("students", "teachers", "activities"):
            parser.add_argument(f"--{name}", type=int, required=True)
        parser.add_argument("--questions", type=int, default=0)
        parser.add_argument("--seed", type=int, default=1)

    def handle(self, *args: Any, **options: Any) -> None:
        names = ("students", "teachers", "activities", "questions")
        amounts = Amounts(**{name: options[name] for name in names})
        if amounts.students < 1 or amounts.teachers < 1:
            raise CommandError("Give at least one student and one teacher.")
        try:
            school = seed(amounts, number=options["seed"], now=timezone.now())
        except IntegrityError as problem:
            raise CommandError("These data are here already; choose another --seed.") from problem
        self.stdout.write(
            f"student0@{school.slug}.example and teacher0@{school.slug}.example, "
            f"password {PASSWORD}"
        )
