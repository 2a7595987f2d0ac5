"""Addresses of learning records, for students."""

from django.urls import path

from stageapp.integrations.records import views

app_name = "records"
urlpatterns = [
    path("", views.overview, name="overview"),
    path("new/", views.new, name="new"),
    path("<uuid:pk>/withdraw/", views.withdraw, name="withdraw"),
    path("<uuid:pk>/again/", views.again, name="again"),
]
