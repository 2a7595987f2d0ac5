"""What features above may have a say in."""

from django.dispatch import Signal

#: A password is right: `request`, `person`. A receiver raises ValidationError, with words, when it
#: does not count.
password_accepted = Signal()
#: Who was in as somebody is out, since there is a new password or the account is off: `person`, and
#: `by` whom. What lets programs in for them ends too.
access_ended = Signal()
#: Who can read the mail of an address takes an account that was never shown to be theirs: `person`.
#: A receiver removes every way in that it keeps; whoever made those may be somebody else.
ways_in_taken = Signal()
