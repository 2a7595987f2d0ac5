"""What connects an institution with other systems: for its functional administrators."""

from django.urls import path

from stageapp.integrations import views

app_name = "manage_integrations"
urlpatterns = [path("", views.overview, name="list")]
