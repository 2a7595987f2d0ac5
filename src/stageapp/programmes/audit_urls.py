"""The address of the record of who did what."""

from django.urls import path

from stageapp.programmes import views_audit

app_name = "manage_audit"
urlpatterns = [path("", views_audit.audit, name="list")]
