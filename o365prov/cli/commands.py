"""The command and its parts."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from o365prov.cli.app_commands import check, expr, init, preview
from o365prov.cli.codes import explain
from o365prov.cli.fake_tenant_command import fake_tenant
from o365prov.cli.lifecycle_commands import calendar, hand_overs, strays, undo
from o365prov.cli.plan_commands import apply, plan, verify
from o365prov.cli.state_commands import state
from o365prov.cli.tenant_commands import audit, doctor, import_command


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="o365prov", prog_name="o365prov")
def command() -> None:
    """Provision users to Office 365, as Okta's integration does.

    Everything that a job needs to know stands in one app file, o365prov.toml unless --app names another one.
    Credentials come from the environment: AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET, or whatever else
    azure-identity takes. Each command exits with 0, or with 1 if anything is wrong.
    """


@command.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> None:
    """Print the script with which a shell completes o365prov.

    For bash: eval "$(o365prov completion bash)".
    """
    kind = get_completion_class(shell)
    assert kind is not None  # noqa: S101 - one of the choices
    click.echo(kind(command, {}, "o365prov", "_O365PROV_COMPLETE").source())


for each in (
    init,
    check,
    expr,
    explain,
    doctor,
    preview,
    plan,
    apply,
    verify,
    undo,
    strays,
    calendar,
    hand_overs,
    import_command,
    audit,
    state,
    fake_tenant,
):
    command.add_command(each)
