"""`gigs dashboard`: the app on this machine, for this machine alone unless told otherwise."""

from __future__ import annotations

import click

FIRST_PORT = 8501
LOCAL = ("127.0.0.1", "localhost", "::1")


@click.command(epilog="Example: gigs dashboard --port 9000")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port", type=click.IntRange(1, 65535), help=f"Port; without it the first free one from {FIRST_PORT}."
)
@click.option("--browser", is_flag=True, help="Open a browser window too.")
def command(host: str, port: int | None, browser: bool) -> None:
    """Show the current release in the browser; Ctrl-C ends it."""
    serve(host, port, browser=browser)


def serve(host: str = "127.0.0.1", port: int | None = None, *, browser: bool = False) -> None:
    """Run the app until Ctrl-C or SIGTERM; its address is printed as soon as it answers.

    Args:
        host: Address to listen on.
        port: Port; null takes the first free one from `FIRST_PORT`.
        browser: Open a browser window too.

    Raises:
        UsageError: The port is taken, or the address is not one of this machine.
    """
    import threading
    from pathlib import Path

    from streamlit.web import bootstrap

    import dashboard

    chosen = _free_port(host, port)
    shown = f"[{host}]" if ":" in host else host
    address = f"http://{shown}:{chosen}"
    threading.Thread(target=_announce, args=(address, browser), daemon=True).start()
    options = settings(host, chosen)
    bootstrap.load_config_options(options)
    bootstrap.run(str(Path(dashboard.__file__).parent / "app.py"), False, [], options)
    click.echo("The dashboard has ended.", err=True)


def settings(host: str, port: int) -> dict[str, object]:
    """Streamlit's settings: nothing phones home, nothing is watched, tables export through us alone."""
    return {
        "server_address": host,
        "server_port": port,
        "server_headless": True,
        "server_allowedHosts": [host, *LOCAL] if host in LOCAL else (),
        "server_fileWatcherType": "none",
        "server_enableStaticServing": False,
        "server_maxUploadSize": 1,
        "browser_gatherUsageStats": False,
        "client_toolbarMode": "viewer",
        "client_showErrorDetails": "none",
        "client_showErrorLinks": False,
        "client_disableDataExport": True,
        "logger_hideWelcomeMessage": True,
        "logger_level": "warning",
        "theme_light_primaryColor": "#2f6db3",
        "theme_dark_primaryColor": "#6aa5e3",
    }


def _free_port(host: str, port: int | None) -> int:
    import socket

    from scrapers.errors import UsageError

    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    candidates = [port] if port else range(FIRST_PORT, FIRST_PORT + 100)
    reason: OSError | None = None
    for candidate in candidates:
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, candidate))
            except OSError as error:
                reason = error
            else:
                return candidate
    where = f"{host}:{port}" if port else f"{host}, ports {FIRST_PORT} to {FIRST_PORT + 99}"
    detail = reason.strerror if reason else "no port tried"
    raise UsageError(f"the dashboard cannot listen on {where}: {detail}", "choose another --port or --host")


def _announce(address: str, browser: bool) -> None:
    import time
    import webbrowser

    import httpx

    health = f"{address.replace('0.0.0.0', '127.0.0.1')}/_stcore/health"
    while True:
        try:
            if httpx.get(health, timeout=2, trust_env=False).is_success:
                break
        except httpx.HTTPError:
            time.sleep(0.1)
    click.echo(f"Gig Observatory is at {address} (Ctrl-C ends it)")
    if browser:
        webbrowser.open(address)
