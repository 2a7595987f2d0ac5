"""Whole addresses of our pages, and where addresses of others lead."""

from urllib.parse import urlsplit

from django.conf import settings


def whole_address(path: str, host: str = "") -> str:
    """Return the address of a page on the host of an institution.

    Without a host it is on the one that the installation is known by (`STAGEAPP_BASE_URL`). Scheme
    and port are the same for all.
    """
    base = urlsplit(settings.BASE_URL)
    if not host:
        return settings.BASE_URL + path
    return f"{base.scheme}://{host}{f':{base.port}' if base.port else ''}{path}"


def server_of(address: str) -> tuple[str, str, int | None]:
    """Return how and where an address is: its scheme, host and port.

    One that cannot be read, such as with a port of 99999, is a host of its own.
    """
    try:
        parts = urlsplit(address)
        return parts.scheme, parts.hostname or "", parts.port
    except ValueError:
        return "", address, None
