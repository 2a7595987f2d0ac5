"""What a view asks of any request."""

from datetime import date
from typing import Any

from allauth.core.internal import httpkit
from allauth.core.internal.ratelimit import truncate_ip
from django.core.exceptions import ImproperlyConfigured
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, QueryDict
from django.http.request import split_domain_port
from django.utils.datastructures import MultiValueDict
from django.utils.http import url_has_allowed_host_and_scheme

#: The key of a row has no more.
MOST_DIGITS = 18


def sent_data(request: HttpRequest) -> QueryDict | None:
    """Return what a form was sent with, or None when it is only shown.

    An empty form that was sent is not the same as one that was not.
    """
    return request.POST if request.method == "POST" else None


def sent_files(request: HttpRequest) -> MultiValueDict[str, UploadedFile[Any]] | None:
    """Return the files that a form was sent with, or None when it is only shown."""
    return request.FILES if request.method == "POST" else None


def day_in_address(request: HttpRequest, name: str) -> date | None:
    """Return a day from the address, or None where there is none that can be read."""
    try:
        return date.fromisoformat(request.GET.get(name, ""))
    except ValueError:
        return None


def key_in_address(request: HttpRequest, name: str) -> int | None:
    """Return the key of a row from the address, or None where it can be none."""
    return key_in(request.GET.get(name, ""))


def key_in(text: str) -> int | None:
    """Return the key of a row that somebody sent, or None where it can be none."""
    if not (text.isascii() and text.isdecimal()) or len(text) > MOST_DIGITS:
        return None
    return int(text)


def was_looked_at(request: HttpRequest, choices: object) -> bool:
    """Return whether somebody saw what comes of these choices: the page sends what it showed."""
    return request.POST.get("looked_at", str(choices)) == str(choices)


def path_to_go_on(request: HttpRequest, otherwise: str) -> str:
    """Return the page of our own that the form named as `next`, or another one."""
    target = request.POST.get("next", "")
    is_own = target.startswith("/") and url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}
    )
    return target if is_own else otherwise


def host_of(request: HttpRequest) -> str:
    """Return the name of the host that was asked, as it is written in settings and institutions.

    Browsers take `stage.example.` too, with the dot that ends every name: the same machine, and to
    Django an allowed host. It must not be a way around what holds for the host.
    """
    name, _port = split_domain_port(request.get_host())
    return name.lower().rstrip(".")


def address_of(request: HttpRequest) -> str:
    """Return the address that a request came from, past the proxies of our own.

    A header with fewer addresses than there are proxies was not made by them.
    """
    try:
        found: str | None = httpkit.get_client_ip(request)
    except ImproperlyConfigured:
        found = None
    return found or request.META.get("REMOTE_ADDR") or "unknown"


def network_of(request: HttpRequest) -> str:
    """Return the network that a request came from: one house has many addresses of IPv6."""
    network: str = truncate_ip(address_of(request))
    return network
