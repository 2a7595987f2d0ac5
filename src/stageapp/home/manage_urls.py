"""Address of the page that leads to all that administrators do."""

from django.urls import path

from stageapp.home import views_manage

app_name = "manage"
urlpatterns = [path("", views_manage.overview, name="list")]
