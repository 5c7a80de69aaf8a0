"""The commands by name, each loaded when it is asked for, so that none waits for what only others need."""

from importlib import import_module
from typing import Any, Final

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command_from_info, get_group
from typer.models import CommandInfo

# In the order in which `--help` lists them.
PLACES: Final = {
    "demo": "demo:demo",
    "serve": "server:serve",
    "worker": "worker:worker",
    "import": "importing:import_file",
    "imports": "imports:list_imports",
    "start-import": "imports:start_import",
    "cancel-import": "imports:cancel_import",
    "undo-import": "imports:undo_import",
    "export": "exporting:export_file",
    "workspace": "workspace:app",
    "token": "token:app",
    "migrate": "server:migrate",
    "doctor": "doctor:doctor",
    "schema": "server:schema",
}


class Commands(TyperGroup):
    """The commands of PLACES."""

    def list_commands(self, ctx: object) -> list[str]:  # noqa: ARG002 - as it is called
        """Their names."""
        return list(PLACES)

    def get_command(self, ctx: object, cmd_name: str) -> TyperCommand | TyperGroup | None:  # noqa: ARG002
        """The command of this name, if there is one."""
        place = PLACES.get(cmd_name)
        return None if place is None else _loaded(cmd_name, place)


def _loaded(name: str, place: str) -> Any:
    module, attribute = place.split(":")
    found = getattr(import_module(f"app.cli.{module}"), attribute)
    if isinstance(found, typer.Typer):
        group = get_group(found)
        group.name = name
        return group
    return get_command_from_info(
        CommandInfo(name, cls=TyperCommand, callback=found), pretty_exceptions_short=True, rich_markup_mode="rich"
    )
