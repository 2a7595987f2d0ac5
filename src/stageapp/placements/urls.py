"""Addresses of the student's placements."""

from django.urls import path

from stageapp.placements import views, views_absences

app_name = "placements"
urlpatterns = [
    path("", views.show, name="show"),
    path("new/", views.new, name="new"),
    path("<int:pk>/edit/", views.edit, name="edit"),
    path("<int:pk>/current/", views.make_current, name="make_current"),
    path("absences/", views_absences.overview, name="absences"),
    path("absences/<int:pk>/", views_absences.change, name="absence"),
    path("absences/<int:pk>/delete/", views_absences.delete, name="absence_delete"),
]
