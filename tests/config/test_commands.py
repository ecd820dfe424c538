"""Every command is documented and explains itself."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.core.management import get_commands, load_command_class

ROOT = Path(__file__).resolve().parent.parent.parent
OURS = sorted(name for name, app in get_commands().items() if app in {"tracker", "commitments", "config"})


def test_the_table_of_commands_is_the_commands() -> None:
    table = (ROOT / "docs" / "commands.md").read_text()
    assert sorted(re.findall(r"^\| `(\w+)", table, re.MULTILINE)) == OURS


@pytest.mark.parametrize("name", OURS)
def test_help_says_what_it_does_with_an_example(name: str) -> None:
    command = load_command_class(get_commands()[name], name)
    text = " ".join(command.create_parser("manage.py", name).format_help().split())
    assert re.search(rf"Example: manage\.py {name}\b", text)


@pytest.mark.parametrize("name", OURS)
def test_each_speaks_json(name: str) -> None:
    command = load_command_class(get_commands()[name], name)
    assert "--json" in command.create_parser("manage.py", name).format_help()
