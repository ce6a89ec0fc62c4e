"""Questions about prices: one kind, side, source and frame each."""

from __future__ import annotations

from dashboard.queries import MINIMUM
from dashboard.release import Question


def series(is_simulated: bool) -> Question:
    """Which price lines exist: one row a side, kind, source and frame, with listings and months to draw."""
    return Question(
        "monthly_prices",
        f"""
        select prices.side, price_kind, prices.source, any_value(sources.title) as title,
          any_value(sources.licence) as licence, prices.frame, any_value(sources.frame_query) as frame_query,
          sum(prices.n_listings)::bigint as n,
          count(*) filter (prices.n_listings >= {MINIMUM} and median_usd is not null)::bigint as n_drawn
        from monthly_prices as prices
        join sources using (source)
        where prices.is_simulated = $is_simulated and month_on is not null
        group by prices.side, price_kind, prices.source, prices.frame
        order by n_drawn desc, n desc, prices.source""",
        {"is_simulated": is_simulated},
    )


def medians(source: str, side: str, price_kind: str, frame: str) -> Question:
    """Monthly median, its interval and quartiles by occupation."""
    return Question(
        "monthly_prices",
        """
        select occupation, month_on, n_listings, median_usd, median_low_usd, median_high_usd, p25_usd,
          p75_usd, verdict
        from monthly_prices
        where source = $source and side = $side and price_kind = $price_kind and frame = $frame
          and month_on is not null
        order by occupation, month_on""",
        {"source": source, "side": side, "price_kind": price_kind, "frame": frame},
    )
