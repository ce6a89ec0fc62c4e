"""`gigs money`: what the readers make of a text."""

import click


@click.command(
    epilog="""\b
Examples:
  gigs money "1.234,56 € / Std."
  gigs money "$30-$50" --kind Hourly --currency USD
  gigs money "USD 1.000 - 3.000" --locale es
  gigs money --date "Hace 3 días"
"""
)
@click.argument("text")
@click.option("--kind", help="What the source calls the kind of price, such as Hourly.")
@click.option("--stated", help="Currency that the listing states apart from the price.")
@click.option("--currency", help="Currency (ISO 4217) that the source documents for its prices.")
@click.option("--locale", help="Number format of the source, such as es or pt-BR.")
@click.option("--date", "is_date", is_flag=True, help="Read the text as a posting date.")
@click.option("--duration", "is_duration", is_flag=True, help="Read the text as a duration, in days.")
@click.option("--order", type=click.Choice(["DMY", "MDY", "YMD"]), help="Order in numeric dates.")
@click.option("--zone", help="Time zone of dates without one, such as Europe/Madrid.")
def command(
    text: str,
    kind: str | None,
    stated: str | None,
    currency: str | None,
    locale: str | None,
    is_date: bool,
    is_duration: bool,
    order: str | None,
    zone: str | None,
) -> None:
    """What is understood of a price TEXT (or date, or duration), as JSON.

    Amounts that stay open, and a currency that nothing tells, are null, and `reason` says why.
    """
    from typing import Any

    from dags.output import print_json

    said: dict[str, Any]
    if is_date and is_duration:
        raise click.UsageError("--date and --duration exclude each other")
    if is_date:
        from transform.steps.dates import PARSER_VERSION, read_date

        found = read_date(text, order, zone, locale)
        ago = None if found.offset is None else round(found.offset.total_seconds())
        at = None if found.at is None else found.at.isoformat()
        said = {"at": at, "seconds_ago": ago, "precision": found.precision, "reason": found.reason}
    elif is_duration:
        from transform.steps.durations import PARSER_VERSION, read_days

        low, high, reason = read_days(text)
        said = {"low_days": low, "high_days": high, "reason": reason}
    else:
        from dataclasses import asdict

        from transform.steps.money import PARSER_VERSION, read_price

        said = asdict(read_price(text, kind, stated, currency, locale))
    print_json({"text": text} | said | {"parser_version": PARSER_VERSION})
