"""`gigs index`: every option, and every bad input with a clear message or a gap that says why."""

import csv
import io
import json
import warnings

import pytest
from click.testing import CliRunner

from dags.commands.index import METHODS, command
from scrapers.errors import GigsError
from transform.steps import index_run

GOOD = """period,item,price,quantity
2024-02,a,11,2
2024-01,a,10,1
2024-01,b,20,2
2024-02,b,20,1
2024-04,a,12,1
2024-04,b,26,3
"""


@pytest.fixture
def run(tmp_path):
    """Run the command on a text; returns its rows and what it said on stderr, or the error."""

    def run_on(text, *options, json_out=False):
        file = tmp_path / "panel.csv"
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            done = CliRunner().invoke(command, [str(file), *options], standalone_mode=False)
        if done.exception is not None:
            raise done.exception
        if json_out:
            return json.loads(done.stdout), done.stderr
        return list(csv.DictReader(io.StringIO(done.stdout))), done.stderr

    return run_on


def test_the_command_offers_the_methods_that_exist():
    assert METHODS == index_run.METHODS


@pytest.mark.parametrize("method", METHODS)
def test_every_method_prints_the_same_columns(run, method):
    text = GOOD if method != "hedonic" else GOOD.replace("quantity", "size")
    rows, _ = run(text, "--method", method)
    assert list(rows[0]) == [
        "period", "index", "low", "high", "n_items", "n_matched", "n_pairs", "note",
    ]  # fmt: skip
    assert [row["period"] for row in rows] == ["2024-01", "2024-02", "2024-03", "2024-04"]
    assert float(rows[0]["index"]) == 1 and rows[2]["index"] == "" and rows[2]["note"]
    for row in (rows[1], rows[3]):
        assert float(row["low"]) <= float(row["index"]) <= float(row["high"])


def test_base_may_be_a_period_or_a_year(run):
    rows, _ = run(GOOD, "--method", "geks-jevons", "--base", "2024-02")
    assert float(rows[1]["index"]) == 1 and float(rows[0]["index"]) == pytest.approx(1.1**-0.5)
    rows, _ = run(GOOD, "--method", "geks-jevons", "--base", "2024")
    product = 1.0
    for row in rows:
        product *= float(row["index"] or 1)
    assert product == pytest.approx(1)


def test_deflating_by_ones_own_index(run, tmp_path):
    cpi = tmp_path / "cpi.csv"
    cpi.write_text("month,cpi_u\n2024-01,100\n2024-02,110\n")
    rows, _ = run(GOOD, "--method", "jevons-direct", "--deflate", str(cpi))
    assert float(rows[1]["index"]) == pytest.approx(1.1**0.5 / 1.1)
    assert rows[3]["note"] == "provisional: the deflator ends in 2024-02"
    cpi.write_text("month,cpi_u\n2024-02,110\n")
    rows, _ = run(GOOD, "--method", "jevons-direct", "--base", "2024-02", "--deflate", str(cpi))
    assert rows[0]["index"] == "" and rows[0]["note"] == "no deflator for this period"


def test_each_group_has_a_line_of_its_own(run):
    lines = GOOD.splitlines()
    text = "\n".join(
        [lines[0] + ",group", *(line + ",x" for line in lines[1:]), *(line + ",y" for line in lines[1:])]
    )
    rows, _ = run(text, "--method", "tpd")
    assert [row["group"] for row in rows] == ["x"] * 4 + ["y"] * 4
    assert rows[3]["index"] == rows[7]["index"]


def test_groups_are_the_strata_of_the_medians(run):
    text = "period,item,price,group\n1,a,10,x\n1,b,20,x\n1,c,100,y\n2,d,30,x\n2,e,100,y\n2,f,100,y\n"
    rows, _ = run(text, "--method", "stratified-median")
    assert float(rows[1]["index"]) == pytest.approx(2 ** (2 / 3))  # two thirds of the base are in x
    rows, _ = run(text, "--method", "cell-medians")
    assert float(rows[1]["index"]) == pytest.approx(1.5)  # median of 2 and 1


def test_min_matches_makes_gaps(run):
    rows, _ = run(GOOD, "--method", "geks-jevons", "--min-matches", "3")
    assert [row["index"] for row in rows] == ["1.0", "", "", ""]
    assert "no comparison" in rows[1]["note"]


def test_json_tells_what_was_left_out(run):
    text = GOOD + "2024-04,c,0,1\n2024-04,d,,1\n2024-04,e,-3,1\n2024-04,f,inf,1\n2024-04,g,1e99,1\n"
    told, said = run(text, "--method", "geks-jevons", "--json", json_out=True)
    assert told["left_out"] == {
        "price absurd": 1, "price infinite": 1, "price missing": 1, "price zero or negative": 2,
    }  # fmt: skip
    assert "2 rows left out: price zero or negative" in said
    assert told["series"][3]["n_items"] == 2


def test_weights_that_are_zero_leave_a_gap(run):
    text = "period,item,price,weight\n1,a,1,1\n1,b,2,1\n2,a,1,0\n2,b,2,0\n3,a,2,1\n3,b,4,1\n"
    rows, said = run(text, "--method", "tpd-weighted")
    assert rows[1]["index"] == "" and rows[1]["note"] == "no usable price in this period"
    assert float(rows[2]["index"]) == pytest.approx(2)
    assert "2 rows left out: weight zero" in said


def test_the_default_base_is_the_first_period_with_a_price(run):
    rows, _ = run("period,item,price\n1,a,0\n2,a,10\n3,a,12\n", "--method", "geks-jevons")
    assert rows[0]["index"] == "" and rows[0]["note"] == "no usable price in this period"
    assert [float(row["index"]) for row in rows[1:]] == pytest.approx([1, 1.2])


def test_one_item_has_an_index_but_no_interval(run):
    rows, _ = run("period,item,price\n1,a,10\n2,a,12\n", "--method", "geks-jevons")
    assert float(rows[1]["index"]) == pytest.approx(1.2) and rows[1]["low"] == "" == rows[1]["high"]


def test_one_period_is_its_own_base(run):
    rows, _ = run("period,item,price\n1,a,10\n1,b,12\n", "--method", "geks-jevons")
    assert [row["index"] for row in rows] == ["1.0"]


def test_seed_repeats_the_interval(run):
    first, _ = run(GOOD, "--method", "geks-jevons", "--seed", "5")
    again, _ = run(GOOD, "--method", "geks-jevons", "--seed", "5")
    other, _ = run(GOOD, "--method", "geks-jevons", "--seed", "6")
    assert first == again and first[1]["low"] != other[1]["low"]


@pytest.mark.parametrize(
    ("text", "options", "said"),
    [
        (GOOD + "2024-01,a,10,1\n", (), "item 'a' has 2 prices in period '2024-01'"),
        (GOOD + "Jan 2024,a,10,1\n", (), "period 'Jan 2024' is not understood"),
        (GOOD + "2024-Q2,a,10,1\n", (), "several formats"),
        (GOOD + "2024-05,a,ten,1\n", (), "line 8: the price 'ten' is not a number"),
        (GOOD + '2024-05,a,"1,5",1\n', (), "line 8: the price '1,5' is not a number"),
        (GOOD + ",a,10,1\n", (), "1 rows have no period"),
        (GOOD + "2024-05,,10,1\n", (), "1 rows have no item"),
        (GOOD.replace("price", "cost"), (), "has no column price (found: period, item, cost, quantity)"),
        ("period,item,price\n", (), "no usable price is left (no rows)"),
        ("period,item,price\n1,a,0\n", (), "no usable price is left (price zero or negative: 1 rows)"),
        ("", (), "panel.csv is empty"),
        (b"period,item,price\n1,\xff\xfe,2\n", (), "cannot be read as CSV"),
        ("period,item,price\n1,a,1,7,8\n", (), "cannot be read as CSV"),
        (GOOD, ("--base", "2031-01"), "the base '2031-01' is not among the periods"),
        (GOOD, ("--method", "jevons-direct", "--base", "2024"), "compares with one period"),
        (GOOD, ("--method", "jevons-chained", "--window", "3"), "has no rolling window"),
        (GOOD, ("--method", "tpd", "--min-matches", "3"), "compares no pairs"),
        (GOOD, ("--splice", "mean"), "--splice links rolling windows"),
        (GOOD.replace(",quantity", ""), ("--method", "hedonic"), "cannot be read as CSV"),
        ("period,item,price\n1,a,1\n", ("--method", "hedonic"), "needs at least one further column"),
        ("period,item,price\n1,a,1\n", ("--method", "tpd-weighted"), "needs a column quantity or weight"),
        ("period,item,price,weight\n1,a,1,0\n", ("--method", "tpd-weighted"), "weight zero: 1 rows"),
        ("period,item,price,weight\n1,a,1,-1\n", ("--method", "tpd-weighted"), "a weight is negative"),
        ("period,item,price,weight,quantity\n1,a,1,1,1\n", ("--method", "tpd-weighted"), "keep one of them"),
        ("period,item,price,currency\n1,a,1,USD\n1,b,1,XQX\n", (), "line 3: unknown currency 'XQX'"),
        ("period,item,price,currency\n1,a,1,USD\n1,b,1,\n", (), "line 3: unknown currency ''"),
        ("period,item,price,currency\n1,a,1,USD\n1,b,1,EUR\n", (), "mixes currencies: EUR, USD"),
        ("period,item,price,currency\n2024-01,a,1,EUR\n", ("--deflate",), "do not deflate EUR"),
        ("period,item,price\n1,a,1\n2,a,1\n", ("--deflate",), "name no months"),
        ("period,item,price\n0001-01,a,1\n9999-01,a,1\n", (), "the periods run from 0001-01 to 9999-01"),
    ],
)
def test_bad_input_is_answered_with_a_clear_message(run, text, options, said):
    method = () if "--method" in options else ("--method", "geks-jevons")
    with pytest.raises(GigsError) as caught:
        run(text, *method, *options)
    assert said in str(caught.value)


@pytest.mark.parametrize(
    "options",
    [
        ("--method", "median"),
        (),
        ("--method", "tpd", "--window", "1"),
        ("--method", "geks-jevons", "--min-matches", "0"),
        ("--method", "geks-jevons", "--splice", "backwards", "--window", "3"),
    ],
)
def test_wrong_usage_ends_with_code_2(tmp_path, options):
    file = tmp_path / "panel.csv"
    file.write_text(GOOD)
    assert CliRunner().invoke(command, [str(file), *options]).exit_code == 2


def test_usage_errors_carry_code_2_and_bad_files_code_1(run, tmp_path):
    with pytest.raises(GigsError) as caught:
        run(GOOD, "--method", "geks-jevons", "--base", "1999-01")
    assert caught.value.exit_code == 2
    with pytest.raises(GigsError) as caught:
        run("", "--method", "geks-jevons")
    assert caught.value.exit_code == 1
    for path in (tmp_path, tmp_path / "absent.csv"):
        done = CliRunner().invoke(command, [str(path), "--method", "tpd"])
        assert isinstance(done.exception, GigsError) and done.exception.exit_code == 1
