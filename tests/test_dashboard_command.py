"""`gigs dashboard`: it says where it is, answers there alone, and ends cleanly."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner

from dags.commands import dashboard
from release_fixture import write_release
from scrapers.errors import UsageError


@contextmanager
def running(home: Path, *arguments: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The command in a process of its own, and the address that it prints."""
    environment = {**os.environ, "GIGS_HOME": str(home), "PYTHONUNBUFFERED": "1"}
    process = subprocess.Popen(
        [sys.executable, "-c", "from dags.cli import main; main()", "dashboard", *arguments],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        said = process.stdout.readline()
        assert said.startswith("Gig Observatory is at http://"), said
        yield process, said.split()[4]
    finally:
        process.kill()
        process.wait()


def test_it_prints_its_address_answers_there_alone_and_ends_on_ctrl_c(own_home: Path) -> None:
    write_release(own_home)
    with running(own_home) as (process, address):
        assert address.startswith("http://127.0.0.1:")
        page = httpx.get(address, trust_env=False)
        assert page.is_success and "<title>" in page.text
        port = int(address.rsplit(":", 1)[1])
        listening = {
            int(line.split()[1].split(":")[1], 16): line.split()[1].split(":")[0]
            for line in Path("/proc/net/tcp").read_text().splitlines()[1:]
            if line.split()[3] == "0A"
        }
        assert listening[port] == "0100007F"
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=20) == 0
        assert process.stderr is not None
        ending = process.stderr.read()
        assert "The dashboard has ended." in ending and "Traceback" not in ending
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)):
                    break
        else:
            pytest.fail("the port is still open")


def test_a_taken_port_is_told_with_the_next_step() -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = holder.getsockname()[1]
        result = CliRunner().invoke(dashboard.command, ["--port", str(port)])
    assert isinstance(result.exception, UsageError)
    assert f"127.0.0.1:{port}" in str(result.exception) and "--port" in str(result.exception)


def test_a_foreign_address_is_told() -> None:
    result = CliRunner().invoke(dashboard.command, ["--host", "203.0.113.7", "--port", "8600"])
    assert isinstance(result.exception, UsageError)


def test_settings_let_nothing_out_and_nobody_in() -> None:
    options = dashboard.settings("127.0.0.1", 8501)
    assert options["browser_gatherUsageStats"] is False
    assert options["server_headless"] is True
    assert options["client_showErrorDetails"] == "none"
    assert options["client_disableDataExport"] is True  # Streamlit's own CSV would keep formulas alive
    assert "127.0.0.1" in str(options["server_allowedHosts"])


def test_every_setting_is_one_that_streamlit_knows() -> None:
    from streamlit import config

    known = config.get_config_options()
    for name in dashboard.settings("127.0.0.1", 8501):
        assert name.replace("_", ".") in known, name
