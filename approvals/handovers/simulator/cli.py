"""`yuanban tax-simulator`: the simulated system as a process of its own, for demonstrations."""

import os
from pathlib import Path

import click
from werkzeug.serving import run_simple

from approvals.handovers.simulator.app import Simulator
from shared import setting_values as values


@click.command("tax-simulator")
@click.option("--bind", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", type=click.IntRange(1, values.HIGHEST_PORT), default=8090, show_default=True)
@click.option(
    "--file",
    type=click.Path(dir_okay=False, path_type=Path),
    default=Path("var/tax_simulator.sqlite3"),
    show_default=True,
    help="What it knows.",
)
@click.option("--pace", type=click.FloatRange(0), default=20.0, show_default=True, help="Seconds a step.")
def tax_simulator(bind: str, port: int, file: Path, pace: float) -> None:
    """Stand in for the tax authority's system, for demonstrations; it expects YUANBAN_TAX_SECRET."""
    try:
        secret = values.secret("YUANBAN_TAX_SECRET", os.environ.get("YUANBAN_TAX_SECRET", ""), needed="yes")
    except values.SettingsError as error:
        raise click.ClickException(str(error)) from error
    simulator = Simulator(file, secret, pace_s=pace)
    run_simple(bind, port, simulator.app, threaded=True)
