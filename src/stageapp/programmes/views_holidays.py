"""The holidays of an institution, for functional administrators."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from stageapp.accounts.audience import audience_text
from stageapp.accounts.requests import SignedInRequest
from stageapp.programmes import access
from stageapp.programmes.actions_holidays import add_holidays, remove_holiday
from stageapp.programmes.forms_holidays import HolidayForm, HolidayListForm
from stageapp.programmes.models import Institution
from stageapp.programmes.queries import institution_for
from stageapp.programmes.rules_holidays import Days

HOLIDAYS_A_PAGE = 30


@require_http_methods(["GET", "HEAD", "POST"])
def holidays(request: SignedInRequest) -> HttpResponse:
    """Show the holidays, the last ones first; add one, or a list of them."""
    institution = _institution(request)
    is_list = request.POST.get("do") == "list"
    one = HolidayForm(request.POST if request.method == "POST" and not is_list else None)
    several = HolidayListForm(request.POST if is_list else None)
    sent: HolidayForm | HolidayListForm = several if is_list else one
    if sent.is_bound and sent.is_valid():
        wanted: list[Days] = several.cleaned_data["lines"] if is_list else [one.days]
        try:
            number = add_holidays(institution, wanted, by=request.user, at=timezone.now())
        except ValidationError as problem:
            sent.add_error(None, problem)
        else:
            _tell(request, number, len(wanted) - number)
            return redirect("manage_holidays:list")
    rows = Paginator(institution.holidays.order_by("-starts_on", "-pk"), HOLIDAYS_A_PAGE)
    context = {
        "institution": institution,
        "page": rows.get_page(request.GET.get("page")),
        "today": institution.day_of(),
        "one": one,
        "several": several,
        "audience": audience_text(access.functional_administrators_of(institution), request.user),
    }
    return render(
        request,
        "programmes/manage/holidays.html",
        context,
        status=422 if sent.is_bound and sent.errors else 200,
    )


@require_POST
def remove(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take a holiday away."""
    own = get_object_or_404(access.holidays_administered(request.user), pk=pk)
    remove_holiday(own, by=request.user, at=timezone.now())
    messages.success(request, _("%(name)s is removed.") % {"name": own.name})
    return redirect("manage_holidays:list")


def _tell(request: SignedInRequest, number: int, known: int) -> None:
    if number:
        text = ngettext("%(n)d holiday is added.", "%(n)d holidays are added.", number)
        messages.success(request, text % {"n": number})
    if known:
        text = ngettext(
            "%(n)d holiday was there already.", "%(n)d holidays were there already.", known
        )
        messages.info(request, text % {"n": known})


def _institution(request: SignedInRequest) -> Institution:
    """Return the institution of this host if the reader runs it, else the first that they run."""
    own = list(access.institutions_administered(request.user).order_by("pk"))
    if not own:
        raise Http404
    here = institution_for(request)
    return here if here in own else own[0]
