"""A terminal that vanishes: writing ends in nothing, waking up is not coming back, all ends.

And one on a slow line: keys that it delivers together stay what was pressed.
"""

from __future__ import annotations

import errno
import io
import signal
import threading

import pytest
from textual.app import App
from textual.drivers import linux_driver
from textual.drivers._writer_thread import WriterThread
from textual.events import Key

from app.desk_app import DeskApp
from app.settings import Settings
from app.terminal_driver import KeyParser, Output, TerminalDriver


class Vanished(io.StringIO):
    """An output whose terminal is gone after so many writes."""

    def __init__(self, left: int, code: int = errno.EIO) -> None:
        super().__init__()
        self._left = left
        self._code = code

    def write(self, text: str) -> int:
        self._left -= 1
        if self._left < 0:
            raise OSError(self._code, "gone")
        return super().write(text)


@pytest.fixture(autouse=True)
def _handlers():
    before = {number: signal.getsignal(number) for number in (signal.SIGTSTP, signal.SIGCONT)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


def test_whoever_writes_to_a_terminal_that_is_gone_never_waits() -> None:
    file = Vanished(2)
    writer = WriterThread(Output(file))  # type: ignore[arg-type]
    writer.start()

    def write() -> None:
        for number in range(200):
            writer.write(str(number))
        writer.stop()

    writing = threading.Thread(target=write, daemon=True)
    writing.start()
    writing.join(10)
    assert not writing.is_alive()
    assert not writer.is_alive()
    assert file.getvalue() == "01"


def test_another_fault_of_the_output_is_not_hidden() -> None:
    with pytest.raises(OSError, match="gone"):
        Output(Vanished(0, errno.ENOSPC)).write("x")


async def test_waking_up_without_having_slept_opens_nothing_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    woken: list[int] = []
    monkeypatch.setattr(TerminalDriver, "resume_application_mode", lambda _self: woken.append(1))
    driver = TerminalDriver(App())
    driver._sigcont_application()
    assert woken == []
    driver._must_signal_resume = True
    driver._sigcont_application()
    assert woken == [1]


def test_a_desk_runs_on_it() -> None:
    assert DeskApp(Settings(), ":memory:", "ann", "en").driver_class is TerminalDriver


def keys_of(*chunks: str) -> list[str]:
    """The keys that a terminal's reading makes of what comes in these pieces, and then nothing."""
    assert vars(linux_driver)["XTermParser"] is KeyParser
    parser = KeyParser()
    events = [event for chunk in (*chunks, "") for event in parser.feed(chunk)]
    return [event.key for event in events if isinstance(event, Key)]


@pytest.mark.parametrize(
    ("sent", "pressed"),
    [
        ("\x1b", ["escape"]),
        ("\x1b\x11", ["escape", "ctrl+q"]),
        ("\x1b\r", ["escape", "enter"]),
        ("\x1bn", ["escape", "n"]),
        ("\x1bN", ["escape", "N"]),
        ("\x1b\t", ["escape", "tab"]),
        ("\x1bnn", ["escape", "n", "n"]),
        ("\x1b7", ["escape", "7"]),
        ("\x1b好的", ["escape", "好", "的"]),
        ("\x1b\x1b", ["escape", "escape"]),
        ("\x1bb", ["ctrl+left"]),
        ("\x1b\x7f", ["ctrl+w"]),
        ("\x1b[A", ["up"]),
        ("\x1b\x1b[A", ["escape", "up"]),
        ("\x1b[15~", ["f5"]),
        ("\x1bOP", ["f1"]),
    ],
)
def test_esc_stays_a_key_whatever_comes_right_after_it(sent: str, pressed: list[str]) -> None:
    assert keys_of(sent) == pressed


@pytest.mark.parametrize("sent", ["\x1b[", "\x1b[?99", "\x1bO", "\x1b]11;rgb:00", "\x1bP1"])
def test_what_is_cut_off_on_the_line_presses_no_esc(sent: str) -> None:
    assert "escape" not in keys_of(sent)
