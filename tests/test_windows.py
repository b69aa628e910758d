"""What is of Windows alone, with its conditions imitated: signals, processes, files held open, line ends, names."""

import errno
import hashlib
import multiprocessing
import os
import re
import signal
import subprocess
import sys
from pathlib import Path, PureWindowsPath

import pytest
from typer.testing import CliRunner

from sim.cli import app, application, files, streams
from sim.refusal import Refusal
from sim.report.documents import packing
from sim.study import StudyError, study_folder
from sim.study.runs import checksums, local_pool, parts
from tests.test_house import ROOT, SOURCES, TRACKED, read, short

OF_UNIX = ("fcntl", "grp", "pwd", "pty", "resource", "termios", "tty")
NOT_A_NAME = re.compile(r"^(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)


def test_no_module_of_unix_alone_is_imported() -> None:
    found = [
        f"{short(path)}: {match.group()}"
        for path in SOURCES
        for match in re.finditer(rf"^\s*(?:import|from) (?:{'|'.join(OF_UNIX)})\b", read(path), re.MULTILINE)
    ]
    assert found == []


def test_a_system_without_the_signals_of_unix_runs_commands(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(signal, "SIGHUP")
    assert application.stopping() == [signal.SIGTERM]
    monkeypatch.setattr(signal, "SIGBREAK", signal.SIGUSR1, raising=False)
    assert application.stopping() == [signal.SIGTERM, signal.SIGUSR1]
    monkeypatch.delattr(signal, "SIGBREAK")
    done = CliRunner().invoke(app, ["levers", "rent", "--lang", "en"])
    assert done.exit_code == 0, done.output


class Done:
    """A process that has ended."""

    def __init__(self, returncode: int) -> None:
        self.returncode = returncode


def test_a_command_that_begins_again_is_waited_for_and_ends_as_the_second_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setattr(sys, "orig_argv", [sys.executable, "-c", "import sys; sys.exit(7)"])
    # On Windows this would return to the shell before the command is done, and lose its status.
    monkeypatch.setattr(os, "execv", lambda *words: pytest.fail("a process gave way to another"))
    kept = {}
    monkeypatch.setattr(subprocess, "run", lambda command, **how: kept.update(command=command) or Done(7))
    with pytest.raises(SystemExit) as ended:
        files.begin_again()
    assert ended.value.code == 7
    assert kept["command"] == sys.orig_argv


def test_a_worker_ends_with_a_parent_whose_number_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    class Parent:
        lives = True

        def is_alive(self) -> bool:
            return self.lives

    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setattr(multiprocessing, "parent_process", Parent)
    assert local_pool._lives(os.getppid())
    monkeypatch.setattr(Parent, "lives", False)
    assert not local_pool._lives(os.getppid())


def test_a_reader_that_left_is_told_nothing(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    class Left:
        def flush(self) -> None:
            raise OSError(errno.EINVAL, "Invalid argument")

        def fileno(self) -> int:
            raise ValueError

    monkeypatch.setattr(sys, "stdout", Left())
    with pytest.raises(SystemExit) as ended:
        streams.finish(0)
    assert ended.value.code == 1
    assert capfd.readouterr().err == ""


def test_a_part_that_a_virus_scanner_holds_for_a_moment_is_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    replace, waited = Path.replace, []

    def held(self: Path, target: Path) -> Path:
        if len(waited) < 3:
            raise PermissionError(13, "Access is denied")
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", held)
    monkeypatch.setattr(parts, "sleep", waited.append)
    (tmp_path / "new").mkdir()
    (tmp_path / "new/table").write_text("content")
    parts.put(tmp_path / "new", tmp_path / "part")
    assert (tmp_path / "part/table").read_text() == "content"
    assert waited == [0.0, *parts.PATIENCE[:2]]


def test_a_part_that_cannot_be_put_in_its_place_is_tried_twice_where_waiting_does_not_help(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried = []

    def gone(self: Path, target: Path) -> Path:
        tried.append(target)
        raise FileNotFoundError(2, "No such file or directory")

    monkeypatch.setattr(Path, "replace", gone)
    monkeypatch.setattr(parts, "sleep", lambda seconds: None)
    with pytest.raises(FileNotFoundError):
        parts.put(tmp_path / "new", tmp_path / "part")
    assert len(tried) == 2


def test_a_file_that_another_program_has_open_is_told_and_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workbook = tmp_path / "study.xlsx"
    workbook.write_bytes(b"before")

    def held(self: Path, target: Path) -> Path:
        raise PermissionError(13, "Access is denied", str(self), 5, str(target))

    monkeypatch.setattr(Path, "replace", held)
    with pytest.raises(Refusal) as told:
        packing.write(workbook, b"after")
    assert "study.xlsx" in told.value.en and "another program has it open" in told.value.en
    assert "关闭" in told.value.zh
    assert workbook.read_bytes() == b"before"
    assert list(tmp_path.iterdir()) == [workbook]


def test_a_lock_that_cannot_be_taken_away_while_it_is_held_is_let_go_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    unlink = Path.unlink

    def refused(self: Path, missing_ok: bool = False) -> None:
        if self.name == study_folder.LOCK:
            raise PermissionError(13, "The process cannot access the file")
        unlink(self, missing_ok)

    monkeypatch.setattr(Path, "unlink", refused)
    for _ in range(2):
        with (
            study_folder.at_work(tmp_path / "study"),
            pytest.raises(StudyError, match="Another command"),
            study_folder.at_work(tmp_path / "study"),
        ):
            pass


@pytest.mark.slow
def test_a_folder_is_held_against_another_process_and_free_when_that_was_killed(tmp_path: Path) -> None:
    folder = tmp_path / "study"
    code = (
        "import sys; from sim.study import study_folder\n"
        f"with study_folder.at_work({str(folder)!r}):\n    print('held', flush=True); sys.stdin.read()"
    )
    command = [sys.executable, "-c", code]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        with pytest.raises(StudyError, match="Another command"), study_folder.at_work(folder):
            pass
        other.kill()
        other.wait()
        with study_folder.at_work(folder):
            assert (folder / study_folder.LOCK).exists()
    assert not (folder / study_folder.LOCK).exists()


def test_a_list_of_checksums_has_the_same_bytes_on_every_system(tmp_path: Path) -> None:
    (tmp_path / "table").write_bytes(b"content")
    checksums.write_checksums(tmp_path)
    expected = f"{hashlib.sha256(b'content').hexdigest()}  table\n# 1 files\n"
    assert (tmp_path / checksums.SUMS).read_bytes() == expected.encode()


def test_no_text_that_is_kept_has_the_line_ends_of_its_system() -> None:
    writes = re.compile(r"(?:write_text|\.open\(\"w\").*")
    found = [
        f"{short(path)}: {match.group()}"
        for path in SOURCES
        if path.is_relative_to(ROOT / "sim/study") or path.is_relative_to(ROOT / "sim/report")
        for match in writes.finditer(read(path))
        if "newline=" not in match.group()
    ]
    assert found == []


def test_every_name_in_the_repository_is_one_on_windows() -> None:
    names = [short(path) for path in TRACKED]
    parts = {part for name in names for part in PureWindowsPath(name).parts}
    assert not [part for part in parts if NOT_A_NAME.match(part) or re.search(r'[<>:"|?*\\]|[ .]$', part)]
    assert len({name.lower() for name in names}) == len(names)
    assert max(map(len, names)) < 100


def test_the_way_without_make_names_what_is_there() -> None:
    for page in ("README.md", "README.zh-CN.md", "docs/windows.md", "docs/windows.zh-CN.md"):
        (block,) = re.findall(r"^```powershell\n(.*?)^```$", read(ROOT / page), re.MULTILINE | re.DOTALL)
        setting_up, *inside = block.splitlines()
        assert setting_up == "py -3.11 -m venv .venv"
        paths = [PureWindowsPath(line.split()[0]) for line in inside]
        assert [(path.parent.as_posix(), path.name) for path in paths] == [
            (".venv/Scripts", "pip"),
            (".venv/Scripts", "shukun"),
        ]
        assert inside[0].split()[1:] == ["install", "--constraint", "constraints.txt", "."]
        assert inside[1].split()[1:] == ["compare"]
    assert (ROOT / "constraints.txt").exists()
