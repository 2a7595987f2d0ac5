"""What allauth's views need to behave as ours do."""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponseBase

#: What allauth calls the forms of a page.
FORMS = ("form", "webauthn_form")

View = Callable[..., HttpResponseBase]


def invalid_is_422(view: View) -> View:
    """Answer a form with errors with 422, as every form in the project."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        context = getattr(response, "context_data", None) or {}
        forms = [context[name] for name in FORMS if context.get(name) is not None]
        if response.status_code == HTTPStatus.OK and any(form.errors for form in forms):
            response.status_code = HTTPStatus.UNPROCESSABLE_ENTITY
        return response

    return answer
