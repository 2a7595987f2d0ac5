"""Addresses at the door of a link."""

from django.urls import path

from stageapp.invitations import views

app_name = "invitations"
urlpatterns = [
    path("code/", views.code, name="code"),
    path("enter/", views.enter, name="enter"),
    path("leave/", views.leave, name="leave"),
    path("end/", views.end, name="end"),
    path("language/", views.language, name="language"),
]
