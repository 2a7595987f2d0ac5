"""Addresses of the charts of a cohort, for its administrators."""

from django.urls import path

from stageapp.insights import views_manage

app_name = "manage_charts"
urlpatterns = [
    path("<int:pk>/", views_manage.cohort, name="cohort"),
    path("<int:pk>/<slug:key>/move/", views_manage.move, name="move"),
]
