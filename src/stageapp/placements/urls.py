"""Addresses of the student's placements."""

from django.urls import path

from stageapp.placements import views

app_name = "placements"
urlpatterns = [
    path("", views.show, name="show"),
    path("new/", views.new, name="new"),
    path("<int:pk>/edit/", views.edit, name="edit"),
    path("<int:pk>/current/", views.make_current, name="make_current"),
]
