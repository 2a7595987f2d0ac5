"""Addresses of insights."""

from django.urls import path

from stageapp.insights import views

app_name = "insights"
urlpatterns = [
    path("", views.charts, name="charts"),
    path("<slug:key>/save/", views.save, name="save"),
]
