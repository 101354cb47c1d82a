"""The one thread of a seat that writes to an embedded database.

SQLite's own waiting is unfair: with 32 processes the unluckiest waits hundreds of times longer
than the rest. The writer takes a blocking lock on a file beside the database first, which the
kernel hands out in turn, while the callers wait for the writer with a deadline.
"""

from __future__ import annotations

import fcntl
import os
import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeout
from pathlib import Path
from typing import Any, TypeVar

from domain.errors import StorageError

T = TypeVar("T")
_Job = tuple[Callable[[], Any], "Future[Any]"]


def lock_of(file: Path) -> Path:
    """The file beside a database whose lock is the turn to write."""
    return file.with_name(file.name + ".lock")


class Writer:
    """Runs writing work one piece after another, each under the file's lock.

    Once the file was removed or another was put in its place, nothing is written any more: SQLite
    itself would go on writing to what nobody can open again.
    """

    def __init__(self, file: Path, deadline: float) -> None:
        self._path = lock_of(file)
        self._file = file
        self._shown = str(file)
        self._identity = self._look()
        self._deadline = deadline
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._starting = threading.Lock()

    def submit(self, job: Callable[[], T], deadline: float | None = None) -> T:
        """Runs a job in the writer's thread and returns what it returns.

        Raises:
            StorageError: `database_busy` when its turn has not come within the deadline; the job
                is then never run.
        """
        self._start()
        future: Future[T] = Future()
        self._jobs.put((job, future))
        try:
            return future.result(self._deadline if deadline is None else deadline)
        except FutureTimeout as error:
            if future.cancel():
                raise StorageError("database_busy", database=self._shown) from error
            # It has its turn and is bounded by the driver's own deadline.
            return future.result()

    def close(self) -> None:
        """Ends the thread after the work that is already in line.

        A thread that waits in vain for the file's lock is left behind after the deadline.
        """
        if self._thread is not None:
            self._jobs.put(None)
            self._thread.join(self._deadline)
            self._thread = None

    def _start(self) -> None:
        with self._starting:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="db-writer", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        handle: int | None = None
        while (item := self._jobs.get()) is not None:
            handle = self._turn(handle, *item)
            # What is done goes before the next is waited for: it keeps the screen that asked.
            del item
        if handle is not None:
            os.close(handle)

    def _turn(self, handle: int | None, job: Callable[[], Any], future: Future[Any]) -> int | None:
        """Does one job while the file's lock is held; returns the handle of the lock's file."""
        try:
            if handle is None:
                handle = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o660)
            fcntl.flock(handle, fcntl.LOCK_EX)
        except OSError as error:
            if future.set_running_or_notify_cancel():
                future.set_exception(self._gone(error))
            return handle
        try:
            if future.set_running_or_notify_cancel():
                self._settle(self._checked(job), future)
        finally:
            fcntl.flock(handle, fcntl.LOCK_UN)
        return handle

    def _checked(self, job: Callable[[], T]) -> Callable[[], T]:
        def run() -> T:
            if self._identity is not None and self._look() != self._identity:
                raise self._gone()
            result = job()
            if self._identity is None:
                self._identity = self._look()
            return result

        return run

    def _look(self) -> tuple[int, int] | None:
        try:
            found = self._file.stat()
        except OSError:
            return None
        return found.st_dev, found.st_ino

    def _gone(self, cause: OSError | None = None) -> StorageError:
        fault = StorageError("database_gone", database=self._shown)
        fault.__cause__ = cause
        return fault

    @staticmethod
    def _settle(job: Callable[[], Any], future: Future[Any]) -> None:
        try:
            result = job()
        except BaseException as error:  # noqa: BLE001  handed to the caller, who raises it
            future.set_exception(error)
        else:
            future.set_result(result)
