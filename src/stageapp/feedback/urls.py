"""The address of feedback about the app."""

from django.urls import path

from stageapp.feedback import views

app_name = "feedback"
urlpatterns = [path("", views.new, name="new")]
