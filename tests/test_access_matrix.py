"""Every address x every kind of visitor -> status. The table is what a reader checks.

A new address without a row fails here; so does a row without an address.
"""

import re
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from io import BytesIO
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone
from pytest_django.plugin import DjangoDbBlocker

from stageapp.accounts.audience import audience_text
from stageapp.accounts.models import User
from stageapp.api.actions import make_token
from stageapp.api.actions_webhooks import make_webhook, send_test
from stageapp.api.models import Webhook
from stageapp.exports.actions import ask_export
from stageapp.exports.actions_archive import keep_archive
from stageapp.exports.actions_imports import keep_sheet
from stageapp.exports.archive import write_archive
from stageapp.exports.models import Export
from stageapp.guidance import actions as guidance
from stageapp.guidance.actions_talks import propose_talk
from stageapp.guidance.models import GuidanceQuestion, TalkProposal
from stageapp.integrations.campus.actions import add_provider
from stageapp.integrations.campus.models import CampusAccount, CampusProvider, CampusRule
from stageapp.integrations.lti.models import Course, Deployment, Identity, Platform
from stageapp.integrations.portfolio.actions import ask_portfolio, make_badge
from stageapp.integrations.portfolio.models import Badge, Portfolio
from stageapp.integrations.records.actions import let_go
from stageapp.integrations.records.models import RecordStore
from stageapp.integrations.records.queries import learned_from
from stageapp.integrations.roster.actions import look, map_line
from stageapp.integrations.roster.models import Source
from stageapp.integrations.roster.rules import Group, Person, Roster
from stageapp.logbook.actions import save_item
from stageapp.logbook.actions_lists import keep_template
from stageapp.logbook.models import Activity
from stageapp.notifications.kinds import Kind
from stageapp.notifications.mails import unsubscribe_path
from stageapp.notifications.models import Notification
from stageapp.placements.actions_teachers import arrange_substitution
from stageapp.placements.models import (
    FixedMoment,
    LinkFile,
    LinkFileChange,
    Placement,
    PlacementTeacher,
    Substitution,
    TeacherLeave,
)
from stageapp.planning.actions import make_feed
from stageapp.privacy.actions import ask_copy as ask_data_copy
from stageapp.privacy.actions import make_due_copies
from stageapp.programmes.models import (
    Cohort,
    Competence,
    Institution,
    InstitutionAdministrator,
    Programme,
    ProgrammeMembership,
    ReflectionField,
    ReflectionModel,
    Role,
    StartingGoal,
)
from stageapp.tips.cards import show_tips
from stageapp.tips.models import Tip
from stageapp.tips.rules import Condition, Rule
from tests import factories

pytestmark = pytest.mark.django_db

SECRET = "Dit heb ik met niemand gedeeld"

# Visitors, in the order of the columns:
#   anyone    nobody is signed in (302 = asked to sign in)
#   owner     the student of the objects in the address
#   stranger  another student of the same cohort, with an own placement
#   teacher   guides the owner; the question in the address is shared with them
#   other     another teacher of the same programme, who guides the stranger
#   admin     administers programme and institution
# For the mark of audience there are more administrators: of the programme only, of the institution
# only, of another programme of it, and of a programme elsewhere.
VISITORS = ("anyone", "owner", "stranger", "teacher", "other", "admin")

OPEN = (200, 200, 200, 200, 200, 200)
SIGNED_IN = (302, 200, 200, 200, 200, 200)
STUDENTS = (302, 200, 200, 404, 404, 404)
OWN = (302, 200, 404, 404, 404, 404)
CHANGE_OWN = (302, 302, 404, 404, 404, 404)
TEACHERS = (302, 404, 404, 200, 200, 404)
#: The student and the teacher of a question that is shared.
BOTH = (302, 200, 404, 200, 404, 404)
CHANGED_BY_BOTH = (302, 302, 404, 302, 404, 404)
ADMINISTRATORS = (302, 404, 404, 404, 404, 200)

#: Name -> what each visitor gets. The method is POST where the address changes something.
GET = {
    "home": SIGNED_IN,
    "profile": SIGNED_IN,
    "notifications:list": SIGNED_IN,
    # The link in a mail says by itself whose mails stop; opening it only asks.
    "notifications:unsubscribe": OPEN,
    "logbook:activities": STUDENTS,
    "logbook:new": STUDENTS,
    "logbook:activity": OWN,
    "logbook:edit": OWN,
    "logbook:saved": STUDENTS,
    "logbook:feedback": OWN,
    "logbook:template_new": OWN,
    "logbook:evidence": STUDENTS,
    "logbook:evidence_item": OWN,
    "logbook:evidence_file": OWN,
    "logbook:evidence_thumbnail": OWN,
    "logbook:reflections": STUDENTS,
    "logbook:reflection_new": STUDENTS,
    "logbook:reflection": OWN,
    "logbook:reflection_edit": OWN,
    "logbook:goals": STUDENTS,
    "logbook:goal_new": STUDENTS,
    "logbook:goal": OWN,
    "logbook:goal_edit": OWN,
    "logbook:chains": STUDENTS,
    "logbook:chain": OWN,
    "logbook:lists": STUDENTS,
    # Each their own: the student the weeks, the teacher the talks.
    "planning:calendar": (302, 200, 200, 200, 200, 404),
    "planning:talks": TEACHERS,
    "planning:deadline_new": STUDENTS,
    "planning:deadline": OWN,
    "planning:appointment_new": STUDENTS,
    "planning:appointment": OWN,
    "planning:feed_settings": (302, 200, 200, 200, 200, 404),
    # Whoever has the address may read it; that is what a calendar program needs.
    "planning:feed": OPEN,
    "exports:overview": STUDENTS,
    "exports:export": OWN,
    "exports:file": OWN,
    "exports:imports": STUDENTS,
    "exports:sheet": OWN,
    "exports:archive": OWN,
    "portfolio:overview": STUDENTS,
    "portfolio:new": STUDENTS,
    "portfolio:portfolio": OWN,
    "portfolio:file": OWN,
    "portfolio:badge_new": STUDENTS,
    "portfolio:badge": OWN,
    "portfolio:badge_file": OWN,
    # Keys to check a badge with, which are everybody's.
    "badge_keys:jwks": OPEN,
    "badge_keys:did": OPEN,
    "records:overview": STUDENTS,
    "records:new": STUDENTS,
    "insights:charts": STUDENTS,
    "placements:absences": STUDENTS,
    "placements:absence": OWN,
    "placements:show": (302, 200, 200, 302, 302, 302),
    "placements:terms": TEACHERS,
    "placements:agreement": (302, 200, 404, 200, 404, 404),
    "placements:new": STUDENTS,
    "placements:edit": OWN,
    "tips:list": STUDENTS,
    "guidance:list": STUDENTS,
    "guidance:new": STUDENTS,
    "guidance:older": STUDENTS,
    "guidance:question": (302, 200, 404, 200, 404, 404),
    "guidance:messages_since": (302, 200, 404, 200, 404, 404),
    # The student has the same file at logbook:evidence_file.
    "guidance:item_file": (302, 404, 404, 200, 404, 404),
    "guidance:talk_new": BOTH,
    "guidance:talk": BOTH,
    "guidance:talk_move": BOTH,
    "guidance:talk_file": BOTH,
    "guidance:talk_report": OWN,
    "guidance:report_new": OWN,
    # Not shared yet; a shared one: tests/guidance/test_reports.py.
    "guidance:report": OWN,
    "guidance:report_edit": OWN,
    "guidance:message_point": OWN,
    "guidance:close": OWN,
    "guidance:points": STUDENTS,
    "guidance:point": OWN,
    # Whoever has the link of a guest reads who invites; the rest asks for a code first. A made-up
    # link is 404 for everybody: tests/invitations.
    "guests:question": OPEN,
    "guests:messages_since": (302, 302, 302, 302, 302, 302),
    "guests:file": (302, 302, 302, 302, 302, 302),
    "guests:attachment": (302, 302, 302, 302, 302, 302),
    # Whoever can read what the owner wrote; never the owner.
    "guidance:core_reading": (302, 404, 404, 200, 404, 404),
    "guidance:message_reading": (302, 404, 404, 200, 404, 404),
    "guidance:message_edit": OWN,
    # A sentence of the other to quote, and files with a message: who can read that message.
    "guidance:core_quote": (302, 404, 404, 200, 404, 404),
    "guidance:message_quote": (302, 404, 404, 200, 404, 404),
    "guidance:attachment": (302, 200, 404, 200, 404, 404),
    # Words to write with are their teacher's alone.
    "guidance:words": TEACHERS,
    "guidance:words_change": (302, 404, 404, 200, 404, 404),
    "guidance:first_step": STUDENTS,
    "guidance:step": OWN,
    "students:list": TEACHERS,
    "students:along": TEACHERS,
    "students:replacing": TEACHERS,
    "students:week": TEACHERS,
    "students:moment_new": TEACHERS,
    "students:moment": (302, 404, 404, 200, 404, 404),
    "manage_programmes:list": ADMINISTRATORS,
    # For who administers the institution.
    "manage_programmes:programme_new": ADMINISTRATORS,
    "manage_programmes:programme": ADMINISTRATORS,
    "manage_programmes:cohort_new": ADMINISTRATORS,
    "manage_programmes:cohort": ADMINISTRATORS,
    "manage_programmes:clone": ADMINISTRATORS,
    "manage_programmes:form": ADMINISTRATORS,
    "manage_programmes:part": ADMINISTRATORS,
    "manage_programmes:vocabulary": ADMINISTRATORS,
    "manage_programmes:competences": ADMINISTRATORS,
    "manage_programmes:start": ADMINISTRATORS,
    "manage_programmes:start_row": ADMINISTRATORS,
    "manage_programmes:entry": ADMINISTRATORS,
    "manage_programmes:competence": ADMINISTRATORS,
    "manage_charts:cohort": ADMINISTRATORS,
    "manage_tips:cohort": ADMINISTRATORS,
    "manage_files:import": ADMINISTRATORS,
    "manage_files:programme": ADMINISTRATORS,
    "manage_files:cohort": ADMINISTRATORS,
    "manage_programmes:competences_import": ADMINISTRATORS,
    "manage_programmes:models": ADMINISTRATORS,
    "manage_programmes:model_new": ADMINISTRATORS,
    "manage_programmes:model": ADMINISTRATORS,
    "manage_programmes:field": ADMINISTRATORS,
    "manage_tips:list": ADMINISTRATORS,
    "manage_tips:statistics": ADMINISTRATORS,
    "manage_tips:new": ADMINISTRATORS,
    "manage_tips:tip": ADMINISTRATORS,
    "manage_tips:copy": ADMINISTRATORS,
    "manage_tips:export": ADMINISTRATORS,
    "manage_tips:export_all": ADMINISTRATORS,
    "manage_tips:import": ADMINISTRATORS,
    "manage_tips:versions": ADMINISTRATORS,
    "manage_tips:version": ADMINISTRATORS,
    "manage_people:list": ADMINISTRATORS,
    "manage_people:invite": ADMINISTRATORS,
    "manage_people:sheet": ADMINISTRATORS,
    "manage_people:person": ADMINISTRATORS,
    # For who administers the institution.
    "manage_people:merge": ADMINISTRATORS,
    "manage_people:merge_with": ADMINISTRATORS,
    # A made-up link says to everybody that it does not work.
    "welcome": (410, 410, 410, 410, 410, 410),
    "merge": (410, 410, 410, 410, 410, 410),
    "manage_insights:list": ADMINISTRATORS,
    "manage_links:list": ADMINISTRATORS,
    "manage_links:cohort": ADMINISTRATORS,
    "manage_links:placement": ADMINISTRATORS,
    "manage_links:teacher": ADMINISTRATORS,
    "manage_links:files": ADMINISTRATORS,
    "manage_links:file": ADMINISTRATORS,
    "manage_audit:list": ADMINISTRATORS,
    "manage_holidays:list": ADMINISTRATORS,
    "manage_integrations:list": ADMINISTRATORS,
    "manage_roster:list": ADMINISTRATORS,
    "manage_roster:new": ADMINISTRATORS,
    "manage_roster:source": ADMINISTRATORS,
    "manage_roster:lines": ADMINISTRATORS,
    "manage_roster:settings": ADMINISTRATORS,
    "manage_roster:remove": ADMINISTRATORS,
    "manage_roster:run": ADMINISTRATORS,
    "manage_campus:list": ADMINISTRATORS,
    "manage_campus:new_oidc": ADMINISTRATORS,
    "manage_campus:new_saml": ADMINISTRATORS,
    "manage_campus:provider": ADMINISTRATORS,
    "manage_campus:change": ADMINISTRATORS,
    # Goes to the institution, or back to say why not.
    "manage_campus:try": (302, 404, 404, 404, 404, 302),
    # For whoever administers something: the same ways for all of them.
    "manage:list": ADMINISTRATORS,
    "manage_lti:list": ADMINISTRATORS,
    "manage_lti:new": ADMINISTRATORS,
    "manage_lti:platform": ADMINISTRATORS,
    # What learning environments send people to says by itself whether it is right.
    "lti:login": (403, 403, 403, 403, 403, 403),
    "lti:launch": OPEN,
    "lti:jwks": OPEN,
    "lti:config": OPEN,
    # Only just after a launch.
    "lti:welcome": (410, 410, 410, 410, 410, 410),
    "lti:connect": (302, 410, 410, 410, 410, 410),
    "lti:course": (302, 404, 404, 404, 404, 404),
    "lti:choose": (410, 410, 410, 410, 410, 410),
    "lti:handover": (410, 410, 410, 410, 410, 410),
    "lti:register": (410, 410, 410, 410, 410, 410),
    "lti:connections": SIGNED_IN,
    "manage_badges:list": ADMINISTRATORS,
    "manage_records:list": ADMINISTRATORS,
    "manage_records:new": ADMINISTRATORS,
    "manage_records:store": ADMINISTRATORS,
    # Made up: the same for whoever administers something.
    "manage_preview:role": ADMINISTRATORS,
    "manage_messages:list": ADMINISTRATORS,
    "manage_messages:new": ADMINISTRATORS,
    "manage_messages:message": ADMINISTRATORS,
    "manage_privacy:overview": ADMINISTRATORS,
    "manage_privacy:statement": ADMINISTRATORS,
    "privacy:statement": OPEN,
    "privacy:agree": SIGNED_IN,
    "my_data:overview": SIGNED_IN,
    "my_data:copies": SIGNED_IN,
    "my_data:copy_file": OWN,
    "my_data:deleted": STUDENTS,
    # The password is asked for once more first.
    "my_data:remove_placement": CHANGE_OWN,
    "my_data:remove_account": (302,) * 6,
    "feedback:new": SIGNED_IN,
    "students:student": (302, 404, 404, 200, 404, 404),
    # Nothing in the guide is private.
    "guide:list": OPEN,
    "guide:article": OPEN,
    "healthz": OPEN,
    "readyz": OPEN,
    "account_login": (200, 302, 302, 302, 302, 302),
    # At this address browsers allow no passkeys.
    "passkey_entrance": (302,) * 6,
    # Campus sign-in, which is switched off here: whoever is in needs it no more.
    "campus:find": (200, 302, 302, 302, 302, 302),
    "campus:begin": (400, 302, 302, 302, 302, 302),
    "campus:go": (400, 302, 302, 302, 302, 302),
    # Without an answer that was asked for; what becomes of one: tests/integrations/campus.
    "campus:callback": (400,) * 6,
    "campus:done": (400,) * 6,
    "campus:code": (400,) * 6,
    "campus:signed_out": (400,) * 6,
    "campus:metadata": OPEN,
    "campus:out": (200, 302, 302, 302, 302, 302),
    "campus:out_there": (404,) * 6,
    # The password is asked for once more first.
    "campus:link": (302,) * 6,
    # Nothing waits to be linked.
    "campus:confirm": (302, 400, 400, 400, 400, 400),
    "account_signup": (200, 302, 302, 302, 302, 302),
    "account_inactive": OPEN,
    "account_logout": (302, 200, 200, 200, 200, 200),
    "account_reauthenticate": SIGNED_IN,
    "account_email": SIGNED_IN,
    "account_email_verification_sent": OPEN,
    "account_confirm_email": (410, 410, 410, 410, 410, 410),
    "account_change_password": SIGNED_IN,
    "account_set_password": (302, 302, 302, 302, 302, 302),
    "account_reset_password": OPEN,
    "account_reset_password_done": OPEN,
    "account_reset_password_from_key": OPEN,
    "account_reset_password_from_key_done": OPEN,
    # Each their own; what asks for the password once more, or for a second factor, is 302.
    "mfa_index": SIGNED_IN,
    "sessions": SIGNED_IN,
    # Whoever writes a program reads how; nothing in it is private.
    "api_docs": OPEN,
    "api_openapi": OPEN,
    "tokens:list": SIGNED_IN,
    # The password is asked for once more first.
    "tokens:new": (302,) * 6,
    "webhooks:list": SIGNED_IN,
    "webhooks:new": (302,) * 6,
    "webhooks:webhook": OWN,
    # Only between the password and being signed in.
    "mfa_authenticate": (302, 302, 302, 302, 302, 302),
    "mfa_login_webauthn": (302, 302, 302, 302, 302, 302),
    "mfa_reauthenticate": (302, 302, 302, 302, 302, 302),
    "mfa_reauthenticate_webauthn": (302, 302, 302, 302, 302, 302),
    "mfa_activate_totp": (302, 302, 302, 302, 302, 302),
    "mfa_deactivate_totp": (302, 404, 404, 404, 404, 404),
    "mfa_view_recovery_codes": (302, 404, 404, 404, 404, 404),
    "mfa_generate_recovery_codes": (302, 302, 302, 302, 302, 302),
    "mfa_add_webauthn": (302, 302, 302, 302, 302, 302),
    "mfa_edit_webauthn": (302, 404, 404, 404, 404, 404),
    "mfa_remove_webauthn": (302, 404, 404, 404, 404, 404),
}
POST = {
    "manage_lti:link": (302, 404, 404, 404, 404, 302),
    "manage_lti:keys": (302, 404, 404, 404, 404, 302),
    "manage_lti:course": (302, 404, 404, 404, 404, 302),
    "manage_lti:course_list": (302, 404, 404, 404, 404, 302),
    "manage_lti:switch": (302, 404, 404, 404, 404, 302),
    # It asks first.
    "manage_lti:remove": (302, 404, 404, 404, 404, 200),
    "lti:full_screen": (302, 200, 200, 200, 200, 200),
    "lti:disconnect": CHANGE_OWN,
    # Without an answer, or a code that is waited for.
    "campus:acs": (400,) * 6,
    "campus:code_again": (400,) * 6,
    "campus:unlink": CHANGE_OWN,
    "manage_campus:test": (302, 404, 404, 404, 404, 302),
    "manage_campus:switch": (302, 404, 404, 404, 404, 302),
    "manage_campus:rule_remove": (302, 404, 404, 404, 404, 302),
    "manage_campus:remove": (302, 404, 404, 404, 404, 302),
    "session_end": (302, 302, 404, 404, 404, 404),
    "sessions_end": (302, 302, 302, 302, 302, 302),
    "tokens:revoke": CHANGE_OWN,
    "webhooks:renew": CHANGE_OWN,
    "webhooks:switch": CHANGE_OWN,
    "webhooks:remove": CHANGE_OWN,
    "webhooks:test": CHANGE_OWN,
    "webhooks:again": CHANGE_OWN,
    "recovery_codes_file": (302, 302, 302, 302, 302, 302),
    "set_language": (302, 302, 302, 302, 302, 302),
    "resend_verification": (302, 302, 302, 302, 302, 302),
    "notifications:seen": (302, 302, 302, 302, 302, 302),
    "notifications:open": CHANGE_OWN,
    "logbook:delete": CHANGE_OWN,
    "logbook:save": CHANGE_OWN,
    "logbook:note": CHANGE_OWN,
    "logbook:saved_remove": CHANGE_OWN,
    "logbook:restore": CHANGE_OWN,
    "logbook:repeat": CHANGE_OWN,
    "logbook:evidence_add": (302, 422, 404, 404, 404, 404),
    "logbook:evidence_upload": (302, 422, 422, 404, 404, 404),
    "logbook:evidence_save": CHANGE_OWN,
    "logbook:evidence_delete": CHANGE_OWN,
    "logbook:evidence_restore": CHANGE_OWN,
    "logbook:template_delete": CHANGE_OWN,
    "logbook:reflection_save": CHANGE_OWN,
    "logbook:reflection_delete": CHANGE_OWN,
    "logbook:reflection_restore": CHANGE_OWN,
    "logbook:goal_delete": CHANGE_OWN,
    "logbook:goal_restore": CHANGE_OWN,
    "logbook:chain_state": CHANGE_OWN,
    "logbook:chain_delete": CHANGE_OWN,
    "logbook:entry": (302, 422, 404, 404, 404, 404),
    "planning:deadline_done": CHANGE_OWN,
    "planning:deadline_delete": CHANGE_OWN,
    "planning:appointment_delete": CHANGE_OWN,
    "exports:mail": (302, 422, 404, 404, 404, 404),
    "exports:delete": CHANGE_OWN,
    "portfolio:delete": CHANGE_OWN,
    "portfolio:badge_delete": CHANGE_OWN,
    "records:withdraw": CHANGE_OWN,
    "records:again": CHANGE_OWN,
    "exports:sheet_apply": CHANGE_OWN,
    "exports:sheet_delete": CHANGE_OWN,
    "exports:archive_apply": CHANGE_OWN,
    "exports:archive_delete": CHANGE_OWN,
    # Each saves a chart of the own logbook.
    "insights:save": (302, 302, 302, 404, 404, 404),
    "placements:absence_delete": CHANGE_OWN,
    "placements:leave_add": (302, 404, 404, 422, 422, 404),
    "placements:leave_delete": (302, 404, 404, 302, 404, 404),
    "placements:propose_to_all": (302, 404, 404, 302, 302, 404),
    "placements:agreement_confirm": (302, 302, 404, 302, 404, 404),
    "placements:agreement_take_back": (302, 302, 404, 302, 404, 404),
    "placements:make_current": CHANGE_OWN,
    "manage_links:end": (302, 404, 404, 404, 404, 302),
    # Without a teacher chosen, it says so.
    "manage_links:replace": (302, 404, 404, 404, 404, 422),
    "manage_links:undo": (302, 404, 404, 404, 404, 302),
    "manage_programmes:part_move": (302, 404, 404, 404, 404, 302),
    "manage_programmes:entry_change": (302, 404, 404, 404, 404, 302),
    "manage_programmes:competence_change": (302, 404, 404, 404, 404, 302),
    "manage_charts:move": (302, 404, 404, 404, 404, 302),
    # It asks first.
    "manage_programmes:delete": (302, 404, 404, 404, 404, 200),
    "manage_programmes:programme_delete": (302, 404, 404, 404, 404, 302),
    "manage_programmes:model_copy": (302, 404, 404, 404, 404, 302),
    "manage_programmes:model_change": (302, 404, 404, 404, 404, 302),
    "manage_programmes:field_change": (302, 404, 404, 404, 404, 302),
    # Without saying with which.
    "manage_programmes:entry_merge": (302, 404, 404, 404, 404, 422),
    "manage_programmes:competence_merge": (302, 404, 404, 404, 404, 422),
    "csp_report": (204,) * 6,
    "manage_tips:switch": (302, 404, 404, 404, 404, 302),
    "manage_tips:restore": (302, 404, 404, 404, 404, 302),
    # Without saying which role, or in what.
    "manage_people:give": (302, 404, 404, 404, 404, 422),
    "manage_people:take": (302, 404, 404, 404, 404, 422),
    "manage_people:teacher": (302, 404, 404, 404, 404, 422),
    "manage_people:institution": (302, 404, 404, 404, 404, 404),
    "manage_people:switch": (302, 404, 404, 404, 404, 302),
    # Who has a password needs no link.
    "manage_people:again": (302, 404, 404, 404, 404, 422),
    "manage_messages:delete": (302, 404, 404, 404, 404, 302),
    "manage_holidays:delete": (302, 404, 404, 404, 404, 302),
    "manage_roster:look": (302, 404, 404, 404, 404, 302),
    "manage_roster:test": (302, 404, 404, 404, 404, 302),
    "manage_roster:apply": (302, 404, 404, 404, 404, 302),
    "manage_roster:undo": (302, 404, 404, 404, 404, 302),
    "manage_badges:new_key": (302, 404, 404, 404, 404, 302),
    "manage_badges:withdraw": (302, 404, 404, 404, 404, 302),
    # Says on the page what is wrong with it.
    "manage_records:test": (302, 404, 404, 404, 404, 200),
    "manage_records:delete": (302, 404, 404, 404, 404, 302),
    "manage_messages:maintenance": (302, 404, 404, 404, 404, 302),
    "manage_programmes:start_remove": (302, 404, 404, 404, 404, 302),
    "my_data:ask_copy": (302,) * 6,
    "my_data:delete_copy": CHANGE_OWN,
    "my_data:purge": CHANGE_OWN,
    # Everybody reads it, and may hide it.
    "announcements:dismiss": (302, 302, 302, 302, 302, 302),
    "tips:react": CHANGE_OWN,
    "tips:save": CHANGE_OWN,
    "tips:share": CHANGE_OWN,
    "tips:act": CHANGE_OWN,
    "guidance:agree": (302, 404, 404, 302, 404, 404),
    "guidance:talk_in_meeting": CHANGED_BY_BOTH,
    # The teacher proposed, so the student picks.
    "guidance:moment_pick": CHANGE_OWN,
    "guidance:proposal_refuse": CHANGE_OWN,
    "guidance:proposal_take_back": (302, 404, 404, 302, 404, 404),
    "guidance:talk_cancel": CHANGED_BY_BOTH,
    "guidance:talk_no_report": CHANGE_OWN,
    "guidance:report_share": CHANGE_OWN,
    "guidance:report_withdraw": CHANGE_OWN,
    "guidance:report_delete": CHANGE_OWN,
    # Without saying which version was read.
    "guidance:report_confirm": (302, 404, 404, 422, 404, 404),
    "guidance:edit": (302, 422, 404, 404, 404, 404),
    "guidance:share": CHANGE_OWN,
    "guidance:along": CHANGE_OWN,
    "guidance:along_stop": CHANGE_OWN,
    "guidance:asking": (302, 302, 302, 404, 404, 404),
    "students:along_end": (302, 404, 404, 302, 404, 404),
    "students:replacing_end": (302, 404, 404, 302, 404, 404),
    "students:moment_delete": (302, 404, 404, 302, 404, 404),
    "students:moments_to_terms": (302, 404, 404, 302, 302, 404),
    "guidance:withdraw": CHANGE_OWN,
    "guidance:item_withdraw": CHANGE_OWN,
    "guidance:item_share": CHANGE_OWN,
    "guidance:reopen": CHANGE_OWN,
    "guidance:delete": CHANGE_OWN,
    # A teacher ticks off what they do themselves: tests/guidance/test_action_points.py.
    "guidance:point_done": CHANGE_OWN,
    "guidance:point_goal": CHANGE_OWN,
    "guidance:point_delete": CHANGE_OWN,
    "guidance:link_renew": CHANGE_OWN,
    "guidance:link_again": CHANGE_OWN,
    "guidance:link_end": CHANGE_OWN,
    "guests:message": (302, 302, 302, 302, 302, 302),
    # The owner is the sixth within the hour, and that is one too many.
    "invitations:code": (302, 429, 302, 302, 302, 302),
    "invitations:enter": (422, 422, 422, 422, 422, 422),
    "invitations:leave": (302, 302, 302, 302, 302, 302),
    # The first ends it for all.
    "invitations:end": (200, 404, 404, 404, 404, 404),
    "invitations:language": (302, 302, 302, 302, 302, 302),
    "guidance:message": (302, 422, 404, 422, 404, 404),
    # Looks at what the teacher is writing, and sends nothing.
    "guidance:draft": (302, 404, 404, 200, 404, 404),
    "guidance:words_move": (302, 404, 404, 302, 404, 404),
    "guidance:words_delete": (302, 404, 404, 302, 404, 404),
}
#: Addresses about a draft, and about something deleted.
OF_DRAFT = {"guidance:step", "guidance:edit", "guidance:share", "guidance:delete"}
#: What the key in an address stands for, where its name does not say so.
KINDS = {
    "logbook:activity": "activity",
    "logbook:edit": "activity",
    "logbook:delete": "activity",
    "logbook:save": "activity",
    "logbook:repeat": "activity",
    "logbook:feedback": "activity",
    "logbook:evidence_add": "activity",
    "logbook:restore": "deleted",
    "logbook:note": "saved",
    "planning:feed": "token",
    "notifications:unsubscribe": "stop",
    "notifications:open": "news",
    "exports:file": "export",
    "exports:mail": "export",
    "exports:delete": "export",
    "portfolio:file": "portfolio",
    "portfolio:delete": "portfolio",
    "manage_badges:withdraw": "signing_key",
    "records:withdraw": "record",
    "records:again": "record",
    **dict.fromkeys(
        (f"manage_records:{verb}" for verb in ("store", "test", "delete")), "record_store"
    ),
    "guidance:message_reading": "message",
    "guidance:message_edit": "message",
    "guidance:message_quote": "message",
    "guidance:words_change": "words",
    "guidance:words_move": "words",
    "guidance:words_delete": "words",
    "guidance:attachment": "attachment",
    "guidance:item_file": "item",
    "guidance:point": "point",
    "guidance:point_done": "point",
    "guidance:point_goal": "point",
    "guidance:point_delete": "point",
    "guidance:message_point": "message",
    "guidance:talk": "talk",
    "guidance:talk_move": "talk",
    "guidance:talk_file": "talk",
    "guidance:talk_report": "talk",
    "guidance:talk_cancel": "talk",
    "guidance:talk_no_report": "talk",
    "guidance:moment_pick": "moment",
    "guidance:proposal_refuse": "proposal",
    "guidance:proposal_take_back": "proposal",
    "guidance:report": "report",
    "guidance:report_edit": "report",
    "guidance:report_share": "report",
    "guidance:report_withdraw": "report",
    "guidance:report_delete": "report",
    "guidance:report_confirm": "shared_report",
    "guidance:item_withdraw": "item",
    "guidance:item_share": "item",
    "guidance:link_renew": "guest_question",
    "guidance:link_again": "guest_question",
    "guidance:link_end": "guest_question",
    **dict.fromkeys(
        (
            f"manage_people:{verb}"
            for verb in (
                "person",
                "give",
                "take",
                "teacher",
                "institution",
                "switch",
                "again",
                "merge",
            )
        ),
        "member",
    ),
    **dict.fromkeys(
        (
            "manage_campus:provider",
            "manage_campus:change",
            "manage_campus:try",
            "manage_campus:test",
            "manage_campus:switch",
            "manage_campus:remove",
            *(name for name in (GET | POST) if name.startswith("campus:")),
        ),
        "campus",
    ),
    "campus:find": "",
    "campus:unlink": "campus_account",
    "manage_campus:rule_remove": "campus_rule",
    "manage_people:sheet": "",
    "students:student": "placement",
    "manage_messages:message": "announcement",
    "manage_messages:delete": "announcement",
    "manage_holidays:delete": "holiday",
    **dict.fromkeys(
        (
            f"manage_roster:{verb}"
            for verb in ("source", "lines", "settings", "remove", "look", "test")
        ),
        "roster_source",
    ),
    **dict.fromkeys((f"manage_roster:{verb}" for verb in ("run", "apply", "undo")), "roster_run"),
    "manage_lti:link": "",
    "manage_lti:platform": "environment",
    "manage_lti:switch": "environment",
    "manage_lti:remove": "environment",
    "manage_lti:course": "lti_course",
    "manage_lti:course_list": "lti_course",
    "lti:course": "lti_course",
    "lti:disconnect": "identity",
    "announcements:dismiss": "announcement",
    "tokens:revoke": "access_token",
    **dict.fromkeys(
        (f"webhooks:{verb}" for verb in ("webhook", "renew", "switch", "remove", "test")),
        "webhook",
    ),
    "webhooks:again": "webhook_event",
    "my_data:copy_file": "data_copy",
    "my_data:delete_copy": "data_copy",
    "my_data:remove_placement": "placement",
    "students:along_end": "link_along",
    "students:replacing_end": "stand_in",
    "students:moment": "fixed_moment",
    "students:moment_delete": "fixed_moment",
    "placements:edit": "placement",
    "placements:make_current": "placement",
}
WITHOUT_KEY = (
    "older",
    "first_step",
    "asking",
    "saved",
    "points",
    "words",
    "seen",
    "terms",
    "talks",
    "deleted",
    "leave_add",
    "evidence",
    "evidence_upload",
    "feed_settings",
    "invite",
)


@dataclass
class World:
    """Two students, two teachers, an administrator, and the owner's things."""

    people: dict[str, User | None]
    keys: dict[str, Any]

    def address(self, name: str) -> str:
        """Return the address of a route about the owner's things."""
        keys_of: dict[str, dict[str, Any]] = {
            "account_confirm_email": {"key": "no-such-key"},
            "account_reset_password_from_key": {"uidb36": "1", "key": "no-such-key"},
            "welcome": {"token": "no-such-link"},
            "merge": {"token": "no-such-link"},
            "manage_people:merge_with": {
                "pk": self.keys["member"],
                "double": self.keys["other_member"],
            },
            "manage_preview:role": {"role": "teacher"},
            "guide:article": {"slug": "who-sees-what"},
            "insights:save": {"key": "days"},
            "my_data:purge": {"kind": "activity", "pk": self.keys["deleted"]},
            "manage_programmes:start_row": {"kind": "goals", "pk": self.keys["starting_goal"]},
            "manage_programmes:start_remove": {
                "kind": "goals",
                "pk": self.keys["starting_goal"],
            },
            "portfolio:badge_file": {"pk": self.keys["badge"], "kind": "svg"},
            "badge_keys:did": {"number": self.keys["badge"]},
            "mfa_edit_webauthn": {"pk": 1},
            "mfa_remove_webauthn": {"pk": 1},
            "session_end": {"pk": self.keys["session"]},
            "lti:handover": {"token": "no-such-link"},
            "lti:register": {"token": "no-such-link"},
            "campus:done": {"pk": self.keys["campus"], "word": "no-such-answer"},
            "guests:file": {"token": self.keys["guest"], "pk": 1},
            "guests:attachment": {"token": self.keys["guest"], "pk": 1},
        }
        extra = keys_of.get(name)
        if extra:
            return reverse(name, kwargs=extra)
        if name.partition(":")[0] in ("guests", "invitations"):
            return reverse(name, args=[self.keys["guest"]])
        if name.startswith("manage_tips:"):
            return self.address_of_tip(name)
        if name.startswith("manage_links:"):
            return self.address_of_linking(name)
        if name.startswith("manage_charts:"):
            return reverse(name, args=[self.keys["cohort"], *["weeks"][: name.endswith("move")]])
        if name.startswith("manage_files:"):
            verb = name.partition(":")[2]
            return reverse(name, args=[self.keys[verb]] if verb != "import" else [])
        if name.startswith("manage_programmes:"):
            return reverse(name, args=self.keys_of_editor(name.partition(":")[2]))
        if name in ("guidance:along", "guidance:along_stop"):
            return reverse(name, args=[self.keys["question"], 1])
        if name == "placements:agreement_confirm":
            return reverse(name, args=[self.keys["agreement"], 1])
        kind = self.kind_of(name)
        rest = ["rename"] if name == "logbook:entry" else []
        return reverse(name, args=[self.keys[kind], *rest] if kind else [])

    def address_of_tip(self, name: str) -> str:
        """Return the address of a route about a tip, or about all those of a programme."""
        verb = name.partition(":")[2]
        if verb in ("new", "export_all", "import"):
            return reverse(name, args=[self.keys["programme"]])
        if verb == "cohort":
            return reverse(name, args=[self.keys["cohort"]])
        numbers = [1] if verb in ("version", "restore") else []
        return reverse(
            name, args=[] if verb in ("list", "statistics") else [self.keys["tip"], *numbers]
        )

    def address_of_linking(self, name: str) -> str:
        """Return the address of a route about who guides whom."""
        verb = name.partition(":")[2]
        kind = {"end": "link", "replace": "link", "undo": "link_file", "file": "link_file"}
        keys = [] if verb in ("list", "files") else [self.keys[kind.get(verb, verb)]]
        return reverse(name, args=keys)

    def keys_of_editor(self, verb: str) -> list[Any]:
        """Return what stands in an address of the programme editor."""
        if verb == "list":
            return []
        kind = {
            "programme_new": "institution",
            "programme": "programme",
            "programme_delete": "programme",
            "cohort_new": "programme",
            "entry": "shared_entry",
            "competence": "competence",
            "competences_import": "cohort",
            "models": "programme",
            "model_new": "programme",
            "model_copy": "programme",
            "model": "own_model",
            "model_change": "own_model",
            "field": "own_field",
            "field_change": "own_field",
        }.get(verb) or {"entry": "shared_entry", "competence": "competence"}.get(
            verb.partition("_")[0], "cohort"
        )
        rest = {
            "part": ["category"],
            "part_move": ["category"],
            "vocabulary": ["category"],
            "start": ["deadlines"],
            "entry_change": ["retire"],
            "competence_change": ["retire"],
            "model_copy": [self.keys["own_model"]],
            "model_change": ["drop"],
            "field_change": ["up"],
        }
        return [self.keys[kind], *rest.get(verb, [])]

    def kind_of(self, name: str) -> str:
        """Return what the key in an address stands for."""
        if name in OF_DRAFT:
            return "draft"
        if name in KINDS:
            return KINDS[name]
        app, _, verb = name.partition(":")
        if verb in ("list", "new", *WITHOUT_KEY):
            return ""
        if app in ("guidance", "tips"):
            return {"guidance": "question", "tips": "tip"}[app]
        first, _, rest = verb.partition("_")
        if rest == "new":
            return "activity" if first == "template" else ""
        if rest == "restore":
            return f"deleted_{first}"
        return first if first in self.keys else ""


def campus_of(programme: Programme, owner: User, *, by: User, at: datetime) -> dict[str, Any]:
    """Let an institution have campus sign-in, switched off, with a rule and the owner's account."""
    provider = add_provider(
        CampusProvider(
            institution=programme.institution,
            protocol="saml",
            name="Campus",
            metadata_url="https://campus.invalid/metadata",
        ),
        by=by,
        at=at,
    )
    rule = CampusRule.objects.create(
        provider=provider, attribute="a", value="b", role=Role.STUDENT, programme=programme
    )
    account = CampusAccount.objects.create(
        provider=provider, person=owner, subject="s", linked_at=at
    )
    return {"campus": provider.pk, "campus_rule": rule.pk, "campus_account": account.pk}


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    """One world for all tests here, since it takes long to make: each test undoes what it did."""
    with django_db_blocker.unblock():
        yield made_world()
        call_command("flush", interactive=False, verbosity=0)


def made_world() -> World:
    now = timezone.now()
    cohort = factories.cohort(has_feedback=True)
    people = {
        name: factories.person(f"{name.title()} Persoon")
        for name in ("owner", "stranger", "teacher", "other", "admin")
    }
    for name, role in (
        ("owner", Role.STUDENT),
        ("stranger", Role.STUDENT),
        ("teacher", Role.TEACHER),
        ("other", Role.TEACHER),
        ("admin", Role.ADMINISTRATOR),
    ):
        ProgrammeMembership.objects.create(
            programme=cohort.programme, person=people[name], role=role
        )
    InstitutionAdministrator.objects.create(
        institution=cohort.programme.institution, person=people["admin"]
    )
    people |= other_administrators(cohort.programme)
    member = factories.person("Lid Persoon")
    ProgrammeMembership.objects.create(programme=cohort.programme, person=member, role=Role.STUDENT)
    placement = factories.placement(people["owner"], teacher=people["teacher"], cohort=cohort)
    factories.placement(people["stranger"], teacher=people["other"], cohort=cohort)
    activity = factories.activity(placement, SECRET)
    deleted = factories.activity(placement, SECRET, deleted_at=now)
    saved = save_item(activity, by=people["owner"], at=now)
    draft = factories.question(placement, SECRET, teacher=people["teacher"], core=SECRET)
    question = factories.question(
        placement, "Gedeeld", teacher=people["teacher"], goal=factories.goal(placement, "Gedeeld")
    )
    shared_file = guidance.add_item(
        question, factories.evidence(placement, "Gedeeld.jpg"), position=1
    )
    guidance.share_question(question, at=now - timedelta(hours=1))
    message = factories.message(question, people["owner"])
    asked_to_guest = factories.guest_question(placement)
    guidance.share_question(asked_to_guest, at=now)
    asked_to_guest.refresh_from_db()
    assert asked_to_guest.invitation
    return World(
        people={"anyone": None, **people},
        keys={
            **things_of(placement, activity, now),
            "institution": cohort.programme.institution_id,
            "programme": cohort.programme.pk,
            "session": factories.session(people["owner"]).pk,
            "member": member.pk,
            "other_member": people["stranger"].pk,
            **links_of(placement, people["admin"], now),
            **campus_of(cohort.programme, people["owner"], by=people["admin"], at=now),
            "holiday": factories.holiday(cohort.programme.institution).pk,
            **roster_of(cohort, people["admin"], now),
            **environment_of(people["owner"], cohort.programme.institution, now),
            "announcement": factories.announcement(cohort.programme.institution).pk,
            "cohort": cohort.pk,
            "shared_entry": factories.entry(cohort, "category", "Overleg", key="meeting").pk,
            "competence": Competence.objects.create(cohort=cohort, key="k", name_nl="Leren").pk,
            "starting_goal": StartingGoal.objects.create(
                cohort=cohort, key="g", position=0, title_nl="Leren", title_en="Learning"
            ).pk,
            **own_model(cohort),
            "placement": placement.pk,
            "activity": activity.pk,
            "deleted": deleted.pk,
            "saved": saved.pk,
            "draft": draft.pk,
            "question": question.pk,
            "message": message.pk,
            "attachment": factories.attachment(message).pk,
            "words": factories.own_words(people["teacher"]).pk,
            **day_of(people["teacher"], people["other"], placement),
            **talks_about(question, now),
            "item": shared_file.pk,
            "guest_question": asked_to_guest.pk,
            "guest": asked_to_guest.invitation.token,
        },
    )


def environment_of(student: User, institution: Institution, now: datetime) -> dict[str, int]:
    """Register a learning environment that somebody comes from, with a course."""
    platform = Platform.objects.create(
        institution=institution, name="Canvas", issuer="https://canvas.example", client_id="c"
    )
    deployment = Deployment.objects.create(platform=platform, deployment_id="d")
    course = Course.objects.create(deployment=deployment, context_id="1", seen_at=now)
    identity = Identity.objects.create(
        platform=platform, subject="s", person=student, linked_at=now
    )
    return {"environment": platform.pk, "lti_course": course.pk, "identity": identity.pk}


def links_of(placement: Placement, administrator: User, now: datetime) -> dict[str, int]:
    """Say who guides a placement, and that a file did that."""
    link = placement.teacher_links.get(part=PlacementTeacher.Part.MAIN)
    applied = LinkFile.objects.create(name="links.csv", applied_by=administrator, applied_at=now)
    LinkFileChange.objects.create(file=applied, link=link, did=LinkFileChange.Did.MADE)
    return {
        "cohort": placement.cohort_id,
        "teacher": link.teacher_id,
        "link": link.pk,
        "link_file": applied.pk,
    }


def roster_of(cohort: Cohort, administrator: User, now: datetime) -> dict[str, int]:
    """Set up a list of people from elsewhere, and look at it."""
    source = Source.objects.create(
        institution=cohort.programme.institution, kind="sheet", name="Lijst", run_by=administrator
    )
    group = Group("3A", "3A", "sheet", "Stage", ("mira",), ())
    listed = Roster((Person("mira", "Mira Persoon", "mira@lijst.example"),), (group,))
    line = map_line(source, "sheet", title="Stage", cohort=cohort, by=administrator, at=now)
    run = look(source, listed, by=administrator, at=now)
    return {"roster_source": source.pk, "roster_line": line.pk, "roster_run": run.pk}


def own_model(cohort: Cohort) -> dict[str, int]:
    """Make a reflection model of the programme, which the cohort offers."""
    model = ReflectionModel.objects.create(
        programme=cohort.programme, key="own", name_nl="Kern", name_en="Core"
    )
    cohort.reflection_models.add(model)
    field = ReflectionField.objects.create(
        model=model, key="core", position=0, label_nl="Kern", label_en="Core"
    )
    return {"own_model": model.pk, "own_field": field.pk}


def talks_about(question: GuidanceQuestion, now: datetime) -> dict[str, int]:
    """Make a talk, moments that the teacher proposes, and a report of each kind."""
    assert question.teacher
    talk = factories.talk(question)
    proposal = propose_talk(
        TalkProposal(question=question), [now + timedelta(days=2)], by=question.teacher, at=now
    )
    return {
        "talk": talk.pk,
        "proposal": proposal.pk,
        "moment": proposal.moments.get().pk,
        "report": factories.report(question, SECRET).pk,
        "shared_report": factories.report(question, "Gedeeld", shared_at=now).pk,
    }


def other_administrators(programme: Programme) -> dict[str, User]:
    """Make administrators of the programme, of its institution, beside it and elsewhere."""
    names = ("colleague", "overseer", "neighbour", "elsewhere")
    people = {name: factories.person(f"{name.title()} Persoon") for name in names}
    beside = factories.cohort(programme=factories.programme(institution=programme.institution))
    elsewhere = factories.cohort()
    for name, one in (
        ("colleague", programme),
        ("neighbour", beside.programme),
        ("elsewhere", elsewhere.programme),
    ):
        ProgrammeMembership.objects.create(
            programme=one, person=people[name], role=Role.ADMINISTRATOR
        )
    InstitutionAdministrator.objects.create(
        institution=programme.institution, person=people["overseer"]
    )
    return people


def day_of(teacher: User, other: User, placement: Placement) -> dict[str, int]:
    """Let somebody guide along, the other teacher stand in next week, and fix a moment."""
    beside = factories.placement(teacher=teacher, cohort=placement.cohort)
    along = PlacementTeacher.objects.create(
        placement=beside, teacher=factories.person("Helper Persoon"), part="along"
    )
    first = timezone.localdate() + timedelta(days=7)
    replacing = arrange_substitution(
        Substitution(
            teacher=teacher,
            substitute=other,
            institution=placement.cohort.programme.institution,
            starts_on=first,
            ends_on=first,
        ),
        by=teacher,
        at=timezone.now(),
    )
    moment = FixedMoment.objects.create(
        teacher=teacher, weekday=2, starts=time(12, 15), ends=time(13)
    )
    return {"link_along": along.pk, "stand_in": replacing.pk, "fixed_moment": moment.pk}


def things_of(placement: Placement, activity: Activity, now: datetime) -> dict[str, Any]:
    """Make one of everything else that a student has; return the keys."""
    student, own = placement.student, factories
    entry = own.entry(placement.cohort, "person", SECRET, owner=student)
    sheet = BytesIO(f"datum;omschrijving\n{timezone.localdate(now)};{SECRET}\n".encode())
    archive = BytesIO()
    write_archive(placement, archive, language="nl", at=now, progress=lambda _done: None)
    things = {
        "evidence": own.evidence(placement, SECRET, activity=activity),
        "deleted_evidence": own.evidence(placement, SECRET, deleted_at=now),
        "reflection": own.reflection(placement, SECRET, activity=activity),
        "deleted_reflection": own.reflection(placement, SECRET, deleted_at=now),
        "goal": own.goal(placement, SECRET),
        "deleted_goal": own.goal(placement, SECRET, deleted_at=now),
        "chain": own.chain(placement, SECRET),
        "template": keep_template(activity, SECRET, at=now),
        "entry": entry,
        "deadline": own.deadline(placement, SECRET),
        "appointment": own.appointment(placement, SECRET),
        "absence": own.absence(placement, reason=SECRET),
        "point": own.point(placement, SECRET),
        "sheet": keep_sheet(placement, sheet, "blad.csv", at=now),
        "archive": keep_archive(placement, archive, f"{SECRET}.zip", at=now),
        "export": ask_export(
            Export(placement=placement, kind="activities", format="txt", language="nl"), at=now
        ),
    }
    things |= record_in_store(placement, activity, now)
    things |= taken_out(placement, activity, now)
    things["data_copy"] = ask_data_copy(student, at=now)
    make_due_copies(at=now)
    things["tip"] = tip_about_goals(placement)
    show_tips(placement, at=now)
    link = placement.teacher_links.get()
    things["agreement"] = link
    things["leave"] = TeacherLeave.objects.create(
        teacher=link.teacher, starts_on="2026-12-21", ends_on="2027-01-03"
    )
    token = make_feed(student, with_activities=False, at=now)
    things["news"] = Notification.objects.create(
        person=student, kind=Kind.EXPORT_READY, title=SECRET, path="/exports/", cause="x"
    )
    things["access_token"] = make_token(
        student,
        SECRET,
        ["logbook:read"],
        expires_at=now + timedelta(days=1),
        client_id=uuid.uuid4(),
        at=now,
    ).token
    things["webhook"] = webhook = Webhook(
        person=student, name=SECRET, url="https://hier.example/hoor"
    )
    make_webhook(webhook, at=now)
    things["webhook_event"] = send_test(webhook, at=now)
    stop = unsubscribe_path(student, kind=Kind.EXPORT_READY).rstrip("/").rpartition("/")[2]
    return {name: thing.pk for name, thing in things.items()} | {"token": token, "stop": stop}


def taken_out(placement: Placement, activity: Activity, now: datetime) -> dict[str, Any]:
    """Make a portfolio and a badge, which a key of the institution signs."""
    chosen = {"activities": [activity.pk]}
    portfolio = Portfolio(placement=placement, title=SECRET, chosen=chosen, language="nl")
    badge = make_badge(
        Badge(placement=placement, title=SECRET, narrative=SECRET, language="nl"),
        competence=None,
        evidence=[],
        with_mail=False,
        at=now,
    )
    return {
        "portfolio": ask_portfolio(portfolio, at=now),
        "badge": badge,
        "signing_key": badge.key,
    }


def record_in_store(placement: Placement, activity: Activity, now: datetime) -> dict[str, Any]:
    """Let an activity go to a store that cannot be reached."""
    store = RecordStore.objects.create(
        institution=placement.cohort.programme.institution,
        name="Leerrecords",
        about_nl="Jij",
        about_en="You",
        endpoint="http://127.0.0.1:1/xapi/",
        key="school",
        secret=SECRET,
    )
    learned = learned_from([activity], [], with_words=True)
    let_go(placement, store, learned, language="nl", at=now)
    return {"record_store": store, "record": store.statements.get()}


def tip_about_goals(placement: Placement) -> Tip:
    """Make a tip that names the student's own goals."""
    untouched = Condition("goals", "goals_untouched", minimum=0)
    return factories.tip(placement.cohort, Rule((untouched,)), feedback="Nog niet: {goals.what}")


def routes(resolver: URLResolver, prefix: str = "") -> Iterator[str]:
    """Give the name of every route there is."""
    for entry in resolver.url_patterns:
        if isinstance(entry, URLPattern):
            yield f"{prefix}{entry.name}"
        elif entry.namespace != "api_v1":  # has a table of its own: tests/api/test_matrix.py
            space = f"{entry.namespace}:" if entry.namespace else ""
            yield from routes(entry, prefix + space)


def test_every_route_has_an_expectation() -> None:
    assert sorted(set(routes(get_resolver()))) == sorted(GET.keys() | POST.keys())


def answer(world: World, name: str, visitor: str, method: str) -> int:
    client = Client()
    person = world.people[visitor]
    if person:
        client.force_login(person)
    address = world.address(name)
    response = client.get(address) if method == "GET" else client.post(address)
    if visitor != "owner" and person and name != "planning:feed":
        assert SECRET not in response.getvalue().decode(errors="replace")
    return response.status_code


@pytest.mark.parametrize("name", sorted(GET))
def test_reading(world: World, name: str) -> None:
    got = {visitor: answer(world, name, visitor, "GET") for visitor in VISITORS}
    assert got == dict(zip(VISITORS, GET[name], strict=True))


@pytest.mark.parametrize("name", sorted(POST))
def test_changing(world: World, name: str) -> None:
    # The owner last: what the owner changes may be gone for the others.
    order = [*(visitor for visitor in VISITORS if visitor != "owner"), "owner"]
    got = {visitor: answer(world, name, visitor, "POST") for visitor in order}
    assert got == dict(zip(VISITORS, POST[name], strict=True))


#: These show a form, or send somebody whose address is confirmed home.
OPENED = {"guidance:edit", "resend_verification"}


@pytest.mark.parametrize("name", sorted(POST.keys() - OPENED))
def test_nothing_changes_by_opening_an_address(world: World, name: str) -> None:
    client = Client()
    owner = world.people["owner"]
    assert owner
    client.force_login(owner)
    assert client.get(world.address(name)).status_code == 405


#: Where the owner reads something with a mark of audience, and where a teacher reads the same.
MARKED = {
    "logbook:activity": ("activity", "logbook:activity"),
    "guidance:question": ("question", "guidance:question"),
    "guidance:question (draft)": ("draft", "guidance:question"),
    "guidance:talk": ("talk", "guidance:talk"),
    "guidance:report": ("shared_report", "guidance:report"),
    "guidance:report (draft)": ("report", "guidance:report"),
    "placements:show": ("placement", "students:student"),
}


@pytest.mark.parametrize("page", MARKED)
def test_mark_of_audience_names_exactly_those_who_can_open_it(world: World, page: str) -> None:
    kind, others_page = MARKED[page]
    owner = world.people["owner"]
    assert owner
    client = Client()
    client.force_login(owner)
    own_page = page.partition(" ")[0]
    address = reverse(own_page, args=[] if own_page == "placements:show" else [world.keys[kind]])
    mark = client.get(address).context["audience"]

    readers = [owner]
    for name, person in world.people.items():
        other = Client()
        if person:
            other.force_login(person)
        opens = other.get(reverse(others_page, args=[world.keys[kind]])).status_code == 200
        if opens and name != "owner" and person:
            readers.append(person)

    assert mark == audience_text(readers, owner)


#: What administrators read about one programme.
OF_PROGRAMME = (
    "manage_people:person",
    "manage_programmes:programme",
    "manage_programmes:cohort_new",
    "manage_programmes:cohort",
    "manage_programmes:clone",
    "manage_programmes:form",
    "manage_programmes:part",
    "manage_programmes:vocabulary",
    "manage_programmes:competences",
    "manage_programmes:start",
    "manage_programmes:start_row",
    "manage_programmes:entry",
    "manage_programmes:competence",
    "manage_programmes:competences_import",
    "manage_programmes:models",
    "manage_programmes:model_new",
    "manage_programmes:model",
    "manage_programmes:field",
    "manage_charts:cohort",
    "manage_tips:cohort",
    "manage_tips:new",
    "manage_tips:tip",
    "manage_tips:copy",
    "manage_tips:import",
    "manage_tips:versions",
    "manage_tips:version",
    "manage_links:cohort",
    "manage_links:placement",
    "manage_links:teacher",
    "manage_links:file",
)
#: What they read about all of theirs at the same address, and what is there about a programme.
OF_ALL_PROGRAMMES: dict[str, Callable[[Any], set[Any]]] = {
    "manage_programmes:list": lambda context: {row[0] for row in context["programmes"]},
    "manage_tips:list": lambda context: {row[0] for row in context["programmes"]},
    "manage_links:list": lambda context: {row[0] for row in context["programmes"]},
    "manage_links:files": lambda context: set(context["programmes"]),
    "manage_insights:list": lambda context: {
        table.cohort.programme for table in context["tables"] if table.cohort
    },
    **dict.fromkeys(
        (
            "manage_people:list",
            "manage_people:invite",
            "manage_people:sheet",
            "manage_files:import",
        ),
        lambda context: set(context["programmes"]),
    ),
    # Nothing about a programme: for all of them the same.
    "manage_tips:statistics": lambda context: {heading for heading, _rows in context["groups"]},
    "manage_preview:role": lambda context: set(context["roles"]),
    "manage:list": lambda context: {str(group.name) for group in context["groups"]},
}
#: What only functional administrators read about their institution.
OF_INSTITUTION = (
    "manage_audit:list",
    "manage_holidays:list",
    "manage_integrations:list",
    "manage_roster:list",
    "manage_roster:new",
    "manage_roster:source",
    "manage_roster:lines",
    "manage_roster:settings",
    "manage_roster:remove",
    "manage_roster:run",
    "manage_lti:list",
    "manage_lti:new",
    "manage_lti:platform",
    "manage_campus:list",
    "manage_campus:new_oidc",
    "manage_campus:new_saml",
    "manage_campus:provider",
    "manage_campus:change",
    "manage_badges:list",
    "manage_records:list",
    "manage_records:new",
    "manage_records:store",
    "manage_people:merge",
    "manage_people:merge_with",
    "manage_messages:list",
    "manage_messages:new",
    "manage_messages:message",
    "manage_privacy:overview",
    "manage_privacy:statement",
    "manage_programmes:programme_new",
)
#: Files, which say nothing beside what is asked for.
FILES = {
    "manage_tips:export",
    "manage_tips:export_all",
    "manage_files:programme",
    "manage_files:cohort",
}
EVERYBODY = "iedereen die een opleiding beheert"


def marks_on(content: bytes) -> list[str]:
    """Return what the marks of audience on a page say."""
    found = re.findall(r'class="audience">.*?<span>.*?: (.*?)</span>', content.decode(), re.DOTALL)
    return [" ".join(mark.split()) for mark in found]


def readers_of(world: World, name: str) -> dict[str, Any]:
    """Return the answer of a page for each person who can open it."""
    found = {}
    for visitor, person in world.people.items():
        client = Client()
        if person:
            client.force_login(person)
            answer = client.get(world.address(name))
            if answer.status_code == 200:
                found[visitor] = answer
    return found


def test_every_page_of_administrators_says_who_can_see_it() -> None:
    pages = {name for name, row in GET.items() if row == ADMINISTRATORS} - FILES

    assert pages == {*OF_PROGRAMME, *OF_ALL_PROGRAMMES, *OF_INSTITUTION}


@pytest.mark.parametrize("name", OF_PROGRAMME)
def test_mark_on_pages_of_a_programme_names_exactly_those_who_can_open_it(
    world: World, name: str
) -> None:
    answers = readers_of(world, name)

    assert set(answers) == {"admin", "colleague", "overseer"}
    for visitor, answer in answers.items():
        viewer = world.people[visitor]
        assert viewer
        expected = audience_text(
            [person for one in answers if (person := world.people[one])], viewer
        )
        assert marks_on(answer.content) == [expected]


@pytest.mark.parametrize("name", OF_INSTITUTION)
def test_mark_on_pages_of_an_institution_names_exactly_those_who_can_open_it(
    world: World, name: str
) -> None:
    answers = readers_of(world, name)

    assert set(answers) == {"admin", "overseer"}
    for visitor, answer in answers.items():
        viewer = world.people[visitor]
        assert viewer
        readers = [person for one in answers if (person := world.people[one])]
        assert marks_on(answer.content) == [audience_text(readers, viewer)]


@pytest.mark.parametrize("name", OF_ALL_PROGRAMMES)
def test_mark_on_pages_of_all_programmes_names_exactly_those_who_see_some_of_it(
    world: World, name: str
) -> None:
    answers = readers_of(world, name)
    shown = {one: OF_ALL_PROGRAMMES[name](answer.context) for one, answer in answers.items()}

    assert set(answers) == {"admin", "colleague", "overseer", "neighbour", "elsewhere"}
    for visitor, answer in answers.items():
        viewer = world.people[visitor]
        assert viewer

        def mark(things: set[Any], viewer: User = viewer) -> str:
            readers = [world.people[one] for one, theirs in shown.items() if theirs & things]
            return audience_text([reader for reader in readers if reader], viewer)

        found = marks_on(answer.content)
        if name in ("manage_tips:list", "manage_links:list", "manage_programmes:list"):
            assert found == [mark({row[0]}) for row in answer.context["programmes"]]
        elif name in ("manage:list", "manage_tips:statistics", "manage_preview:role"):
            assert found == [EVERYBODY]
        else:
            rest = ", ieder voor de eigen opleidingen" if len(shown[visitor]) > 1 else ""
            assert found == [mark(shown[visitor]) + rest]


@pytest.mark.parametrize(
    "name",
    [
        "home",
        "logbook:activities",
        "logbook:saved",
        "insights:charts",
        "guidance:list",
        "guidance:new",
        "guidance:points",
    ],
)
def test_pages_that_only_the_student_has_say_so(world: World, name: str) -> None:
    client = Client()
    owner = world.people["owner"]
    assert owner
    client.force_login(owner)

    assert client.get(reverse(name)).context["audience"] == "alleen jij"


def test_after_unlinking_the_teacher_reads_nothing_any_more(world: World) -> None:
    question = GuidanceQuestion.objects.get(pk=world.keys["question"])
    question.placement.teacher_links.update(ended_at=timezone.now())

    for name in (
        "guidance:question",
        "guidance:item_file",
        "guidance:attachment",
        "students:student",
    ):
        assert answer(world, name, "teacher", "GET") == 404
    assert answer(world, "guidance:message", "teacher", "POST") == 404
