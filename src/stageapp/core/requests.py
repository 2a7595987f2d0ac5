"""What a view asks of any request."""

from django.http import HttpRequest, QueryDict
from django.utils.http import url_has_allowed_host_and_scheme


def sent_data(request: HttpRequest) -> QueryDict | None:
    """Return what a form was sent with, or None when it is only shown.

    An empty form that was sent is not the same as one that was not.
    """
    return request.POST if request.method == "POST" else None


def path_to_go_on(request: HttpRequest, otherwise: str) -> str:
    """Return the page of our own that the form named as `next`, or another one."""
    target = request.POST.get("next", "")
    is_own = target.startswith("/") and url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}
    )
    return target if is_own else otherwise
