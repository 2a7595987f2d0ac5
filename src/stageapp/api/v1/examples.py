"""What is sent, by operation: examples for the document."""

from typing import Any

CLIENT_ID = "6f1c9b1e-8a0d-4f1e-9c55-2f0f5b7a3c11"

EXAMPLES: dict[str, Any] = {
    "log_activity": {
        "client_id": CLIENT_ID,
        "date": "2026-03-12",
        "description": "Prepared the meeting with the client.",
        "minutes": 90,
        "category": 12,
        "people": [31],
    },
    "change_activity": {"minutes": 120, "learned": "Ask what they expect before I begin."},
    "write_feedback": {"is_satisfied": True, "next_step": "Do it once more, alone."},
    "write_reflection": {
        "client_id": CLIENT_ID,
        "model": 2,
        "title": "The first meeting",
        "texts": {"situation": "I was alone with the client for the first time."},
    },
    "change_reflection": {"is_draft": False},
    "add_evidence": {"url": "https://example.org/report", "activity": 118},
    "rename_evidence": {"name": "Sketch of the portal"},
    "add_goal": {"client_id": CLIENT_ID, "title": "Lead a meeting by myself"},
    "change_goal": {"status": "reached"},
    "save": {"kind": "activity", "about": 118},
    "change_saved": {"note": "To talk about with my teacher."},
    "react_to_tip": {"is_helpful": True},
    "ask_guidance": {
        "client_id": CLIENT_ID,
        "title": "How do I say no to more work?",
        "core": "My list grows faster than I can work. What would you do?",
        "form": "written",
        "items": [{"kind": "activity", "id": 118}],
    },
    "change_guidance_question": {"form": "phone"},
    "share_guidance_question": {"along": []},
    "close_guidance_question": {"conclusion_learned": "Ask for the order of work first."},
    "agree_with_goal": {"version": "2026-03-12T10:15:00+00:00"},
    "send_message": {"client_id": CLIENT_ID, "text": "Thank you, I will try that tomorrow."},
    "change_message": {"text": "Thank you, I will try that on Monday."},
    "start_placement": {
        "client_id": CLIENT_ID,
        "cohort": 4,
        "starts_on": "2026-02-02",
        "ends_on": "2026-06-26",
        "workplace": {"name": "Example Council", "town": "Utrecht"},
    },
    "change_placement": {"days_per_week": 4, "weekdays": [1, 2, 4, 5]},
    "add_programme": {"institution": 1, "name_nl": "Bouwkunde", "name_en": "Architecture"},
    "change_programme": {"is_open": False},
    "add_cohort": {"programme": 3, "name_nl": "Stage 2026", "name_en": "Placement 2026"},
    "change_cohort": {"first_share_days": 21},
    "invite_person": {
        "email": "m.devries@example.org",
        "name": "Mira de Vries",
        "programme": 3,
        "role": "teacher",
    },
    "give_role": {"programme": 3, "role": "teacher"},
    "switch_account": {"is_active": False},
    "link_teacher": {"placement": 41, "teacher": 7},
    "replace_teacher": {"teacher": 8},
}
