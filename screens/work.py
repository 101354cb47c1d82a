"""Database work off the user interface's loop.

`database_work` turns a method of a screen into a request: it runs in a thread worker, returns a
frozen message, and the message reaches the screen only if no newer request of the same kind was
made meanwhile (a thread can't be cancelled; its answer can be dropped). Whatever it raises goes to
the one handler of the shell, unless the screen takes that failure itself.

    @database_work("desk.counts")
    def read_counts(self) -> Message:
        return Counted(queue_list.counts(self.database, self.actor))
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial, wraps
from typing import Concatenate, Final, ParamSpec, Protocol, TypeVar, cast

from textual.message import Message
from textual.worker import Worker, WorkerState, active_worker

P = ParamSpec("P")
_KEPT: Final = -1
_NOBODY: Final = cast("Worker[None]", None)
_BACKGROUND: Final = "background"


class WorkDone(Message, bubble=False):
    """A worker's answer on its way to the screen that asked."""

    def __init__(self, work: str, token: int, answer: Message | None) -> None:
        super().__init__()
        self.work = work
        self.token = token
        self.answer = answer


class WorkFailed(Message):
    """A worker raised something that its screen did not take itself."""

    def __init__(self, work: str, error: BaseException, *, quiet: bool) -> None:
        super().__init__()
        self.work = work
        self.error = error
        self.quiet = quiet


@dataclass(slots=True)
class Requests:
    """The newest request of each kind that a screen has made."""

    _tokens: dict[str, int] = field(default_factory=dict)
    _open: dict[str, int] = field(default_factory=dict)

    def begin(self, work: str) -> int:
        """A token for a new request; the older ones of its kind become stale."""
        token = self._tokens.get(work, 0) + 1
        self._tokens[work] = token
        self._open[work] = self._open.get(work, 0) + 1
        return token

    def wanted(self, work: str, token: int) -> bool:
        """Whether an answer is still wanted."""
        return token in (_KEPT, self._tokens.get(work))

    def end(self, work: str) -> None:
        """One request less is under way."""
        self._open[work] = max(0, self._open.get(work, 0) - 1)

    def busy(self, work: str) -> bool:
        """Whether a request of this kind is under way."""
        return self._open.get(work, 0) > 0


class Working(Protocol):
    """A screen that has database work done."""

    requests: Requests

    def post_message(self, message: Message) -> bool:
        """Textual's way into the screen's own queue; safe from any thread."""

    def run_worker(
        self,
        work: Callable[[], None],
        name: str | None = "",
        group: str = "default",
        description: str = "",
        exit_on_error: bool = True,
        start: bool = True,
        exclusive: bool = False,
        thread: bool = False,
    ) -> Worker[None]:
        """Textual's way to start a worker."""


W = TypeVar("W", bound=Working)


def database_work(
    work: str, *, every: bool = False, quiet: bool = False
) -> Callable[
    [Callable[Concatenate[W, P], Message | None]], Callable[Concatenate[W, P], Worker[None]]
]:
    """Have a method run in a thread and its answer posted as a message.

    Args:
        work: names the kind of request, for tokens and error reports: `call.draft`.
        every: every answer is wanted, not only the newest one's (writes).
        quiet: a failure that repeats itself is said in a line, not in a dialog (what runs by
            itself in the background).
    """

    def decorate(
        body: Callable[Concatenate[W, P], Message | None],
    ) -> Callable[Concatenate[W, P], Worker[None]]:
        @wraps(body)
        def ask(self: W, /, *args: P.args, **kwargs: P.kwargs) -> Worker[None]:
            token = self.requests.begin(work)
            run = partial(body, self, *args, **kwargs)

            def carry_out() -> None:
                try:
                    answer = run()
                    self.post_message(WorkDone(work, _KEPT if every else token, answer))
                finally:
                    # Textual leaves the worker, and with it the screen, in the thread's context.
                    active_worker.set(_NOBODY)

            return self.run_worker(
                carry_out,
                name=work,
                group=work,
                description=_BACKGROUND if quiet else "",
                exit_on_error=False,
                thread=True,
            )

        return ask

    return decorate


def failure_of(event: Worker.StateChanged) -> WorkFailed | None:
    """The failure that a worker's new state tells of; none while it runs or went well."""
    if event.state is not WorkerState.ERROR or event.worker.error is None:
        return None
    worker = event.worker
    return WorkFailed(worker.name, event.worker.error, quiet=worker.description == _BACKGROUND)
