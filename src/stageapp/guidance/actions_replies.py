"""What somebody keeps to write with. Nothing else writes it."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from stageapp.accounts.models import User
from stageapp.guidance import access
from stageapp.guidance.models import OwnWords, WritingHelp


@transaction.atomic
def keep_words(words: OwnWords, *, by: User) -> OwnWords:
    """Keep a text behind those of its kind, or return the one that the same form made before.

    Raises ValidationError when there are as many of this kind as can be.
    """
    _one_at_a_time(by)
    words.owner = by
    sent_before = access.own_words_of(by).filter(client_id=words.client_id).first()
    if sent_before:
        return sent_before
    words.position = _free_position(by, words.kind)
    words.save()
    return words


@transaction.atomic
def change_words(words: OwnWords) -> None:
    """Keep what was changed; a text of another kind goes behind those of that kind."""
    _one_at_a_time(words.owner)
    before = access.own_words_of(words.owner).get(pk=words.pk)
    if before.kind != words.kind:
        words.position = _free_position(words.owner, words.kind)
    words.save()


@transaction.atomic
def move_words(words: OwnWords, *, earlier: bool) -> None:
    """Let a text change places with the one before it of its kind, or with the one after it."""
    _one_at_a_time(words.owner)
    rows = list(access.own_words_of(words.owner).filter(kind=words.kind))
    at = next((place for place, row in enumerate(rows) if row.pk == words.pk), None)
    to = None if at is None else at + (-1 if earlier else 1)
    if at is None or to is None or not 0 <= to < len(rows):
        return
    one, other = rows[at], rows[to]
    places = one.position, other.position
    for row, position in ((one, None), (other, places[0]), (one, places[1])):
        row.position = position
        row.save(update_fields=["position"])


def remove_words(words: OwnWords) -> None:
    """Throw a text away; messages that were written with it stay as they are."""
    words.delete()


def set_hints(writer: User, *, on: bool) -> None:
    """Remember whether somebody wants hints while writing."""
    WritingHelp.objects.update_or_create(person=writer, defaults={"shows_hints": on})


def _free_position(owner: User, kind: str) -> int:
    """Return the place behind the last of a kind, or the first that is free before it."""
    taken = set(access.own_words_of(owner).filter(kind=kind).values_list("position", flat=True))
    last: int = max((place for place in taken if place), default=0)
    order = [*range(last + 1, OwnWords.MOST + 1), *range(1, last)]
    free: int | None = next((place for place in order if place not in taken), None)
    if free is None:
        raise ValidationError(
            _("You can keep %(most)d texts of this kind. Remove one first.")
            % {"most": OwnWords.MOST}
        )
    return free


def _one_at_a_time(owner: User) -> None:
    """Let one request at a time change what somebody keeps."""
    User.objects.select_for_update().get(pk=owner.pk)
