"""What a view asks of any request."""

from django.http import HttpRequest, QueryDict


def sent_data(request: HttpRequest) -> QueryDict | None:
    """Return what a form was sent with, or None when it is only shown.

    An empty form that was sent is not the same as one that was not.
    """
    return request.POST if request.method == "POST" else None
