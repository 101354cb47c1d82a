"""What a lead is told when they sit down: rows of law that a newer program brought."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on
from textual.message import Message

from domain.said import Said
from screens.desk_learning import DeskLearning
from screens.work import database_work

if TYPE_CHECKING:
    from db.law_news import LawNews


class NewsRead(Message):
    """What changed in law since last time; none where nothing did."""

    def __init__(self, news: LawNews | None) -> None:
        super().__init__()
        self.news = news


class DeskNews(DeskLearning):
    """A desk that tells what changed in law."""

    @database_work("desk.news", quiet=True)
    def read_news(self) -> Message:
        """Read what changed."""
        from db.law_news import law_news  # noqa: PLC0415 - connected long since

        return NewsRead(law_news(self.database, self.actor))

    @on(NewsRead)
    def _news_read(self, event: NewsRead) -> None:
        if event.news is not None:
            self.say_said(Said("desk.law_changed", {"rows": event.news.rows}))
