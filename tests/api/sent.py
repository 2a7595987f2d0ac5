"""What a program sends to each operation, about the things of the world of the access matrix."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test.client import MULTIPART_CONTENT, encode_multipart
from django.utils import timezone

from tests import factories
from tests.test_access_matrix import World

BOUNDARY = "BoUnDaRyStRiNg"
#: What the key in an address stands for.
KEYS = {
    "/activities/": "activity",
    "/reflections/": "reflection",
    "/evidence/": "evidence",
    "/goals/": "goal",
    "/saved/": "saved",
    "/tips/": "tip",
    "/placements/": "placement",
    "/guidance-questions/items/": "item",
    "/guidance-questions/attachments/": "attachment",
    "/guidance-questions/messages/": "message",
    "/guidance-questions/": "question",
    "/talk-proposals/moments/": "moment",
    "/talk-proposals/": "proposal",
    "/talks/": "talk",
    "/reports/": "report",
    "/action-points/": "point",
    "/agreements/": "agreement",
    "/leaves/": "leave",
    "/deadlines/": "deadline",
    "/appointments/": "appointment",
    "/absences/": "absence",
    "/students/": "placement",
    "/administration/programmes/": "programme",
    "/administration/cohorts/": "cohort",
    "/administration/people/": "member",
    "/administration/placements/": "placement",
    "/administration/links/": "link",
}
#: Of something else than the rest of that resource.
OTHER_KEYS = {
    "restore_activity": "deleted",
    "restore_reflection": "deleted_reflection",
    "restore_evidence": "deleted_evidence",
    "restore_goal": "deleted_goal",
    "change_guidance_question": "draft",
    "delete_guidance_question": "draft",
    "share_guidance_question": "draft",
    "confirm_report": "shared_report",
}


def today() -> str:
    return timezone.localdate().isoformat()


BODIES: dict[str, Callable[[World], Any]] = {
    "start_placement": lambda world: {
        "cohort": world.keys["cohort"],
        "starts_on": "2026-02-02",
        "ends_on": "2026-06-26",
        "workplace": {"name": "Gemeente"},
    },
    "change_placement": lambda _world: {"assignment": "Een opdracht"},
    "log_activity": lambda _world: {"date": today(), "description": "Overleg"},
    "change_activity": lambda _world: {"description": "Ander overleg"},
    "write_feedback": lambda _world: {"next_step": "Vragen"},
    "write_reflection": lambda world: {
        "model": world.keys["own_model"],
        "texts": {"core": "Een kern"},
    },
    "change_reflection": lambda _world: {"title": "Een titel"},
    "add_evidence": lambda _world: {"text": "Een bewijs"},
    "rename_evidence": lambda _world: {"name": "Een naam"},
    "add_goal": lambda _world: {"title": "Een doel"},
    "change_goal": lambda _world: {"status": "reached"},
    "save": lambda world: {"kind": "activity", "about": world.keys["activity"]},
    "change_saved": lambda _world: {"note": "Een notitie"},
    "react_to_tip": lambda _world: {"is_helpful": True},
    "ask_guidance": lambda _world: {"title": "Een vraag", "core": "De kern"},
    "change_guidance_question": lambda _world: {"title": "Een andere vraag"},
    "share_guidance_question": lambda _world: {},
    "close_guidance_question": lambda _world: {"conclusion_learned": "Iets"},
    "agree_with_goal": lambda _world: {"version": ""},
    "send_message": lambda _world: {"text": "Een bericht"},
    "change_message": lambda _world: {"text": "Een ander bericht"},
    "propose_talk": lambda _world: {
        "moments": [(timezone.now() + timedelta(days=3)).isoformat(timespec="seconds")]
    },
    "move_talk": lambda _world: {"place": "Kamer 2"},
    "write_report": lambda _world: {"agreed": "Eerder vragen"},
    "write_report_of_talk": lambda _world: {"agreed": "Eerder vragen"},
    "change_report": lambda _world: {"discussed": "De planning"},
    "confirm_report": lambda _world: {"version": ""},
    "add_action_point": lambda _world: {"what": "Vragen"},
    "change_action_point": lambda _world: {"what": "Eerder vragen"},
    "tick_action_point": lambda _world: {"is_done": True},
    "propose_agreement": lambda _world: {"response_days": 3},
    "mark_news_seen": lambda _world: {"ids": [str(UUID(int=1))]},
    "confirm_agreement": lambda _world: {"proposal": 999_999},
    "change_terms": lambda _world: {"response_days": 3},
    "add_leave": lambda _world: {"starts_on": today(), "ends_on": today()},
    "add_deadline": lambda _world: {"title": "Verslag", "due_on": today()},
    "change_deadline": lambda _world: {"is_done": True},
    "add_appointment": lambda _world: {
        "title": "Bezoek",
        "starts_at": f"{today()}T09:30:00Z",
        "ends_at": f"{today()}T10:30:00Z",
    },
    "change_appointment": lambda _world: {"place": "Kamer 2"},
    "add_absence": lambda _world: {"starts_on": today()},
    "change_absence": lambda _world: {"reason": "Griep"},
    "change_calendar_feed": lambda _world: {"with_activities": True},
    "change_profile": lambda _world: {"mail_hour": 17},
    "add_programme": lambda world: {
        "institution": world.keys["institution"],
        "name_nl": "Nieuw",
        "name_en": "New",
    },
    "change_programme": lambda _world: {"name_nl": "Anders", "is_open": False},
    "add_cohort": lambda world: {
        "programme": world.keys["programme"],
        "name_nl": "Nieuw",
        "name_en": "New",
    },
    "change_cohort": lambda _world: {"first_share_days": 21},
    "invite_person": lambda world: {
        "email": "nieuw@school.example",
        "name": "Nieuw Persoon",
        "programme": world.keys["programme"],
        "role": "teacher",
    },
    "give_role": lambda world: {"programme": world.keys["programme"], "role": "teacher"},
    "switch_account": lambda _world: {"is_active": False},
    "link_teacher": lambda world: {
        "placement": world.keys["placement"],
        "teacher": _other(world),
    },
    "replace_teacher": lambda world: {"teacher": _other(world)},
}


def _other(world: World) -> int:
    other = world.people["other"]
    assert other
    return int(other.pk)


def _file(name: str, **fields: str) -> tuple[bytes, str]:
    photo = SimpleUploadedFile("foto.jpg", factories.picture(), "image/jpeg")
    return encode_multipart(BOUNDARY, {name: photo, **fields}), MULTIPART_CONTENT


#: What goes with a file: the body and its media type.
FILES: dict[str, Callable[[], tuple[bytes, str]]] = {
    "upload_evidence": lambda: _file("file"),
    "send_message_with_files": lambda: _file("files", text="Met een foto"),
}


def address_of(world: World, name: str, address: str) -> str:
    """Return the address of an operation about the owner's things."""
    kind = OTHER_KEYS.get(name) or next((one for part, one in KEYS.items() if part in address), "")
    keys = {
        "pk": world.keys.get(kind),
        "key": "days",
        "role": "student",
        "programme": world.keys["programme"],
    }
    return address.format(**keys)
