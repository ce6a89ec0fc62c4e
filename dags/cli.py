"""The `gigs` command: finds its commands by file name, and turns errors into messages and exit codes."""

from __future__ import annotations

import errno
import importlib
import keyword
import os
import pkgutil
import sys
from typing import Any

import click

from dags import commands
from scrapers.errors import GigsError

INTERRUPTED = 130


class CommandFiles(click.Group):
    """A group whose commands are the files of `dags/commands`, each imported only when it is needed."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names of all commands, sorted; `_` in a file's name is `-` in the command's."""
        files = (info.name for info in pkgutil.iter_modules(commands.__path__))
        return sorted(name.rstrip("_").replace("_", "-") for name in files)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command in the file of that name; `import_` serves `import`, a word Python reserves."""
        if cmd_name not in self.list_commands(ctx):
            return None
        name = cmd_name.replace("-", "_") + ("_" if keyword.iskeyword(cmd_name) else "")
        module = importlib.import_module(f"dags.commands.{name}")
        found: click.Command = module.command
        return found


@click.group(
    cls=CommandFiles,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Data are printed on stdout, progress on stderr. Exit codes: 0 ok, 1 failure, 2 usage, "
    "3 configuration, 4 partial, 5 release held back, 6 stale, 7 refused by policy, 8 locked by another "
    "run, 130 interrupted.",
)
@click.option("--debug", is_flag=True, help="Show the traceback of an error.")
@click.version_option(package_name="gig-observatory", prog_name="gigs")
def gigs(debug: bool) -> None:
    """Gig Observatory: collect gig listings, measure what AI does to them, publish it.

    \b
    First steps:
      gigs demo                         simulated markets, from nothing to a published release
      gigs inspect FILE                 what is in an unknown file, and a mapping draft
      gigs import FILE --dataset NAME   load a file that you already have
      gigs run                          load, build and publish what is new
      gigs dashboard                    the app on 127.0.0.1
    """


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and exit with the documented code."""
    os.environ.setdefault("DO_NOT_TRACK", "1")
    words = sys.argv[1:] if arguments is None else arguments
    debug = "--debug" in words
    try:
        outcome: Any = gigs.main(args=words, prog_name="gigs", standalone_mode=False)
        sys.exit(outcome if isinstance(outcome, int) else 0)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        click.echo("Interrupted; nothing half-done was kept.", err=True)
        sys.exit(INTERRUPTED)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except GigsError as error:
        if debug:
            raise
        click.echo(f"gigs: {error}", err=True)
        sys.exit(error.exit_code)
    except OSError as error:
        if debug:
            raise
        click.echo(f"gigs: {_explain(error)}", err=True)
        sys.exit(1)
    except Exception as error:
        if debug:
            raise
        if os.strerror(errno.ENOSPC) in str(error):  # as DuckDB and Arrow tell it
            click.echo(f"gigs: {_explain(OSError(errno.ENOSPC, ''))}", err=True)
            sys.exit(1)
        click.echo(
            f"gigs: unexpected {type(error).__name__}: {error}\n"
            "  Next: run the same command with `gigs --debug ...` and report what it prints.",
            err=True,
        )
        sys.exit(1)


def _explain(error: OSError) -> str:
    where = f" ({error.filename})" if error.filename else ""
    hints = {
        errno.ENOSPC: "the disk is full; free some space and run it again: finished steps are kept",
        errno.EACCES: "permission denied; check who owns the folder, or point GIGS_HOME elsewhere",
        errno.EROFS: "the file system is read-only; point GIGS_HOME to a folder that can be written",
        errno.EADDRINUSE: "the port is taken; choose another with --port",
    }
    said = hints.get(error.errno or 0)
    return f"{said}{where}" if said else f"{error.strerror or error}{where}"
