"""Where compiled kernels are kept between processes: who compiles them, who is told, and when they are let go.

A compiled kernel is two files of Numba's making, named by the digest of all that it depends on (``fingerprint.py``). So
versions of the sources lie side by side, checkouts share what they have in common, and a change of the sources compiles
the kernels that it changes and no others. Of processes that miss the same kernel one compiles it, the others wait.
"""

from __future__ import annotations

import atexit
import gc
import os
import pickle
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import cache, cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

import llvmlite.binding
from numba.core import types
from numba.core.caching import IndexDataCacheFile
from numba.core.compiler import CompileResult
from numba.core.compiler_lock import global_compiler_lock
from numba.core.runtime import rtsys

from sim.kernels import shipped
from sim.kernels.fingerprint import digest

ABOUT_SECONDS: Final = 150  # of one processor, for all kernels; `benchmarks/compiling.py` measures them
MONTH: Final = 30 * 24 * 3600.0  # seconds that a compiled kernel is kept after its last use
OURS: Final = re.compile(r"(?P<kernel>sim\.[\w.]+-[0-9a-f]{16}\.py\d+)(\.nbi|\.\d+\.nbc)(\.tmp\.\w+)?")


def home() -> Path:
    """The folder of compiled kernels: in ``NUMBA_CACHE_DIR`` where that is set, else in the user's cache."""
    given = os.environ.get("NUMBA_CACHE_DIR")
    if given:
        return Path(given) / "shukun"
    users = os.environ.get("XDG_CACHE_HOME")
    return (Path(users) if users else Path("~/.cache").expanduser()) / "shukun" / "kernels"


class Kept:
    """The compiled forms of one kernel, as Numba's dispatchers ask for them.

    ``function``: the kernel as it is written; ``options``: how it is compiled. Nothing is looked up before the first
    call: only then has everything that the kernel reads been defined.
    """

    def __init__(self, function: Callable[..., Any], options: str) -> None:
        self.function, self.options = function, options
        self._known: dict[str, IndexDataCacheFile] = {}

    @cached_property
    def _digest(self) -> str:
        return digest(self.function, self.options)

    def _name(self, sig: Any) -> str:
        """What the files for arguments of these types are called, after the groups of columns among them.

        An index tells a group by the place where it is defined: sources that have moved one keep their own beside it.
        """
        places = tuple(_places(_arguments(sig)))
        found = sha256("\n".join((self._digest, *places)).encode()).hexdigest()[:16] if places else self._digest
        version = "".join(map(str, sys.version_info[:2]))
        return f"{self.function.__module__}.{self.function.__qualname__}-{found}.py{version}"

    def _files(self, sig: Any) -> IndexDataCacheFile:
        """The files for arguments of these types in the user's cache."""
        name = self._name(sig)
        if name not in self._known:
            folder = home()
            if not (folder / f"{name}.nbi").exists() and not _writable(folder):
                folder = _passing(folder)
            self._known[name] = self._in(folder, name)
        return self._known[name]

    def _in(self, folder: Path, name: str) -> IndexDataCacheFile:
        return IndexDataCacheFile(cache_path=str(folder), filename_base=name, source_stamp=self._digest)

    def _looked_in(self, sig: Any, codegen: Any) -> Iterator[tuple[IndexDataCacheFile, tuple[Any, ...]]]:
        """Files that may hold the kernel, each with its key there: those that came with the package, the user's own.

        One after the other: what is shipped and serves leaves the user's cache untouched, even where there can be none.
        """
        processor, _ = shipped.serves(shipped.FOLDER)
        if processor is not None:
            yield self._in(shipped.FOLDER, self._name(sig)), (_arguments(sig), processor)
        yield self._files(sig), _key(sig, codegen)

    @property
    def cache_path(self) -> str:
        """The folder of this kernel's files."""
        return next((str(files._cache_path) for files in self._known.values()), str(home()))

    def has(self, sig: Any, target_context: Any) -> bool:
        """Whether the kernel for arguments of these types is kept."""
        for files, key in self._looked_in(sig, target_context.codegen()):
            with suppress(Exception):  # whatever a damaged file leads to, it is as good as none
                if key in files._load_index():
                    return True
        return False

    def load_overload(self, sig: Any, target_context: Any) -> CompileResult | None:
        """The kernel for arguments of these types; None where it is not kept, or the file is damaged."""
        with global_compiler_lock:
            rtsys.initialize(target_context)  # what kernels that make arrays of their own call
            data = None
            for files, key in self._looked_in(sig, target_context.codegen()):
                with suppress(Exception):
                    data = files.load(key)
                if data is not None:
                    break
            if data is None:
                return None
            if files in self._known.values():
                with suppress(OSError):
                    os.utime(files._index_path)  # in use, so it is not let go
            return CompileResult._rebuild(target_context, *data)

    def save_overload(self, sig: Any, data: CompileResult) -> None:
        """Keep the kernel, and let go of what has not been used for a month."""
        key, reduced, files = _key(sig, data.library.codegen), _to_run(data._reduce()), self._files(sig)
        try:
            files.save(key, reduced)
        except (EOFError, pickle.UnpicklingError):  # what was kept is damaged
            files.flush()
            files.save(key, reduced)
        _let_go(Path(self.cache_path))

    def flush(self) -> None:
        """Forget every compiled form of this kernel."""
        for files in self._known.values():
            files.flush()


def _to_run(reduced: tuple[Any, ...]) -> tuple[Any, ...]:
    """What is kept of a compiled kernel: what is needed to run it, and what loads in a third of the time.

    Of its bitcode only the names that it defines: from the rest Numba would make kernels that call this one, of which
    there are none. And not the empty environments of Numba's own functions, for which it would import their modules.
    """
    (name, kind, (code, bitcode)), *rest, environments = reduced
    module = llvmlite.binding.parse_bitcode(bitcode)
    defined = [part.name for part in (*module.functions, *module.global_variables) if not part.is_declaration]
    names = llvmlite.binding.parse_assembly("\n".join(f'@"{name}" = global i8 0' for name in defined))
    needed = [one for one in environments if one.consts or not one.globals["__name__"].startswith("numba.")]
    return (name, kind, (code, names.as_bitcode())), *rest, tuple(needed)


def _arguments(sig: Any) -> tuple[Any, ...]:
    return tuple(getattr(sig, "args", sig))


def _places(kinds: Iterable[Any]) -> Iterator[str]:
    """Where the groups of columns among types are defined, with the names of columns; and those of groups in them."""
    for kind in kinds:
        if isinstance(kind, types.BaseNamedTuple):
            yield f"{kind.instance_class.__module__}.{kind.instance_class.__qualname__}{kind.fields}"
        if isinstance(kind, types.BaseTuple):
            yield from _places(kind)


def _key(sig: Any, codegen: Any) -> tuple[Any, ...]:
    """Argument types and the processor; names of columns, which Numba's own comparison leaves out, name the files."""
    return (_arguments(sig), codegen.magic_tuple())


def _writable(folder: Path) -> bool:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=folder).close()
    except OSError:
        return False
    return True


@cache
def _passing(unwritable: Path) -> Path:
    """A folder for this process and those that it starts, where the one that was meant cannot be written to."""
    folder, owner = tempfile.mkdtemp(prefix="shukun-kernels-"), os.getpid()

    @atexit.register
    def remove() -> None:
        if os.getpid() == owner:
            shutil.rmtree(folder, ignore_errors=True)

    os.environ["NUMBA_CACHE_DIR"] = folder
    _say(
        f"无法写入 {unwritable}，编译结果用后即弃；可用 XDG_CACHE_HOME 另指定文件夹。",
        f"{unwritable} cannot be written to, so compiled kernels are not kept; XDG_CACHE_HOME may name another folder.",
    )
    home().mkdir()
    return home()


def _let_go(folder: Path) -> None:
    """Remove files of kernels that nobody has used for a month; nothing else in the folder is touched."""
    used: dict[str, float] = {}
    files = [(match["kernel"], path) for path in folder.iterdir() if (match := OURS.fullmatch(path.name))]
    for kernel, path in files:
        with suppress(OSError):
            used[kernel] = max(used.get(kernel, 0.0), path.stat().st_mtime)
    for kernel, path in files:
        if used.get(kernel, 0.0) < time.time() - MONTH:
            with suppress(OSError):
                path.unlink()


# Said once in a process, and not by one that has waited for another: that one has said it.
_said: list[str] = []


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """Around looking for a kernel again and compiling it if need be: no other process does the same meanwhile.

    Python's collector of garbage rests, as nearly all that it would look at is still needed.
    """
    collects = gc.isenabled()
    with ExitStack() as stack:
        with suppress(OSError):  # no locks in this folder: both compile
            from filelock import FileLock, Timeout  # start-up: who finds all kernels compiled does without

            lock = FileLock(home() / ".lock")
            try:
                stack.enter_context(lock.acquire(timeout=0))
            except Timeout:
                _said.append("by another process")
                stack.enter_context(lock.acquire())
        gc.disable()
        try:
            yield
        finally:
            if collects:
                gc.enable()


def tell() -> None:
    """Say that kernels are being compiled and how long it takes; and why those of the package do not serve, if any."""
    if not _said:
        _said.append("here")
        _, why_not = shipped.serves(shipped.FOLDER)
        if why_not is not None:
            _say(
                f"随包附带的内核在此不适用：{why_not[0]}。",
                f"The kernels that came with the package do not serve here: {why_not[1]}.",
            )
        _say(
            f"正在编译模型内核，每个版本只需一次，约 {ABOUT_SECONDS} 秒……",
            f"Compiling the model's kernels, once for this version: about {ABOUT_SECONDS} seconds ...",
        )


def _say(zh: str, en: str) -> None:
    print(zh, en, file=sys.stderr, flush=True)
