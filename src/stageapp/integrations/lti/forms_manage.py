"""Forms for the registrations of learning environments."""

from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from stageapp.core.fields import RunningTextInput
from stageapp.integrations.lti.actions_manage import MOST_DEPLOYMENTS
from stageapp.integrations.lti.models import Platform
from stageapp.integrations.lti.presets import FILLED, filled_in
from stageapp.integrations.lti.rules import KEY_LENGTH, is_address, is_same_origin, origin_of
from stageapp.programmes.models import Institution

#: What decides whose word we take for who somebody is.
FIXED = ("issuer", "client_id")
MOST_ORIGINS = 10
ADDRESSES = ("auth_url", "token_url", "jwks_url")


class PlatformForm(forms.ModelForm[Platform]):
    """A registration by hand; of known environments most addresses may stay empty."""

    deployments = RunningTextInput(
        label=gettext_lazy("deployment IDs"),
        required=False,
        max_length=MOST_DEPLOYMENTS * (KEY_LENGTH + 1),
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy(
            "Each on a line of its own. Launches from other places are refused; the list of "
            "refused launches names them."
        ),
    )

    class Meta:
        model = Platform
        fields: ClassVar[tuple[str, ...]] = (
            "name",
            "kind",
            "frame_origins",
            "client_id",
            "deployments",
            "issuer",
            "auth_url",
            "token_url",
            "jwks_url",
            "token_audience",
            "checks_emails",
            "is_active",
        )
        help_texts: ClassVar[dict[str, Any]] = {
            "frame_origins": gettext_lazy(
                "The address of your school there, such as https://school.instructure.com."
            ),
            "issuer": gettext_lazy(
                "Of the program chosen above this may stay empty, as may what follows."
            ),
            "token_audience": gettext_lazy("Only where the environment names one."),
            "checks_emails": gettext_lazy(
                "Only if nobody can choose their own address there. Then a new account needs no "
                "mail to confirm it."
            ),
        }

    def __init__(self, data: Any, *, instance: Platform) -> None:
        known = (
            list(instance.deployments.values_list("deployment_id", flat=True))
            if instance.pk
            else []
        )
        super().__init__(
            data,
            instance=instance,
            initial={"deployments": "\n".join(known)},
            use_required_attribute=False,
        )
        for name in FILLED:
            self.fields[name].required = False
        if instance.pk:
            for name in FIXED:
                self.fields[name].disabled = True

    def clean_frame_origins(self) -> str:
        """Keep what browsers tell sites apart by, and nothing else."""
        told = self.cleaned_data["frame_origins"].split()
        wrong = [one for one in told if not is_address(one) or not origin_of(one)]
        if wrong:
            raise ValidationError(
                _("%(text)s is no address that begins with https://.") % {"text": wrong[0][:100]}
            )
        if len(told) > MOST_ORIGINS:
            raise ValidationError(_("At most %(most)d addresses.") % {"most": MOST_ORIGINS})
        return " ".join(dict.fromkeys(map(origin_of, told)))

    def clean_deployments(self) -> list[str]:
        """Return the identifiers, each once."""
        lines = [line.strip() for line in self.cleaned_data["deployments"].split("\n")]
        told = list(dict.fromkeys(filter(None, lines)))
        if any(len(one) > KEY_LENGTH or "\0" in one for one in told):
            raise ValidationError(
                _("A deployment ID has at most %(most)d characters.") % {"most": KEY_LENGTH}
            )
        if len(told) > MOST_DEPLOYMENTS:
            raise ValidationError(_("At most %(most)d of them.") % {"most": MOST_DEPLOYMENTS})
        return told

    def clean(self) -> dict[str, Any]:
        """Fill in the addresses of a known environment; ask for those of another one."""
        data: dict[str, Any] = super().clean() or {}
        origins = data.get("frame_origins", "").split()
        preset = filled_in(
            data.get("kind", ""), origins[0] if origins else "", data.get("client_id", "")
        )
        for name in FILLED:
            if name in self.errors:
                continue
            if not data.get(name):
                data[name] = preset.get(name, "")
                if name != "token_audience" and not is_address(data[name]):
                    self.add_error(name, self._missing(name, bool(preset)))
            elif name in ADDRESSES and not is_address(data[name]):
                self.add_error(name, _("Give an address that begins with https://."))
        self._check_keys(data)
        return data

    @staticmethod
    def _missing(name: str, has_preset: bool) -> str:
        if has_preset and name == "issuer":
            return _("Write where people open it above, then this is filled in by itself.")
        return _("Of another program we do not know this: fill in what the environment shows.")

    def _check_keys(self, data: dict[str, Any]) -> None:
        """Whose keys we take must stay the same: with others, anybody could be made of anyone."""
        before = Platform.objects.filter(pk=self.instance.pk).first()
        address = data.get("jwks_url", "")
        if not before or not address or address == before.jwks_url:
            return
        if is_same_origin(address, before.jwks_url):
            return
        if before.identities.exists():
            self.add_error(
                "jwks_url",
                _(
                    "People come in by the keys of this host. Register the environment anew for "
                    "keys elsewhere; then everybody confirms once who they are."
                ),
            )


def new_platform(institution: Institution) -> Platform:
    """Return a registration to fill in."""
    return Platform(institution=institution)
