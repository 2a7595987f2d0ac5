"""Addresses of the holidays of an institution, for functional administrators."""

from django.urls import path

from stageapp.programmes import views_holidays

app_name = "manage_holidays"
urlpatterns = [
    path("", views_holidays.holidays, name="list"),
    path("<int:pk>/delete/", views_holidays.remove, name="delete"),
]
