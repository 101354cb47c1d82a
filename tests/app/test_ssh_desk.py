"""The desk over SSH as a program: what it could do to the server is refused; its key is watched."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from app.settings import Settings
from app.ssh.key_watch import KeyWatch
from app.ssh.remote_desk import FILES, RemoteDesk
from content.translations import translate
from domain.errors import RefusedError, StorageError
from screens.actions import Registry

KEY = "SHA256:" + "a" * 43


@pytest.fixture
def desk(tmp_path: Path) -> RemoteDesk:
    settings = Settings(dial_command=("dial", "{number}"))
    return RemoteDesk(settings, str(tmp_path / "none.db"), KEY, "203.0.113.9", "en")


def test_files_programs_and_browsers_of_the_server_are_refused(desk: RemoteDesk) -> None:
    for deed in (
        desk.suspend, desk.save_screenshot, desk.deliver_screenshot, desk.papers,
        lambda: desk.deliver_text("x"), lambda: desk.deliver_binary("x"),
    ):  # fmt: skip
        with pytest.raises(RefusedError):
            deed()
    desk.action_suspend_process()
    desk.open_url("file:///etc/passwd")
    assert desk.dial_command == ()
    assert not desk.SAVES_FILES


def test_the_server_dials_where_it_was_told_to(tmp_path: Path) -> None:
    settings = Settings(dial_command=("dial", "{number}"), dial_over_ssh=True)
    desk = RemoteDesk(settings, str(tmp_path / "none.db"), KEY, None, "en")
    assert desk.dial_command == ("dial", "{number}")


def test_actions_that_need_files_say_why_not(desk: RemoteDesk) -> None:
    registry = Registry()
    for name in FILES:
        reason = desk.reason_against(registry[name])
        assert reason is not None
        assert reason.key == "ssh.no_files"


class Watched:
    """A key whose standing is told, and who heard of its end."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *told: object) -> None:
        self.told = list(told)
        self.looked = threading.Semaphore(0)
        self.ended: list[str] = []
        self.forced = threading.Event()
        monkeypatch.setattr("app.ssh.key_watch.standing", self.standing)
        monkeypatch.setattr("app.ssh.key_watch.EVERY", 0.01)
        monkeypatch.setattr("app.ssh.key_watch._GRACE", 0.05)

    def standing(self, *_: object) -> object:
        self.looked.release()
        found = self.told.pop(0) if len(self.told) > 1 else self.told[0]
        if isinstance(found, Exception):
            raise found
        return found

    def watch(self) -> KeyWatch:
        watch = KeyWatch(None, None, 1, self.ended.append, lambda _: self.forced.set())  # type: ignore[arg-type]
        watch.start()
        return watch


def test_a_screen_that_does_not_leave_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    watched = Watched(monkeypatch, "good", StorageError("database_busy"), "good", "revoked")
    watched.watch()
    assert watched.forced.wait(10)
    assert watched.ended == ["revoked"]


def test_a_screen_that_leaves_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    watched = Watched(monkeypatch, "inactive")
    heard = threading.Event()
    watch = KeyWatch(
        None,
        None,
        1,
        lambda _: (watch.stop(), heard.set()),
        lambda _: watched.forced.set(),  # type: ignore[arg-type]
    )
    watch.start()
    assert heard.wait(10)
    watch._thread.join(10)
    assert not watched.forced.is_set()


def test_without_the_database_nobody_is_put_out(monkeypatch: pytest.MonkeyPatch) -> None:
    watched = Watched(monkeypatch, StorageError("database_unreachable"))
    watch = watched.watch()
    for _ in range(3):
        assert watched.looked.acquire(timeout=10)
    watch.stop()
    watch._thread.join(10)
    assert watched.ended == []
    assert not watched.forced.is_set()


def test_who_is_put_out_by_force_is_told_why(
    desk: RemoteDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[bytes] = []
    codes: list[int] = []
    monkeypatch.setattr("os.write", lambda _, data: written.append(data))
    monkeypatch.setattr("os._exit", codes.append)
    desk.force_out("revoked")
    said = b"".join(written).decode()
    assert translate("en", "ssh.parting.revoked") in said
    assert "\x1b[?1049l" in said
    assert codes == [1]
