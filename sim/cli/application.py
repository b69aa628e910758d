"""How a command line is read, explained and refused: in the reader's language, one sentence a mistake.

The library reads it. Its help and its refusals are its own, in English and as wide as its letters count; here they are
written from the catalogue instead, where ``help`` of a command or an option is the name of a text.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Iterable, Sequence
from typing import Any, Final, NoReturn

import typer
from typer.core import TyperCommand, TyperGroup

from sim.classification import fits, hold_to
from sim.cli.files import OPTIONS as FILES
from sim.cli.files import as_before, begin_again, taken
from sim.cli.language import OPTION, language, say, speak
from sim.cli.streams import finish, reason, showable, tell
from sim.data_folders import calibration_folder
from sim.refusal import Refusal, nearest
from sim.report.terminal import layout
from sim.report.words.catalogue import LANGUAGES
from sim.scenario import ScenarioError

HELP: Final = ("-h", "--help")


class StoppedError(KeyboardInterrupt):
    """Somebody asked this process to end, as with Ctrl-C but by another signal."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.status = 128 + number


def refuse(sentences: Iterable[str]) -> NoReturn:
    """Tell what is not understood, one sentence each, and end with status 2."""
    for sentence in sentences:
        tell(sentence)
    raise typer.Exit(2)


def interrupted(stopped: KeyboardInterrupt, sentence: str) -> NoReturn:
    """Say so and end with the signal's status."""
    tell(sentence)
    raise typer.Exit(stopped.status if isinstance(stopped, StoppedError) else 130) from None


def _stop(number: int, frame: object) -> NoReturn:
    raise StoppedError(number)


def stopping() -> list[signal.Signals]:
    """The signals beside Ctrl-C by which this system asks a process to end: Windows knows others than Unix."""
    return [getattr(signal, name) for name in ("SIGTERM", "SIGHUP", "SIGBREAK") if hasattr(signal, name)]


class Command(TyperCommand):
    """One command of ``shukun``."""

    allow_extra_args = True  # so that they are refused here, in the reader's language

    def parse_args(self, context: Any, words: list[str]) -> list[str]:
        """Read the words of a command line; what is wrong with them is refused in one sentence."""
        try:
            rest = super().parse_args(context, words)
        except typer.TyperException as error:
            refuse([_mistake(self, error)])
        if rest:
            refuse([say("fault.extra", command=context.command_path, given=" ".join(rest))])
        return rest

    def get_help(self, context: Any) -> str:
        """What the command does and what it takes, as wide as the terminal and at most 80."""
        return showable(_help(self, context))


class Application(TyperGroup):
    """The whole of ``shukun``: finds the command, and turns what is wrong with a question into sentences."""

    typed = False  # whether the words are those that the process was called with

    def main(self, args: Sequence[str] | None = None, *rest: Any, **settings: Any) -> Any:
        """Run the command and end; what the system refuses is one sentence and status 1."""
        self.typed = args is None
        try:
            with as_before():
                super().main(args, *rest, **settings)
        except SystemExit as ended:
            finish(int(ended.code or 0))
        except OSError as error:
            tell(say("fault.system", reason=reason(error)))
            finish(1)

    def parse_args(self, context: Any, words: list[str]) -> list[str]:
        """Take case, calibration and language out, wherever they are said, then read what stands before the command."""
        words, folders = taken(words)
        os.environ.update({FILES[option]: folder for option, folder in folders.items() if folder})
        try:
            words, wrong = speak(words)
            if folders and self.typed and not fits(calibration_folder()):
                begin_again()
            hold_to(calibration_folder())
        except Refusal as error:
            refuse(getattr(error, language()).splitlines())
        if without := [option for option, folder in folders.items() if not folder]:
            refuse(say("fault.no_value", option=option) for option in without)
        if wrong is not None:
            refuse([wrong])
        if not words:
            print(self.get_help(context))
            raise typer.Exit(2)
        try:
            return super().parse_args(context, words)
        except typer.TyperException as error:
            refuse([_mistake(self, error)])

    def resolve_command(self, context: Any, words: list[str]) -> Any:
        """The command of a name; a name that there is not is refused with the nearest one."""
        if self.get_command(context, words[0]) is None:
            refuse([_nothing_like("command", words[0], self.list_commands(context))])
        return super().resolve_command(context, words)

    def invoke(self, context: Any) -> Any:
        """Run the command; refusals and signals end in one sentence, not in a traceback."""
        before = {number: signal.getsignal(number) for number in stopping()}
        for number, handler in before.items():
            if handler != signal.SIG_IGN:  # as under `nohup`
                signal.signal(number, _stop)
        try:
            return super().invoke(context)
        except KeyboardInterrupt as stopped:
            interrupted(stopped, say("fault.interrupted"))
        except ValueError as error:
            if isinstance(error, ScenarioError):
                refuse(found.sentence(language()) for found in error.errors)
            if isinstance(error, Refusal):
                refuse(getattr(error, language()).splitlines())
            raise
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def get_help(self, context: Any) -> str:
        """What the commands are for."""
        return showable(_help(self, context))


def _mistake(command: Any, error: Any) -> str:
    """What is wrong with the words of a command line, from what the library found."""
    param = getattr(error, "param", None)
    option = getattr(error, "option_name", None)
    if option is not None:
        takes = next((known for known in command.params if option in known.opts), None)
        if takes is None:
            if option in {name for later in getattr(command, "commands", {}).values() for name in _options(later)}:
                return say("fault.option_later", given=option)
            return _nothing_like("option", option, [*_options(command), *FILES, OPTION, HELP[-1]])
        return say("fault.no_such_value" if takes.is_flag else "fault.no_value", option=option)
    if param is None:
        return str(error)
    if error.__cause__ is None:
        return say("fault.missing", what=_name(param), meaning=say(param.help))
    return say("fault.value", option=_name(param), given=error.__cause__.errors()[0]["input"], allowed=_range(param))


def _options(command: Any) -> list[str]:
    """Names of the options that a command has of its own."""
    return [name for param in command.params if param.param_type_name == "option" for name in param.opts]


def _nothing_like(kind: str, given: str, known: Sequence[str]) -> str:
    """That there is no command or option of a name, and which one is meant, or else which there are."""
    near = nearest(given, known)
    if near is not None:
        return say(f"fault.{kind}_near", given=given, near=near)
    return say(f"fault.{kind}", given=given, allowed=", ".join(known))


def _name(param: Any) -> str:
    """What a person calls an option or an argument."""
    return str(param.opts[0]) if param.param_type_name == "option" else say(f"value.{param.metavar}")


def _range(param: Any) -> str:
    """Which numbers an option or an argument takes."""
    kind = "whole" if "int" in str(param.type_descriptor.annotation) else "number"
    low, high = getattr(param, "min", None), getattr(param, "max", None)
    if low is None:
        return say(f"range.{kind}")
    return say(f"range.{kind}_from", low=f"{low:g}") if high is None else say(f"range.{kind}_to", low=low, high=high)


def _help(command: Any, context: Any) -> str:
    """The help of a command: how it is called, what it does, what it takes."""
    room = context.make_formatter().width
    arguments = [param for param in command.params if param.param_type_name == "argument"]
    options = [param for param in command.params if param.param_type_name == "option"]
    usage = [context.command_path, f"[{say('value.options')}]"]
    parts = [(say("help.arguments"), [(_place(param), _explained(param)) for param in arguments])] if arguments else []
    parts += [(say("help.options"), [*((_called(param), _explained(param)) for param in options), *_everywhere()])]
    if isinstance(command, Application):
        usage += [say("value.command"), "..."]
        parts += [(say("help.commands"), [(name, say(known.help or "")) for name, known in command.commands.items()])]
    else:
        usage += [_place(param) for param in arguments]
    told = [*layout.lines(say("help.usage", words=" ".join(usage)), room), ""]
    told += [f"  {line}" for line in layout.lines(say(command.help), room - 2)]
    for heading, rows in parts:
        told += ["", heading, *layout.definitions(rows, room)]
    return "\n".join(told)


def _place(param: Any) -> str:
    """An argument as the usage shows it."""
    name = _name(param) + ("..." if param.nargs == -1 else "")
    return name if param.required else f"[{name}]"


def _called(param: Any) -> str:
    """An option with what it takes."""
    return " ".join([*param.opts, *([] if param.is_flag else [say(f"value.{param.metavar}")])])


def _explained(param: Any) -> str:
    """What an option or an argument is, and what holds where it is left out."""
    default = param.default if param.show_default else None
    return say(param.help) + (say("help.default", value=str(default)) if default not in (None, False, (), "") else "")


def _everywhere() -> list[tuple[str, str]]:
    """Options that every command has."""
    return [
        *((f"{option} {say('value.folder')}", say(f"option.{option.strip('-')}")) for option in FILES),
        (f"{OPTION} {'|'.join(LANGUAGES)}", say("option.lang")),
        (", ".join(HELP), say("option.help")),
    ]
