"""How often what costs may be asked for: the table, in one place. `core/counting.py` counts.

`docs/security.md` shows it; a test compares the two. What costs nothing much is in no line. Signing
in and its neighbours have their own limits: `ACCOUNT_RATE_LIMITS` in the settings. Codes, links and
messages of guests, documents and mails of a student have others in the rows themselves, beside
these: `invitations/rules.py`, `exports/rules.py`.
"""

from stageapp.core.limits import HOUR, MINUTE, By, Limit, When

LIMITS = (
    Limit(
        "speech acts and quotations",
        60,
        MINUTE,
        (
            "guidance:core_reading",
            "guidance:message_reading",
            "guidance:core_quote",
            "guidance:message_quote",
        ),
    ),
    # Somebody who types makes a pause some forty times a minute at most.
    Limit("hints", 60, MINUTE),
    Limit(
        "searching",
        60,
        MINUTE,
        (
            "guide:list",
            "logbook:activities",
            "students:list",
            "manage_people:list",
            "manage_people:merge",
            "manage_audit:list",
        ),
        when=When.ASKED,
    ),
    Limit(
        "charts and statistics",
        60,
        MINUTE,
        (
            "insights:charts",
            "insights:save",
            "tips:list",
            "manage_insights:list",
            "manage_links:list",
            "manage_links:cohort",
            "manage_tips:list",
            "manage_tips:statistics",
            "manage_tips:new",
            "manage_tips:tip",
            "manage_tips:copy",
            "manage_tips:version",
        ),
    ),
    Limit(
        "making documents",
        30,
        10 * MINUTE,
        ("exports:overview", "my_data:ask_copy", "portfolio:new", "portfolio:badge_new"),
        when=When.SENT,
    ),
    Limit(
        "taking files",
        300,
        10 * MINUTE,
        (
            "exports:file",
            "portfolio:file",
            "my_data:copy_file",
            "logbook:evidence_file",
            "guidance:item_file",
            "guidance:attachment",
            "guidance:talk_file",
            "guests:file",
            "guests:attachment",
            "manage_tips:export",
            "manage_tips:export_all",
            "manage_files:programme",
            "manage_files:cohort",
        ),
    ),
    # A page of evidence shows thirty of them.
    Limit("small pictures", 1200, 10 * MINUTE, ("logbook:evidence_thumbnail",)),
    Limit(
        "uploading",
        120,
        10 * MINUTE,
        (
            "logbook:new",
            "logbook:edit",
            "logbook:evidence",
            "logbook:evidence_add",
            "logbook:evidence_upload",
        ),
        when=When.SENT,
    ),
    Limit(
        "imports",
        60,
        10 * MINUTE,
        (
            "exports:imports",
            "exports:sheet_apply",
            "exports:archive_apply",
            "manage_people:sheet",
            "manage_tips:import",
            "manage_files:import",
            "manage_links:files",
            "manage_roster:source",
            "manage_roster:apply",
            "manage_roster:undo",
            "manage_programmes:vocabulary",
            "manage_programmes:competences",
            "manage_programmes:competences_import",
            "manage_programmes:clone",
        ),
        when=When.SENT,
    ),
    Limit("previews of imports", 60, 10 * MINUTE, ("exports:sheet", "exports:archive")),
    Limit(
        "messages",
        60,
        10 * MINUTE,
        ("guidance:message", "guests:message"),
        when=When.SENT,
    ),
    Limit(
        "inviting people",
        120,
        HOUR,
        ("manage_people:invite", "manage_people:again", "manage_people:merge_with"),
        when=When.SENT,
    ),
    # Each asks another system something.
    Limit(
        "asking other systems",
        30,
        10 * MINUTE,
        ("manage_roster:look", "manage_roster:test", "manage_roster:lines"),
        when=When.SENT,
    ),
    Limit(
        "links of guests",
        30,
        10 * MINUTE,
        ("guidance:share", "guidance:link_renew", "guidance:link_again"),
        when=When.SENT,
    ),
    # A whole school may begin its day behind one address.
    Limit(
        "campus sign-in",
        60,
        MINUTE,
        (
            "campus:find",
            "campus:begin",
            "campus:go",
            "campus:callback",
            "campus:acs",
            "campus:done",
            "campus:code",
            "campus:code_again",
            "campus:link",
            "campus:confirm",
            "campus:metadata",
        ),
    ),
    # A campus tells it of each of its people from one address, and thousands may leave at once.
    Limit("signing out at the campus", 300, MINUTE, ("campus:signed_out",)),
    Limit(
        "testing connections",
        30,
        10 * MINUTE,
        ("manage_campus:test", "manage_campus:try"),
    ),
    Limit("mailing documents", 20, HOUR, ("exports:mail",), when=When.SENT),
    Limit("learning records", 60, 10 * MINUTE, ("records:new",), when=When.SENT),
    # Each asks another system.
    Limit("tests of connections", 30, 10 * MINUTE, ("manage_records:test",)),
    Limit("feedback", 5, HOUR),
    # Each request to the API counts in one of the first two; what costs more counts in the line of
    # its page as well, so that there is no second way around it.
    Limit("API: reading", 600, MINUTE),
    Limit("API: writing", 120, MINUTE),
    Limit("API: without a token that works", 60, MINUTE, by=By.NETWORK),
    Limit("trying a webhook", 20, HOUR, ("webhooks:test", "webhooks:again"), when=When.SENT),
    # Of a link in each network: whoever tries made-up links uses up no other, and nobody guesses
    # these. Calendar programs come some times an hour.
    Limit("one calendar feed", 20, 10 * MINUTE, ("planning:feed",), by=By.LINK),
    Limit(
        "one link that came by mail",
        20,
        10 * MINUTE,
        ("invitations:code", "invitations:enter", "welcome", "merge"),
        by=By.LINK,
    ),
    # A whole class may sit behind one address; each launch takes two of them.
    Limit(
        "launches of learning environments",
        1200,
        10 * MINUTE,
        ("lti:login", "lti:launch"),
        by=By.NETWORK,
    ),
    Limit("registering learning environments", 10, 10 * MINUTE, ("lti:register",), by=By.LINK),
    Limit("testing connections", 30, 10 * MINUTE, ("manage_lti:platform",), when=When.SENT),
    Limit("first launches", 60, 10 * MINUTE, ("lti:welcome", "lti:full_screen"), when=When.SENT),
    # Answered 204 all the same.
    Limit("reports of browsers", 60, MINUTE, by=By.NETWORK),
)
