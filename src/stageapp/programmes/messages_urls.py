"""Addresses of messages of the day and maintenance, for functional administrators."""

from django.urls import path

from stageapp.programmes import views_messages

app_name = "manage_messages"
urlpatterns = [
    path("", views_messages.overview, name="list"),
    path("new/", views_messages.new, name="new"),
    path("maintenance/", views_messages.maintenance, name="maintenance"),
    path("<int:pk>/", views_messages.message, name="message"),
    path("<int:pk>/delete/", views_messages.delete, name="delete"),
]
