"""The view that pages are compared with: one query, a template of a hundred rows."""

from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import path

from stageapp.logbook.models import Activity

ROWS = 100
TABLE = engines["django"].from_string(
    "<!doctype html><title>rows</title><table>"
    "{% for row in rows %}"
    "<tr><td>{{ row.pk }}<td>{{ row.date }}<td>{{ row.description }}<td>{{ row.minutes }}"
    "{% endfor %}"
    "</table>"
)


def rows(_request: HttpRequest) -> HttpResponse:
    return HttpResponse(TABLE.render({"rows": Activity.objects.order_by("-pk")[:ROWS]}))


urlpatterns = [path("", rows)]
