"""What features above may have a say in."""

from django.dispatch import Signal

#: A password is right: `request`, `person`. A receiver raises ValidationError, with words, when it
#: does not count.
password_accepted = Signal()
