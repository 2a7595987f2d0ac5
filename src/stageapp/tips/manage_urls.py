"""Addresses of the rule editor, for administrators of programmes."""

from django.urls import path

from stageapp.tips import views_manage

app_name = "manage_tips"
urlpatterns = [
    path("", views_manage.tips, name="list"),
    path("new/<int:programme>/", views_manage.new, name="new"),
    path("<int:pk>/", views_manage.tip, name="tip"),
    path("<int:pk>/switch/", views_manage.switch, name="switch"),
]
