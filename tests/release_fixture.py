"""A small release of invented rows in the shape of the marts, for tests of the dashboard.

Everything is computed from counters, so that a test knows what a view must show: source `alpha` holds
requests (a full frame, 36 months), `beta` offers (a full frame), `gamma` requests that one search found.
"""

from __future__ import annotations

import functools
import json
import tempfile
from collections.abc import Iterable
from pathlib import Path

import duckdb

CATEGORIES = (
    "ai_integration",
    "ai_model_development",
    "ai_consulting",
    "prompt_engineering",
    "ai_audio_video",
    "ai_design",
    "ai_marketing",
    "ai_content_creation",
    "ai_content_editing",
    "ai_data_annotation",
)

HOSTILE = (
    '=cmd()<img src="http://evil.example/x.png"> ![pixel](http://evil.example/y.png) '
    "<script>alert(1)</script>"
)
"""A title that tries everything a scraped text may try."""

COLLECTED_TO = "2024-12-31 12:00:00"

SOURCES = """
create table sources as
select source, title, source as platform, 'import' as mode, 'https://example.org' as homepage,
  'https://example.org/terms' as terms_url, 'Read on 2024-01-05: data may be reused.' as terms_note,
  'CC BY 4.0' as licence, frame, coverage, frame_query, side, 'USD' as currency, 'en' as locale,
  null::integer as retention_days, true as publishes_text, {simulated} as is_simulated, true as verified,
  n::bigint as n_listings, n::bigint as n_sightings, 1::bigint as n_runs,
  timestamp '2022-01-01' as first_posted_at, timestamp '2024-12-30' as last_posted_at,
  timestamp '2022-01-02' as first_seen_at, timestamp '2024-12-31' as last_seen_at,
  timestamp '2024-12-31' as last_run_at, bad::bigint as n_quarantined,
  1.0 as title_share, 0.9 as description_share, 0.8 as price_share, 0.8 as currency_share,
  1.0 as posted_share, 0.7 as category_share
from (values
  ('alpha', 'Alpha jobs', 'full', 'census', null, 'request', 14400, 12),
  ('beta', 'Beta gigs', 'full', 'capped', null, 'offer', 7200, 0),
  ('gamma', 'Gamma <b>search</b>', 'query', 'unknown', 'ai', 'request', 400, 90)
) as t(source, title, frame, coverage, frame_query, side, n, bad);
"""

MONTHS = """
create temp table months as
select cast(range as date) as month_on, cast(row_number() over (order by range) as integer) - 1 as step
from range(timestamp '2022-01-01', timestamp '2025-01-01', interval 1 month);
"""

SHARES = """
create table monthly_ai_share as
with cells as (
  select month_on, step, source, side, n_all, occupation
  from months,
    (values ('alpha', 'request', 400), ('beta', 'offer', 200)) as s(source, side, n_all),
    (values ('all'), ('software_tech'), ('writing_translation')) as o(occupation)
  where not (source = 'alpha' and month_on in (date '2023-05-01', date '2023-06-01'))
),
counted as (
  select cells.*, category,
    cast(case when occupation = 'all' then n_all else n_all / 2 end as bigint) as n,
    cast(round(case when occupation = 'all' then n_all else n_all / 2 end
      * case category when 'any' then 0.05 + 0.004 * step when 'ai_integration' then 0.01 + 0.003 * step
          else 0.01 end) as bigint) as k
  from cells, (select unnest([{categories}, 'any']) as category)
)
select month_on, source, source as platform, side, occupation, category, 'full' as frame,
  {simulated} as is_simulated, k, n, k / n as share,
  greatest((k + 1.92073) / (n + 3.84146) - 1.959964 * sqrt(k * (n - k) / n + 0.960365) / (n + 3.84146), 0)
    as share_low,
  least((k + 1.92073) / (n + 3.84146) + 1.959964 * sqrt(k * (n - k) / n + 0.960365) / (n + 3.84146), 1)
    as share_high,
  null::double as corrected_share, null::double as corrected_low, null::double as corrected_high,
  'not supported: too few labelled positives' as correction_reason
from counted;
"""

PRICES = """
create table monthly_prices as
select month_on, source, source as platform, side, occupation, price_kind, frame,
  {simulated} as is_simulated, n as n_listings,
  case when n >= 30 then base + step end as median_usd,
  case when n >= 30 then base + step - 3 end as median_low_usd,
  case when n >= 30 then base + step + 3 end as median_high_usd,
  base * 0.5 as p25_usd, base * 2.0 as p75_usd,
  case when n >= 30 then 'ok' else 'too few' end as verdict
from months, (values
  ('alpha', 'request', 'budget', 'full', 'software_tech', 300.0, 120::bigint),
  ('alpha', 'request', 'budget', 'full', 'writing_translation', 90.0, 60),
  ('alpha', 'request', 'budget', 'full', 'microwork', 9.0, 12),
  ('alpha', 'request', 'rate', 'full', 'software_tech', 35.0, 80),
  ('beta', 'offer', 'ask', 'full', 'software_tech', 60.0, 90),
  ('gamma', 'request', 'budget', 'query', 'software_tech', 400.0, 11)
) as t(source, side, price_kind, frame, occupation, base, n);
"""

INDICES = """
create table price_index as
select 'quarter' as grain, cast(year(period_on) as varchar) || '-Q' || quarter(period_on) as period,
  period_on,
  'request' as side, 'budget' as price_kind, 'full' as frame, {any_simulated} as is_simulated,
  'USD' as currency, dimension, member, method, role,
  case when step = 4 and method = 'geks-jevons' then null else 100 + drift * step end as index,
  case when role = 'headline' then 96 + drift * step end as index_low,
  case when role = 'headline' then 104 + drift * step end as index_high,
  100 - step * 1.0 as index_real, 97 - step * 1.0 as index_real_low, 103 - step * 1.0 as index_real_high,
  step = 11 as is_provisional, '2022' as base_period, 250.0 as base_price,
  case when step = 2 then 29 else 90 end::bigint as n_items, 40::bigint as n_matched, 11::bigint as n_pairs,
  case when step = 2 then 'too few' when step = 4 and method = 'geks-jevons' then 'gap'
    when role = 'headline' then 'adequate' else 'no interval' end as verdict,
  null::bigint as rank_best, null::bigint as rank_worst, null::varchar as note
from (
  select cast(range as date) as period_on, cast(row_number() over (order by range) as integer) - 1 as step
  from range(timestamp '2022-01-01', timestamp '2025-01-01', interval 3 month)
), (values
  ('hedonic', 'headline', 1.0), ('geks-jevons', 'beside', 1.5), ('jevons-chained', 'warning', 9.0)
) as m(method, role, drift), (values
  ('all', 'all'), ('occupation', 'software_tech'), ('occupation', 'writing_translation'), ('aggregate', 'all')
) as d(dimension, member);
create table ai_premium as
select half_year, half_year_on, 'request' as side, 'budget' as price_kind, 'full' as frame,
  {any_simulated} as is_simulated, occupation, flag, 900::bigint as n_listings, 120::bigint as n_flagged,
  premium, premium - 0.05 as premium_low, premium + 0.05 as premium_high, premium * 1.2 as corrected_premium,
  premium * 1.2 - 0.08 as corrected_low, premium * 1.2 + 0.08 as corrected_high, 0.83 as attenuation,
  case when flag = 'human_only' then 'too few' else 'higher' end as verdict, null::bigint as rank_best,
  null::bigint as rank_worst, null::varchar as note
from (values ('2024-H1', date '2024-01-01'), ('2024-H2', date '2024-07-01')) as h(half_year, half_year_on),
  (values ('all', 0.2), ('software_tech', 0.25)) as o(occupation, premium),
  (values ('ai'), ('human_only')) as f(flag);
create table price_checks as
select check_name, 'alpha' as source, 'request' as side, 'budget' as price_kind,
  {any_simulated} as is_simulated, date '2024-01-01' as month_on, subject, currency, value, n,
  100::bigint as n_of,
  n / 100 as share, 0.01 as usual_share, 0.0001 as p_value
from (values
  ('extraction', 'single', null, null, 80::bigint), ('extraction', 'range', null, null, 20),
  ('default value', 'not ruled: left out', 'USD', 5.0, 21)
) as c(check_name, subject, currency, value, n);
"""

LISTINGS = """
create table listings as
select printf('%032x', step) as listing_id, source as platform, source, side, 'gig' as engagement,
  case when step = 0 then '{hostile}' else 'Invented ' || side || ' number ' || step
    || case when step % 4 = 0 then ' with a ChatGPT chatbot' else '' end end as title,
  'Please build a chatbot with ChatGPT for shop ' || step || '. <i>Quick</i> work.' as description,
  ['python', 'chatbot'] as skills, 'Web' as native_category, null::varchar as native_subcategory,
  case when step % 2 = 0 then 'software_tech' else 'writing_translation' end as occupation, 'en' as language,
  case when side = 'offer' then 'ask' else 'budget' end as price_kind,
  100.0 + step as price_low, 100.0 + step as price_high, 'USD' as currency, 'project' as pay_unit,
  100.0 + step as price, 100.0 + step as price_usd, 100.0 + step as price_real_usd,
  false as is_price_provisional,
  'said' as price_method, null::varchar as no_price_reason, null::varchar as no_usd_reason,
  false as is_converted, 'expert' as level, 3.0 as duration_low_days, 7.0 as duration_high_days,
  null::double as delivery_days, false as is_urgent, null::bigint as bids_low, null::bigint as bids_high,
  null::double as bid_average, 'DE' as country, 'key' || step as author_key, null::varchar as author_level,
  4.9 as author_rating, 12::bigint as author_reviews,
  timestamp '2022-01-01' + to_days(cast(step as integer) * 3) as posted_at, 'exact' as posted_precision,
  'page' as posted_origin, timestamp '2024-12-01' as first_seen_at, timestamp '2024-12-31' as last_seen_at,
  cast(date_trunc('month', timestamp '2022-01-01' + to_days(cast(step as integer) * 3)) as date) as month_on,
  'full' as frame, 'census' as coverage, null::varchar as frame_query, false as is_repost,
  step % 4 = 0 as is_ai, case when step % 4 = 0 then 'ai_integration' end as ai_category,
  case when step % 9 = 0 then 'javascript:alert(1)' else 'https://example.org/' || step end as url,
  {simulated} as is_simulated
from (
  select range as step, case when range % 3 = 2 then 'beta' else 'alpha' end as source,
    case when range % 3 = 2 then 'offer' else 'request' end as side
  from range(0, 360)
);
comment on table listings is 'One row per distinct listing, with its latest content.';
comment on column listings.listing_id is 'Hash of platform and native id.';
create table listing_ai_categories as
select listing_id, 'ai_integration' as category, 1 as rank, 'chatbot; ChatGPT' as evidence
from listings where is_ai;
create table listing_days as
select listing_id, cast(last_seen_at as date) as seen_on, source, platform, side from listings;
"""

REST = """
create table monthly_counts as
select month_on, source, source as platform, side, 'software_tech' as occupation, frame,
  coverage, {simulated} as is_simulated, n as n_listings, n // 10 as n_ai,
  n as n_priced, 0::bigint as n_reposts
from months, (values
  ('alpha', 'request', 'full', 'census', 400::bigint), ('beta', 'offer', 'full', 'capped', 200),
  ('gamma', 'request', 'query', 'unknown', 11)
) as t(source, side, frame, coverage, n);
create table ai_tools as
select month_on, source, source as platform, side, 'full' as frame, {simulated} as is_simulated, tool,
  k, n, date '2022-01-01' as first_seen_on
from months, (values
  ('alpha', 'request', 'ChatGPT', 20::bigint, 400::bigint), ('beta', 'offer', 'Midjourney', 10, 200)
) as t(source, side, tool, k, n);
create table human_skills as
select month_on, source, platform, side, frame, is_simulated, 'critical_thinking' as skill, k, n,
  first_seen_on
from ai_tools;
create table classifier_scores as
select split, 'all' as stratum, 'all' as side, class, 500::bigint as n_listings, 60::bigint as n_examples,
  58::bigint as n_predicted, 55::bigint as n_right, 0.948 as precision, 0.917 as recall, 0.932 as f1,
  0.9 as f1_low, 0.96 as f1_high, 'Labels were invented.' as note
from (values ('held_out'), ('out_of_fold')) as s(split),
  (values ('any_ai'), ('ai_integration'), ('macro')) as c(class);
create table interval_coverage as
select 'invented effect' as effect, 1000::bigint as n_seeds, 951::bigint as n_covered, 0.951 as coverage,
  0.936 as coverage_low, 0.963 as coverage_high, 0.2 as planted, 0.001 as bias, 0.001 as mc_error,
  'pass' as verdict;
create table import_runs as
select 'run-' || source as run_id, source, 'import' as kind, source || '.csv' as file_name,
  timestamp '2024-12-31' as started_at, timestamp '2024-12-31 00:01:00' as finished_at,
  n_listings + n_quarantined as n_seen, n_listings as n_new, 0::bigint as n_repeated, 0::bigint as n_changed,
  n_quarantined, '1' as parser_version
from sources;
create table quarantine_reasons as
select 'run-' || source as run_id, source, 'no title' as reason, 'title' as field,
  n_quarantined as n_rows, 7::bigint as first_line
from sources where n_quarantined > 0;
create table benchmark_points as
select 'online_labour_index' as benchmark, 'total' as series, month_on as period_on, 100.0 + step as value,
  'index' as unit, 'Online Labour Index' as source_title, 'CC BY 4.0' as licence
from months;
create table releases as
select '{release}' as release_id, timestamp '2025-01-01 06:00:00' as published_at,
  timestamp '{collected}' as collected_to, 360::bigint as n_listings, {any_simulated} as is_simulated,
  '1' as schema_version, null::varchar as git_revision, date '2025-01-01' as known_on;
"""


def write_release(
    home: Path, *, release: str = "20250101T060000Z", simulated: str = "none", without: Iterable[str] = ()
) -> Path:
    """Build a release below a data folder and point to it.

    Args:
        home: The data folder.
        release: Id of the release.
        simulated: Which sources count as simulated: `none`, `all`, or `beta` (the offers) alone.
        without: Marts to leave out.

    Returns:
        The release's DuckDB file.
    """
    folder = home / "releases" / release
    folder.mkdir(parents=True)
    file = folder / "gigs.duckdb"
    file.write_bytes(_built(release, simulated, tuple(without)))
    facts = {
        "release_id": release,
        "published_at": "2025-01-01T06:00:00Z",
        "collected_to": COLLECTED_TO,
        "n_listings": 360,
        "is_simulated": simulated != "none",
        "schema_version": "1",
        "git_revision": None,
    }
    (folder / "release.json").write_text(json.dumps(facts), encoding="utf-8")
    (home / "releases" / "current").write_text(release + "\n", encoding="utf-8")
    return file


@functools.cache
def _built(release: str, simulated: str, without: tuple[str, ...]) -> bytes:
    words = {
        "simulated": {"none": "false", "all": "true", "beta": "(source = 'beta')"}[simulated],
        "any_simulated": "false" if simulated == "none" else "true",
        "categories": ", ".join(f"'{name}'" for name in CATEGORIES),
        "hostile": HOSTILE.replace("'", "''"),
        "release": release,
        "collected": COLLECTED_TO,
    }
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "gigs.duckdb"
        with duckdb.connect(str(file)) as con:
            for script in (MONTHS, SOURCES, SHARES, PRICES, INDICES, LISTINGS, REST):
                con.execute(script.format(**words))
            for mart in without:
                con.execute(f"drop table {mart}")
        return file.read_bytes()
