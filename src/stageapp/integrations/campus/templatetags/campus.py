"""What the pages of accounts show of campus sign-in."""

from typing import Any

from django import template

from stageapp.integrations.campus import access, queries
from stageapp.integrations.campus.models import CampusProvider
from stageapp.programmes.queries import institution_for

register = template.Library()


@register.simple_tag(takes_context=True)
def campus_entrance(context: dict[str, Any]) -> dict[str, Any]:
    """Return by what people come in at this host, and whether others find theirs by address."""
    provider = queries.provider_on(institution_for(context["request"]))
    is_elsewhere = provider is None and CampusProvider.objects.filter(is_on=True).exists()
    return {"provider": provider, "is_elsewhere": is_elsewhere}


@register.inclusion_tag("campus/_own.html", takes_context=True)
def campus_accounts(context: dict[str, Any]) -> dict[str, Any]:
    """Show with which campus accounts the reader comes in, and lead to linking another."""
    request = context["request"]
    accounts = list(access.accounts_of(request.user))
    provider = queries.provider_on(institution_for(request))
    return {
        "request": request,
        "csrf_token": context.get("csrf_token"),
        "accounts": accounts,
        "provider": provider,
        "is_linked": any(one.provider == provider for one in accounts),
    }
