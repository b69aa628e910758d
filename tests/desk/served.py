"""The desk as somebody starts it: a process of its own, its address, and how it ends."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import subprocess
import sys
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import Empty, Queue
from threading import Thread
from typing import Any, Final

from psutil import NoSuchProcess, Process, wait_procs

PATIENCE: Final = 300  # seconds that a start or an end may take on a busy machine
CASE: Final = Path(__file__).parents[1] / "case"
ADDRESS: Final = re.compile(r"http://127\.0\.0\.1:(\d+)/\?token=(\S+)")


def awaited(work: Coroutine[Any, Any, None]) -> None:
    """Do asynchronous work in a thread of its own: a browser that tests drive has a loop in this one."""
    with ThreadPoolExecutor(1) as threads:
        threads.submit(asyncio.run, work).result()


class Served:
    """A desk at work. ``folder``: where it was started; ``options``: of the command."""

    def __init__(self, folder: Path, *options: str) -> None:
        self.folder = folder
        command = [sys.executable, "-c", "from sim.cli import main; main()", "desk", "--no-browser", *options]
        path = os.pathsep.join([str(Path(__file__).parents[2]), os.environ.get("PYTHONPATH", "")])
        self.process = subprocess.Popen(
            command, cwd=folder, env=os.environ | {"PYTHONPATH": path}, text=True, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )  # fmt: skip
        self._lines: Queue[str] = Queue()
        self.said: list[str] = []
        self._listening = Thread(target=self._listen, daemon=True)
        self._listening.start()
        found = ADDRESS.search(self.line_with("http://"))
        assert found is not None
        self.address, self.port, self.token = found[0], int(found[1]), found[2]
        self.origin = f"http://127.0.0.1:{self.port}"

    def line_with(self, words: str) -> str:
        """The next line of what it prints that has some words."""
        while True:
            try:
                line = self._lines.get(timeout=PATIENCE)
            except Empty:
                raise AssertionError(f"it has not said {words!r} but {self.said}") from None
            if words in line:
                return line
            assert line, f"it ended and has not said {words!r} but {self.said}"

    def family(self) -> list[Process]:
        """Its processes beside the one that was started."""
        return Process(self.process.pid).children(recursive=True)

    def stop(self, number: signal.Signals = signal.SIGINT) -> int:
        """End it as Ctrl-C does, and wait until it has said its last word; its exit status."""
        self.process.send_signal(number)
        status = self.process.wait(PATIENCE)
        self._listening.join(PATIENCE)
        return status

    def _listen(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.said.append(line)
            self._lines.put(line)
        self._lines.put("")


def alive(processes: list[Process]) -> list[Process]:
    """Those that live still, though they were given ten seconds; what nobody has buried is dead."""
    return [one for one in wait_procs(processes, timeout=10)[1] if _lives(one)]


def _lives(process: Process) -> bool:
    try:
        return process.is_running() and process.status() != "zombie"
    except NoSuchProcess:
        return False
