"""Run the dbt project on the build file, in a process of its own (dbt keeps its connection open)."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scrapers.errors import GateError, GigsError
from transform.steps.classify_seeds import check_seeds
from warehouse import home

PROJECT = Path(__file__).resolve().parent

Told = Callable[[int, int, str], None]
"""Called with the number of finished steps, of all steps, and the name of the last one."""


@dataclass(frozen=True)
class Built:
    """What a build did: numbers of models, seeds and tests that went through, and its seconds."""

    n_models: int
    n_tests: int
    seconds: float


def build(*, full_refresh: bool = False, select: str | None = None, told: Told | None = None) -> Built:
    """Build seeds, models and data tests.

    Args:
        full_refresh: Read all texts again, whatever the parsers' versions.
        select: dbt's selection syntax, for a part of the project.
        told: Progress, as it happens.

    Raises:
        ConfigError: A row of the classifier's seeds is wrong; file and line are named.
        GateError: Data tests failed; nothing should be published.
        GigsError: A model failed.
        OSError: The disk is full.
    """
    check_seeds(PROJECT / "seeds")
    words = ["build", "--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT), "--log-format", "json"]
    words += ["--full-refresh"] if full_refresh else []
    words += ["--select", select] if select else []
    code = f"import sys; from dbt.cli.main import cli; sys.exit(cli({words!r}))"
    process = subprocess.Popen(
        [sys.executable, "-c", code],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
        env=dbt_environment(),
    )
    try:
        failures, others = _follow(process, told or (lambda done, total, name: None))
        status = process.wait()
    except BaseException:
        process.terminate()
        process.wait()
        raise
    results = _results()
    if status == 0:
        return results
    _raise(failures, others)
    return results


@contextmanager
def parsed_meanwhile() -> Iterator[None]:
    """Let dbt read the project while other work goes on; a build after this finds it read (saves seconds)."""
    folders = ["--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT)]
    code = f"from dbt.cli.main import cli; cli({['parse', *folders]!r})"
    parsing = subprocess.Popen(
        [sys.executable, "-c", code],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=dbt_environment(),
    )
    try:
        yield
        parsing.wait()  # a fault in the project is told by the build
    finally:
        parsing.kill()
        parsing.wait()


def dbt_environment() -> dict[str, str]:
    """Environment of dbt: absolute paths below the data folder, nothing phones home."""
    folder = home.home()
    temp = folder / "tmp"
    for path in (temp, folder / "target", folder / "logs", home.build_file().parent):
        path.mkdir(parents=True, exist_ok=True)
    return os.environ | {
        "GIGS_BUILD_FILE": str(home.build_file()),
        "DBT_TARGET_PATH": str(folder / "target"),
        "DBT_LOG_PATH": str(folder / "logs"),
        "GIGS_DBT_TEMP": str(temp),
        "GIGS_REFERENCE": str(home.reference()),
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
        "DO_NOT_TRACK": "1",
        "PYTHONUTF8": "1",
        "OPENBLAS_NUM_THREADS": "1",  # many small matrices: threads only wait for each other
    }


@dataclass(frozen=True)
class _Failure:
    name: str
    is_test: bool
    message: str


def _follow(process: subprocess.Popen[str], told: Told) -> tuple[list[_Failure], list[str]]:
    failures: list[_Failure] = []
    others: list[str] = []
    assert process.stdout is not None
    for line in process.stdout:
        try:
            event: dict[str, Any] = json.loads(line)
        except ValueError:
            others.append(line.strip())
            continue
        info, data = event.get("info", {}), event.get("data", {})
        node = data.get("node_info", {})
        if info.get("name") in ("LogModelResult", "LogTestResult", "LogSeedResult"):
            told(int(data.get("index") or 0), int(data.get("total") or 0), str(node.get("node_name", "")))
        elif info.get("name") == "RunResultError":
            unique = str(node.get("unique_id", ""))
            failures.append(
                _Failure(str(node.get("node_name", "")), unique.startswith("test."), str(data.get("msg", "")))
            )
        elif info.get("name") == "RunResultFailure":
            failures.append(_Failure(str(node.get("node_name", "")), True, str(info.get("msg", ""))))
        elif info.get("level") == "error":
            others.append(str(info.get("msg", "")).strip())
    return failures, others


def _raise(failures: list[_Failure], others: list[str]) -> None:
    logs = home.home() / "logs" / "dbt.log"
    told = [*others, *(failure.message for failure in failures)]
    if any(os.strerror(errno.ENOSPC) in text for text in told):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(home.home()))
    if failures and all(failure.is_test for failure in failures):
        raise GateError(
            "data tests failed: " + ", ".join(failure.name for failure in failures),
            f"nothing is published; {logs} shows the failing rows' query",
        )
    broken = [failure for failure in failures if not failure.is_test]
    said = "; ".join(f"{failure.name}: {failure.message.strip()}" for failure in broken[:3])
    said = said or "\n".join(text for text in others if text)[-2000:] or "dbt ended without a word"
    raise GigsError(f"the build failed: {said}", f"the whole story is in {logs}")


def _results() -> Built:
    path = home.home() / "target" / "run_results.json"
    try:
        results = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return Built(0, 0, 0.0)
    ids = [result["unique_id"] for result in results["results"] if result["status"] in ("success", "pass")]
    return Built(
        n_models=sum(not name.startswith("test.") for name in ids),
        n_tests=sum(name.startswith("test.") for name in ids),
        seconds=round(float(results["elapsed_time"]), 1),
    )
