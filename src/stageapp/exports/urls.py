"""Addresses of what goes out and comes in."""

from django.urls import path

from stageapp.exports import views, views_archive, views_imports

app_name = "exports"
urlpatterns = [
    path("export/", views.overview, name="overview"),
    path("export/<uuid:pk>/", views.export, name="export"),
    path("export/<uuid:pk>/file/", views.file, name="file"),
    path("export/<uuid:pk>/mail/", views.mail, name="mail"),
    path("export/<uuid:pk>/delete/", views.delete, name="delete"),
    path("import/", views_imports.imports, name="imports"),
    path("import/archive/<uuid:pk>/", views_archive.archive, name="archive"),
    path("import/archive/<uuid:pk>/apply/", views_archive.apply, name="archive_apply"),
    path("import/archive/<uuid:pk>/delete/", views_archive.delete, name="archive_delete"),
    path("import/<int:pk>/", views_imports.sheet, name="sheet"),
    path("import/<int:pk>/apply/", views_imports.apply, name="sheet_apply"),
    path("import/<int:pk>/delete/", views_imports.delete, name="sheet_delete"),
]
