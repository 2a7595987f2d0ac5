"""Addresses of the start page and the profile."""

from django.urls import path

from stageapp.home import profile, views

urlpatterns = [
    path("", views.home, name="home"),
    path("profile/", profile.profile, name="profile"),
]
