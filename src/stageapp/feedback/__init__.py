"""What people say about the app itself: a mail to who runs it."""
