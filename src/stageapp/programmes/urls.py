"""Addresses for everybody who reads a message of the day."""

from django.urls import path

from stageapp.programmes import views_messages

app_name = "announcements"
urlpatterns = [path("<int:pk>/dismiss/", views_messages.dismiss, name="dismiss")]
