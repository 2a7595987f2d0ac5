"""Addresses of what functional administrators decide about data."""

from django.urls import path

from stageapp.privacy import views_manage

app_name = "manage_privacy"
urlpatterns = [
    path("", views_manage.overview, name="overview"),
    path("statement/", views_manage.statement, name="statement"),
]
