"""Addresses of a question behind the link of a guest."""

from django.urls import path

from stageapp.guidance import views_guests

app_name = "guests"
urlpatterns = [
    path("", views_guests.question, name="question"),
    path("message/", views_guests.message, name="message"),
    path("messages/", views_guests.messages_since, name="messages_since"),
    path("items/<int:pk>/file/", views_guests.file, name="file"),
    path("attachments/<int:pk>/", views_guests.attachment, name="attachment"),
]
