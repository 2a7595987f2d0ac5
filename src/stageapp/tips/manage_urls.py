"""Addresses of the rule editor, for administrators of programmes."""

from django.urls import URLPattern

app_name = "manage_tips"
urlpatterns: list[URLPattern] = []
