"""The demo is what the contract says, and the same on every machine."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from stageapp.accounts.models import User
from stageapp.demo.build import PASSWORD, build_demo
from stageapp.demo.bulk import Amounts, seed
from stageapp.demo.content import ACCOUNTS
from stageapp.guidance.queries import waiting_count
from stageapp.guidance.queries_attention import attention_list
from stageapp.invitations.models import GuestMail, Invitation
from stageapp.logbook.models import Activity
from stageapp.notifications.models import Notification

pytestmark = pytest.mark.django_db


def test_demo_tells_its_stories() -> None:
    now = timezone.now()
    build_demo(now)

    teacher = User.objects.get(email="docent@demo.example")
    rows = attention_list(teacher, now)
    colours = {row.placement.student.email: row.colour for row in rows}

    assert rows[0].placement.student.email == "noor@demo.example"
    assert colours["noor@demo.example"] == "red"
    assert colours["youssef@demo.example"] == "orange"
    assert colours["sanne@demo.example"] == colours["lotte@demo.example"] == "green"
    assert set(colours.values()) == {"red", "orange", "green", "not_started", "ended"}
    assert len(rows) >= 24
    assert not GuestMail.objects.filter(mail_due_at__isnull=False).exists()
    assert [one.invited_by.email for one in Invitation.objects.all()] == ["youssef@demo.example"]
    assert not Activity.objects.filter(date__gt=timezone.localdate()).exists()
    assert not Notification.objects.filter(mail_due_at__isnull=False).exists()
    late = now + timedelta(minutes=1)
    assert not Activity.objects.filter(created_at__gt=late).exists()
    for email in ACCOUNTS:
        client = Client()
        assert client.login(email=email, password=PASSWORD), email
        assert client.get("/").status_code == 200


def test_seed_makes_the_amounts_asked_for_and_the_same_each_time() -> None:
    now = timezone.now()
    amounts = Amounts(students=6, teachers=2, activities=60, questions=12)
    first = seed(amounts, number=1, now=now)
    seed(amounts, number=2, now=now)
    with pytest.raises(IntegrityError), transaction.atomic():
        seed(amounts, number=1, now=now)

    made = Activity.objects.filter(placement__cohort__programme__institution=first)
    assert made.count() == 60
    teacher = User.objects.get(email="teacher0@seed-1.example")
    rows = attention_list(teacher, now)
    assert len(rows) == 3
    assert sum(row.question_count for row in rows) == 6
    assert waiting_count(teacher) == 2
