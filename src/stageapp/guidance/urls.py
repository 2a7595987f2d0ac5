"""Addresses of guidance questions and their conversations."""

from django.urls import path

from stageapp.guidance import (
    views,
    views_along,
    views_files,
    views_links,
    views_live,
    views_path,
    views_points,
    views_reading,
)

app_name = "guidance"
urlpatterns = [
    path("", views.questions, name="list"),
    path("new/", views_path.begin, name="new"),
    path("new/steps/", views_path.first_step, name="first_step"),
    path("asking/", views_path.choose, name="asking"),
    path("<int:pk>/", views.question, name="question"),
    path("<int:pk>/edit/", views.edit, name="edit"),
    path("<int:pk>/steps/", views_path.step, name="step"),
    path("<int:pk>/share/", views.share, name="share"),
    path("<int:pk>/withdraw/", views.withdraw, name="withdraw"),
    path("<int:pk>/along/<int:person>/", views_along.share_along, name="along"),
    path("<int:pk>/along/<int:person>/stop/", views_along.stop_along, name="along_stop"),
    path("<int:pk>/close/", views.close, name="close"),
    path("<int:pk>/reopen/", views.reopen, name="reopen"),
    path("<int:pk>/delete/", views.delete, name="delete"),
    path("<int:pk>/link/renew/", views_links.renew_link, name="link_renew"),
    path("<int:pk>/link/again/", views_links.send_link_again, name="link_again"),
    path("<int:pk>/link/end/", views_links.end_link, name="link_end"),
    path("<int:pk>/agree/", views.agree, name="agree"),
    path("<int:pk>/message/", views.message, name="message"),
    path("<int:pk>/messages/", views_live.messages_since, name="messages_since"),
    path("<int:pk>/speech-acts/", views_reading.read_core, name="core_reading"),
    path("messages/<int:pk>/edit/", views_live.edit_message, name="message_edit"),
    path("messages/<int:pk>/speech-acts/", views_reading.read_message, name="message_reading"),
    path("points/", views_points.points, name="points"),
    path("points/<int:pk>/", views_points.point, name="point"),
    path("points/<int:pk>/done/", views_points.done, name="point_done"),
    path("points/<int:pk>/delete/", views_points.delete, name="point_delete"),
    path("points/<int:pk>/goal/", views_points.make_goal, name="point_goal"),
    path("items/<int:pk>/withdraw/", views.withdraw_item, name="item_withdraw"),
    path("items/<int:pk>/share/", views.share_item, name="item_share"),
    path("items/<int:pk>/file/", views_files.file, name="item_file"),
]
