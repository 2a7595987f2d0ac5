"""The day of tests that speak of one; with the fixture `_one_day` it lasts as long as they do."""

from django.utils import timezone

TODAY = timezone.localdate()
