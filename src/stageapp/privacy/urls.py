"""Addresses of what is kept about somebody, for themselves."""

from django.urls import path

from stageapp.privacy import views

app_name = "my_data"
urlpatterns = [
    path("", views.overview, name="overview"),
    path("copies/", views.copies, name="copies"),
    path("copies/new/", views.ask_copy, name="ask_copy"),
    path("copies/<uuid:pk>/file/", views.copy_file, name="copy_file"),
    path("copies/<uuid:pk>/delete/", views.delete_copy, name="delete_copy"),
    path("deleted/", views.deleted, name="deleted"),
    path("deleted/<slug:kind>/<int:pk>/", views.purge, name="purge"),
    path("placements/<int:pk>/remove/", views.remove_placement, name="remove_placement"),
    path("account/remove/", views.remove_account, name="remove_account"),
]
