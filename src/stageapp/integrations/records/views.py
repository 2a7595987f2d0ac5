"""Learning records: what the student let go, and letting something go."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from stageapp.accounts.audience import audience_text
from stageapp.accounts.requests import SignedInRequest
from stageapp.core.requests import sent_data
from stageapp.integrations.records import access, actions, queries
from stageapp.integrations.records.forms import LetGoForm
from stageapp.integrations.records.models import Statement
from stageapp.integrations.records.queries import Known
from stageapp.integrations.records.rules import Learned, statement_of
from stageapp.integrations.records.words import Preview, preview_of, title_of, written
from stageapp.placements.decorators import PlacementRequest, needs_placement

RECORDS_A_PAGE = 20


@dataclass(frozen=True)
class Row:
    """A record as the page shows it."""

    statement: Statement
    title: str
    as_json: str
    reminder: str

    @property
    def last(self) -> Statement:
        """What is going on now: the withdrawal where there is one."""
        return getattr(self.statement, "withdrawal", None) or self.statement


@require_safe
@needs_placement
def overview(request: PlacementRequest) -> HttpResponse:
    """Show what the student let go to which store, and how that went."""
    records = access.records_of(request.user)
    page = Paginator(records, RECORDS_A_PAGE).get_page(request.GET.get("page"))
    shown = list(page.object_list)
    reminders = queries.reminders_of(request.user, [(one.kind, one.client_id) for one in shown])
    rows = [
        Row(
            one,
            title_of(one.content),
            written(one.content),
            reminders.get((one.kind, one.client_id), ""),
        )
        for one in shown
    ]
    context = {
        "page": page,
        "rows": rows,
        "stores": list(queries.stores_offered(request.placement)),
        "audience": audience_text([request.user], request.user),
    }
    return render(request, "records/overview.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@needs_placement
def new(request: PlacementRequest) -> HttpResponse:
    """Choose what goes, look at exactly that, and let it go."""
    form = LetGoForm(sent_data(request), placement=request.placement)
    if not form.stores:
        return redirect("records:overview")
    previews: list[Preview] = []
    is_sent = form.is_bound and not form.is_asked_for_more
    if is_sent and form.is_valid():
        if request.POST.get("do") == "send" and _was_sent(request, form):
            return redirect("records:overview")
        previews = _previews(request, form)
    context = {
        "form": form,
        "previews": previews,
        "store": form.chosen_store if previews else None,
        "audience": audience_text([request.user], request.user),
    }
    status = 422 if is_sent and form.errors else 200
    return render(request, "records/new.html", context, status=status)


@require_POST
def withdraw(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Take a record back."""
    own = get_object_or_404(access.records_of(request.user), pk=pk)
    actions.withdraw(own, at=timezone.now())
    messages.success(request, _("It is taken back. What the store does with that, is theirs."))
    return redirect("records:overview")


@require_POST
def again(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Try once more what did not arrive."""
    own = get_object_or_404(access.records_of(request.user), pk=pk)
    if actions.try_again(own, at=timezone.now()):
        messages.success(request, _("It is tried again in a moment."))
    return redirect("records:overview")


def _was_sent(request: PlacementRequest, form: LetGoForm) -> bool:
    learned = _learned(form)
    try:
        number = actions.let_go(
            request.placement,
            form.chosen_store,
            learned,
            language=_language(request),
            at=timezone.now(),
        )
    except ValidationError as problem:
        form.add_error(None, problem)
        return False
    text = ngettext("%(n)d thing is on its way.", "%(n)d things are on their way.", number)
    if number:
        messages.success(request, text % {"n": number})
    if number < len(learned):
        messages.info(request, _("What was there already, did not go again."))
    return True


def _previews(request: PlacementRequest, form: LetGoForm) -> list[Preview]:
    """Return what would go."""
    learned, store = _learned(form), form.chosen_store
    actor = queries.actor_in(store, request.user.pk)
    known = queries.known_in(store, actor, learned)
    sender = queries.sender_of(
        request.placement, actor, language=_language(request), at=timezone.now()
    )
    reminders = queries.reminders_of(request.user, [(one.source, one.client_id) for one in learned])
    shown = []
    for one in learned:
        before = known.get((one.source, one.client_id), Known())
        statement = statement_of(one, sender, before.number + 1)
        reminder = reminders.get((one.source, one.client_id), "")
        shown.append(preview_of(one, statement, is_there=before.is_there, reminder=reminder))
    return shown


def _learned(form: LetGoForm) -> Sequence[Learned]:
    chosen = form.chosen
    return queries.learned_from(
        chosen["activities"],
        chosen["reflections"],
        with_words=form.cleaned_data["with_words"],
    )


def _language(request: PlacementRequest) -> str:
    return get_language() or request.user.language
