"""Addresses of the privacy statement."""

from django.urls import path

from stageapp.privacy import views_statement

app_name = "privacy"
urlpatterns = [
    path("", views_statement.statement, name="statement"),
    path("agree/", views_statement.agreement, name="agree"),
]
