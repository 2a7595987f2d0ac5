"""Addresses of tips."""

from django.urls import path

from stageapp.tips import views

app_name = "tips"
urlpatterns = [
    path("", views.tips, name="list"),
    path("<int:pk>/react/", views.react, name="react"),
    path("<int:pk>/save/", views.save, name="save"),
    path("<int:pk>/share/", views.share, name="share"),
    path("<int:pk>/act/", views.act, name="act"),
]
