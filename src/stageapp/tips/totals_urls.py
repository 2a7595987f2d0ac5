"""Address of the insights of a programme, for its administrators."""

from django.urls import path

from stageapp.tips import views_totals

app_name = "manage_insights"
urlpatterns = [path("", views_totals.totals, name="list")]
