"""Questions about prices: one kind, side, source and frame each."""

from __future__ import annotations

from collections.abc import Mapping

from dashboard.queries import MINIMUM
from dashboard.release import Question, Value


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


def index_kinds(is_simulated: bool) -> Question:
    """Sides and kinds of price that have a headline line to draw."""
    return Question(
        "price_index",
        """
        select side, price_kind
        from price_index
        where is_simulated = $is_simulated and role = 'headline' and index is not null
          and verdict not in ('too few', 'gap')
        group by side, price_kind
        having count(distinct period_on) > 1
        order by side, price_kind""",
        {"is_simulated": is_simulated},
    )


def index_lines(is_simulated: bool, side: str, price_kind: str) -> Question:
    """Which index lines exist for one side and kind of price, with the periods that may be drawn."""
    return Question(
        "price_index",
        """
        select frame, currency, grain, dimension, member, method, role,
          count(*) filter (index is not null and verdict not in ('too few', 'gap')) as n_drawn,
          sum(n_items)::bigint as n_items,
          count(*) filter (index_real is not null and verdict not in ('too few', 'gap')) as n_real
        from price_index
        where is_simulated = $is_simulated and side = $side and price_kind = $price_kind
        group by frame, currency, grain, dimension, member, method, role
        order by frame, currency, grain, dimension, member, role, method""",
        {"is_simulated": is_simulated, "side": side, "price_kind": price_kind},
    )


def index_points(line: Mapping[str, Value], real: bool) -> Question:
    """Points of all methods for one line: `line` names side, price_kind, frame, currency and so on."""
    name = "index_real" if real else "index"
    where = " and ".join(f"{column} = ${column}" for column in line)
    return Question(
        "price_index",
        f"""
        select method, role, period_on as month_on, {name} as value, {name}_low as low, {name}_high as high,
          n_items, n_matched, n_pairs, verdict, base_period, base_price, is_provisional, note
        from price_index
        where {where}
        order by role, method, period_on""",
        line,
    )


def index_members(line: Mapping[str, Value], real: bool) -> Question:
    """The last drawn point of each member's headline line, for members of one dimension."""
    name = "index_real" if real else "index"
    where = " and ".join(f"{column} = ${column}" for column in line)
    return Question(
        "price_index",
        f"""
        select member, period_on as month_on, {name} as value, {name}_low as low, {name}_high as high,
          n_items, verdict, base_period, rank_best, rank_worst
        from price_index
        where {where} and role = 'headline' and {name} is not null and verdict not in ('too few', 'gap')
        qualify period_on = max(period_on) over ()
        order by value desc""",
        line,
    )


def premium(is_simulated: bool, side: str, price_kind: str) -> Question:
    """Price differences of flagged listings, all half-years, one side and kind of price."""
    return Question(
        "ai_premium",
        """
        select frame, flag, half_year, half_year_on, occupation, n_listings, n_flagged, premium, premium_low,
          premium_high, corrected_premium, corrected_low, corrected_high, verdict, rank_best, rank_worst, note
        from ai_premium
        where is_simulated = $is_simulated and side = $side and price_kind = $price_kind
        order by frame, flag, half_year_on, occupation""",
        {"is_simulated": is_simulated, "side": side, "price_kind": price_kind},
    )


def checks(is_simulated: bool, side: str, price_kind: str) -> Question:
    """How prices of one side and kind were read from text, and values left out as possible defaults."""
    return Question(
        "price_checks",
        """
        select check_name, source, subject, currency, value, sum(n)::bigint as n, sum(n_of)::bigint as n_of,
          sum(n) / sum(n_of) as share, min(month_on) as first_on, max(month_on) as last_on
        from price_checks
        where is_simulated = $is_simulated and side = $side and price_kind = $price_kind
        group by check_name, source, subject, currency, value
        order by check_name, n desc""",
        {"is_simulated": is_simulated, "side": side, "price_kind": price_kind},
    )
