"""Addresses of the logbook and the saved items."""

from django.urls import path

from stageapp.logbook import views

app_name = "logbook"
urlpatterns = [
    path("activities/", views.activities, name="activities"),
    path("activities/new/", views.new, name="new"),
    path("activities/<int:pk>/", views.activity, name="activity"),
    path("activities/<int:pk>/edit/", views.edit, name="edit"),
    path("activities/<int:pk>/delete/", views.delete, name="delete"),
    path("activities/<int:pk>/restore/", views.restore, name="restore"),
    path("activities/<int:pk>/save/", views.save, name="save"),
    path("saved/", views.saved, name="saved"),
    path("saved/<int:pk>/note/", views.write_note, name="note"),
]
