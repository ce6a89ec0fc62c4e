"""`gigs evaluate`"""

from pathlib import Path

import click


@click.command(
    epilog="""Examples:

\b
  gigs evaluate
  gigs evaluate --labels labelled.csv --errors 40
  gigs evaluate --labels labelled.csv --out before.csv   (then change a seed)
  gigs evaluate --labels labelled.csv --against before.csv
  gigs evaluate --out transform/seeds/classifier_evaluation.csv

Without --labels the real labelled listings are used where they exist (GIGS_SHARED, or `shared` beside the
checkout), else the small set that the project ships."""
)
@click.option(
    "--labels",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="CSV with key, title, description, skills, category, categories, stance.",
)
@click.option(
    "--errors", type=click.IntRange(min=0), default=10, show_default=True, help="Worst errors shown."
)
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Write the scores as CSV.")
@click.option(
    "--against",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Earlier scores to compare with; without it, the recorded ones if they are of the same listings.",
)
@click.option("--no-floors", is_flag=True, help="Do not fail when a class falls below its floor.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(
    labels: Path | None, errors: int, out: Path | None, against: Path | None, no_floors: bool, as_json: bool
) -> int:
    """Score the classifier on labelled listings.

    Prints precision, recall and F1 of each class with 95% bootstrap intervals: on all rows, on the fixed
    held-out fifth that no weight has seen, and out of fold (five folds); by stratum and side; the
    confusion of primary categories; the worst errors with the words that misled; and what a change of the
    seeds did to each class. Ends with code 5 when a class falls below its recorded floor.
    """
    import polars as pl

    from dags.output import print_json, print_table
    from transform.steps.evaluate import confusion, worst_errors
    from transform.steps.evaluate_files import changes_since, evaluate_file

    found = evaluate_file(labels)
    moved = changes_since(found, against)
    if out:
        found.scores.write_csv(out, float_precision=4)
    if as_json:
        print_json(
            {
                "labels": found.name,
                "note": found.note,
                "scores": found.scores.to_dicts(),
                "changes": None if moved is None else moved.to_dicts(),
                "below_floor": found.below_floor,
            }
        )
    else:
        click.echo(f"{found.name}: {len(found.labelled)} labelled listings. {found.note}\n")
        for split, meaning in found.splits.items():
            click.echo(f"{split}: {meaning}")
            print_table(found.table(split), found.columns)
            click.echo()
        click.echo("Primary category, labelled against decided (shipped weights)")
        print_table(confusion(found.labelled, found.decided).to_dicts(), ["labelled", "decided", "n"])
        if errors:
            click.echo("\nWorst errors (shipped weights)")
            worst = worst_errors(found.labelled, found.decided, errors)
            print_table(worst.to_dicts(), worst.columns)
        earlier = against.name if against else "the recorded scores"
        if moved is None:
            click.echo(f"\nNothing to compare: {earlier} are of other listings.")
        elif moved.is_empty():
            click.echo(f"\nNo class has changed since {earlier}.")
        else:
            click.echo(f"\nChanges since {earlier}")
            print_table(
                moved.with_columns(pl.col("precision", "recall", "f1").round(3)).to_dicts(), moved.columns
            )
    for sentence in found.below_floor:
        click.echo(sentence, err=True)
    return 5 if found.below_floor and not no_floors else 0
