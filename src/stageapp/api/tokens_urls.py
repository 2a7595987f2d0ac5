"""Addresses of somebody's tokens."""

from django.urls import path

from stageapp.api import views

app_name = "tokens"
urlpatterns = [
    path("", views.tokens, name="list"),
    path("new/", views.new, name="new"),
    path("<int:pk>/revoke/", views.revoke, name="revoke"),
]
