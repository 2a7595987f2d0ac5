"""Addresses of the keys, for functional administrators."""

from django.urls import path

from stageapp.integrations.portfolio import views_manage

app_name = "manage_badges"
urlpatterns = [
    path("", views_manage.keys, name="list"),
    path("new/", views_manage.new, name="new_key"),
    path("<int:pk>/withdraw/", views_manage.withdraw, name="withdraw"),
]
