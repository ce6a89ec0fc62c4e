"""`gigs classify`"""

from pathlib import Path

import click


@click.command(
    epilog="""Examples:

\b
  gigs classify jobs.csv --out jobs_tagged.csv

Evidence reads `title 0002: ai chatbot`: the field, the number of the word in it, the words. Only texts in
languages with own terms (English, Spanish, Portuguese, German, French, Russian, Thai) are read fully."""
)
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), required=True, help="CSV to write.")
@click.option("--json", "as_json", is_flag=True, help="Print the summary as JSON.")
def command(file: Path, out: Path, as_json: bool) -> None:
    """Decide for anybody's table which rows are AI services, of which kind, and how they speak of AI.

    FILE is a CSV with a heading; the columns title, description, skills and category are read (any of them),
    all others pass through; one that has the name of a new column is kept as NAME_given. Added: is_ai,
    categories (parted by |, primary first), stance, evidence.
    """
    from dags.output import print_json, print_table
    from transform.steps.classify_table import classify_file

    summary = classify_file(file, out)
    if as_json:
        print_json(summary)
    else:
        print_table([{"what": name, "n": n} for name, n in summary.items()], ["what", "n"])
