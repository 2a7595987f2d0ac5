"""Addresses of guidance questions and their conversations."""

from django.urls import path

from stageapp.guidance import (
    views,
    views_files,
    views_links,
    views_live,
    views_points,
    views_reading,
    views_replies,
)

app_name = "guidance"
urlpatterns = [
    path("", views.questions, name="list"),
    path("new/", views.new, name="new"),
    path("<int:pk>/", views.question, name="question"),
    path("<int:pk>/edit/", views.edit, name="edit"),
    path("<int:pk>/share/", views.share, name="share"),
    path("<int:pk>/withdraw/", views.withdraw, name="withdraw"),
    path("<int:pk>/close/", views.close, name="close"),
    path("<int:pk>/reopen/", views.reopen, name="reopen"),
    path("<int:pk>/delete/", views.delete, name="delete"),
    path("<int:pk>/link/renew/", views_links.renew_link, name="link_renew"),
    path("<int:pk>/link/again/", views_links.send_link_again, name="link_again"),
    path("<int:pk>/link/end/", views_links.end_link, name="link_end"),
    path("<int:pk>/agree/", views.agree, name="agree"),
    path("<int:pk>/message/", views.message, name="message"),
    path("<int:pk>/draft/", views_replies.draft, name="draft"),
    path("<int:pk>/quote/", views_replies.quote_core, name="core_quote"),
    path("<int:pk>/messages/", views_live.messages_since, name="messages_since"),
    path("<int:pk>/speech-acts/", views_reading.read_core, name="core_reading"),
    path("messages/<int:pk>/quote/", views_replies.quote_message, name="message_quote"),
    path("attachments/<int:pk>/", views_files.attachment, name="attachment"),
    path("words/", views_replies.words, name="words"),
    path("words/<int:pk>/", views_replies.words_change, name="words_change"),
    path("words/<int:pk>/move/", views_replies.words_move, name="words_move"),
    path("words/<int:pk>/delete/", views_replies.words_delete, name="words_delete"),
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
