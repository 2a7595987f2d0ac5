"""Addresses of record stores, for functional administrators."""

from django.urls import path

from stageapp.integrations.records import views_manage

app_name = "manage_records"
urlpatterns = [
    path("", views_manage.stores, name="list"),
    path("new/", views_manage.new, name="new"),
    path("<int:pk>/", views_manage.store, name="store"),
    path("<int:pk>/test/", views_manage.test, name="test"),
    path("<int:pk>/delete/", views_manage.remove, name="delete"),
]
