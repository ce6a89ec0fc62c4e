"""Robots rules after RFC 9309: a table of files, addresses and decisions."""

from __future__ import annotations

import itertools
import random
import time

import pytest

from scrapers.gate.robots import Robots, normal

AGENT = "gig-observatory"
HOST = "https://host.example"

TABLE: list[tuple[str, str, str, bool]] = [
    # what is shown, the file, the address, whether it may be fetched
    ("an empty file allows", "", "/", True),
    ("nothing but comments allows", "# Disallow: /\n", "/", True),
    ("disallow all", "User-agent: *\nDisallow: /", "/", False),
    ("disallow all, deep", "User-agent: *\nDisallow: /", "/a/b?c=d", False),
    ("an empty disallow forbids nothing", "User-agent: *\nDisallow:", "/a", True),
    ("rules before any agent belong to nobody", "Disallow: /\nUser-agent: x\nDisallow: /", "/", True),
    ("own group", "User-agent: gig-observatory\nDisallow: /a", "/a", False),
    ("own group by other case", "User-Agent: GIG-Observatory\nDisallow: /a", "/a", False),
    ("own group with a version", "User-agent: gig-observatory/2.0\nDisallow: /a", "/a", False),
    (
        "own group beats all",
        "User-agent: *\nDisallow: /\nUser-agent: gig-observatory\nDisallow: /a",
        "/b",
        True,
    ),
    (
        "own group wherever it stands",
        "User-agent: gig-observatory\nAllow: /\n\nUser-agent: *\nDisallow: /",
        "/b",
        True,
    ),
    ("a longer name is another agent", "User-agent: gig-observatory-x\nDisallow: /", "/", True),
    ("a shorter name is another agent", "User-agent: gig\nDisallow: /", "/", True),
    ("other agents do not matter", "User-agent: other\nDisallow: /", "/", True),
    ("two agents share a group", "User-agent: other\nUser-agent: gig-observatory\nDisallow: /", "/", False),
    (
        "groups of one agent are joined",
        "User-agent: gig-observatory\nDisallow: /a\n\nUser-agent: x\nDisallow: /\n\n"
        "User-agent: gig-observatory\nDisallow: /b",
        "/b",
        False,
    ),
    ("groups for all are joined", "User-agent: *\nDisallow: /a\n\nUser-agent: *\nDisallow: /b", "/a", False),
    (
        "a sitemap does not close a group",
        "User-agent: gig-observatory\nSitemap: /s.xml\nUser-agent: x\nDisallow: /",
        "/",
        False,
    ),
    (
        "a crawl delay does not close a group",
        "User-agent: gig-observatory\nCrawl-delay: 2\nUser-agent: x\nDisallow: /",
        "/",
        False,
    ),
    (
        "an unknown record does not close a group",
        "User-agent: gig-observatory\nFoo: bar\nUser-agent: x\nDisallow: /",
        "/",
        False,
    ),
    (
        "an unknown record between rules",
        "User-agent: *\nDisallow: /a\nNoindex: /x\nDisallow: /b",
        "/b",
        False,
    ),
    ("a blank line does not close a group", "User-agent: *\n\nDisallow: /", "/", False),
    (
        "a rule ends the list of agents",
        "User-agent: gig-observatory\nAllow: /\nUser-agent: x\nDisallow: /",
        "/",
        True,
    ),
    ("prefix", "User-agent: *\nDisallow: /fish", "/fishheads/yummy.html", False),
    ("prefix is case-sensitive", "User-agent: *\nDisallow: /fish", "/Fish.asp", True),
    ("prefix is no substring", "User-agent: *\nDisallow: /fish", "/catfish", True),
    ("a directory is not its name", "User-agent: *\nDisallow: /fish/", "/fish", True),
    ("a query belongs to the path", "User-agent: *\nDisallow: /a?id=1", "/a?id=12", False),
    ("a query can be told apart", "User-agent: *\nDisallow: /a?id=1", "/a?id=2", True),
    ("the longest rule wins: allow", "User-agent: *\nDisallow: /p\nAllow: /page", "/page", True),
    ("the longest rule wins: disallow", "User-agent: *\nAllow: /p\nDisallow: /page", "/page", False),
    ("order does not matter", "User-agent: *\nAllow: /page\nDisallow: /p", "/page", True),
    ("allow wins a tie", "User-agent: *\nDisallow: /folder\nAllow: /folder", "/folder/x", True),
    ("allow wins a tie, other order", "User-agent: *\nAllow: /folder\nDisallow: /folder", "/folder/x", True),
    ("length counts the wildcard", "User-agent: *\nAllow: /page\nDisallow: /*.htm", "/page.htm", False),
    ("a star is any text", "User-agent: *\nDisallow: /fish*.php", "/fish/salmon.php?x", False),
    ("a star may be empty", "User-agent: *\nDisallow: /a*b", "/ab", False),
    ("a star at the end says nothing", "User-agent: *\nDisallow: /fish*", "/fish", False),
    ("a leading star", "User-agent: *\nDisallow: *.pdf", "/x/y.pdf", False),
    ("many stars", "User-agent: *\nDisallow: /*a*b*c", "/xaxbxc", False),
    ("many stars in the wrong order", "User-agent: *\nDisallow: /*a*b*c", "/cba", True),
    ("a dollar ends", "User-agent: *\nDisallow: /*.php$", "/x.php", False),
    ("a dollar ends, more follows", "User-agent: *\nDisallow: /*.php$", "/x.php?y", True),
    ("a dollar after a star", "User-agent: *\nDisallow: /a*$", "/abc", False),
    ("a dollar inside is a character", "User-agent: *\nDisallow: /a$b", "/a$b", False),
    ("only the root", "User-agent: *\nAllow: /$\nDisallow: /", "/", True),
    ("only the root, not below", "User-agent: *\nAllow: /$\nDisallow: /", "/a", False),
    ("overlapping ends do not match twice", "User-agent: *\nDisallow: /aba*aba$", "/aba", True),
    ("the last of several places", "User-agent: *\nDisallow: /*ab$", "/abxab", False),
    ("forbidden queries but one", "User-agent: *\nDisallow: /*?\nAllow: /*?page=", "/c?page=2", True),
    ("forbidden queries", "User-agent: *\nDisallow: /*?\nAllow: /*?page=", "/c?sort=2", False),
    ("escaped in the rule", "User-agent: *\nDisallow: /a%3cd.html", "/a%3Cd.html", False),
    ("escaped unreserved in the rule", "User-agent: *\nDisallow: /%61bc", "/abc", False),
    ("escaped unreserved in the address", "User-agent: *\nDisallow: /abc", "/%61bc", False),
    ("a tilde", "User-agent: *\nDisallow: /%7Ejoe/", "/~joe/index.html", False),
    ("an escaped slash is no slash", "User-agent: *\nDisallow: /a/b", "/a%2Fb", True),
    ("an escaped slash matches itself", "User-agent: *\nDisallow: /a%2fb", "/a%2Fb", False),
    ("letters beyond ASCII in the rule", "User-agent: *\nDisallow: /ツ", "/%E3%83%84", False),
    ("letters beyond ASCII in both", "User-agent: *\nDisallow: /ツ", "/ツ", False),
    ("an escaped star is a character", "User-agent: *\nDisallow: /a%2Ab", "/axb", True),
    ("the robots file itself is always allowed", "User-agent: *\nDisallow: /", "/robots.txt", True),
    ("a file with CRLF", "User-agent: *\r\nDisallow: /a\r\n", "/a", False),
    ("a file with CR", "User-agent: *\rDisallow: /a\r", "/a", False),
    ("a byte order mark", "\ufeffUser-agent: *\nDisallow: /a", "/a", False),
    ("spaces around", "  User-agent :  *  \n  Disallow :  /a  ", "/a", False),
    ("a comment after a rule", "User-agent: * # all\nDisallow: /a # no", "/a", False),
    ("keys in any case", "USER-AGENT: *\nDISALLOW: /a", "/a", False),
    ("a typing error counts as disallow", "User-agent: *\nDissallow: /a", "/a", False),
    ("a forgotten colon", "User-agent *\nDisallow /a", "/a", False),
    ("a forgotten hyphen", "Useragent: *\nDisallow: /a", "/a", False),
    (
        "a name with a star is no group for all",
        "User-agent: *bot\nAllow: /\n\nUser-agent: *\nDisallow: /",
        "/a",
        False,
    ),
    ("a rule without a slash matches nothing", "User-agent: *\nDisallow: a", "/a", True),
]


@pytest.mark.parametrize(("shown", "text", "path", "allowed"), TABLE, ids=[row[0] for row in TABLE])
def test_the_standard(shown: str, text: str, path: str, allowed: bool) -> None:
    robots = Robots(text.encode())
    assert robots.rule_for(AGENT, HOST + path)[0] is allowed
    assert robots.allows(AGENT, HOST + path) <= allowed, "the second parser can only forbid more"


def test_the_longest_crawl_delay_counts() -> None:
    text = b"User-agent: *\nCrawl-delay: 2\nDisallow: /a\n\nUser-agent: *\nCrawl-delay: 7.5 # slow\n"
    assert Robots(text).crawl_delay(AGENT) == 7.5
    assert Robots(b"User-agent: other\nCrawl-delay: 9").crawl_delay(AGENT) == 0


def test_more_than_500_kib_are_read() -> None:
    filler = b"".join(b"Disallow: /filler/%06d\n" % number for number in range(30_000))
    assert len(filler) > 600 * 1024
    robots = Robots(b"User-agent: *\n" + filler + b"Disallow: /last\n")
    assert not robots.rule_for(AGENT, f"{HOST}/last")[0]


def test_hostile_patterns_cost_no_time() -> None:
    text = b"User-agent: *\nDisallow: /" + b"*a" * 20_000 + b"b$\n" + bytes(range(256)) * 50
    started = time.perf_counter()
    assert Robots(text).rule_for(AGENT, HOST + "/" + "a" * 8_000)[0]
    assert time.perf_counter() - started < 5


def test_wildcards_agree_with_a_slow_and_plain_reading() -> None:
    """Every pattern of up to five characters against every short path, beside a reading by definition."""

    def plain(pattern: str, path: str) -> bool:
        if not pattern:
            return True
        if pattern == "$":
            return not path
        if pattern[0] == "*":
            return plain(pattern[1:], path) or (bool(path) and plain(pattern, path[1:]))
        return path[:1] == pattern[0] and plain(pattern[1:], path[1:])

    rng = random.Random(9309)
    patterns = ["/" + "".join(rest) for n in range(5) for rest in itertools.product("ab*", repeat=n)]
    patterns += [pattern + "$" for pattern in patterns]
    paths = ["/" + "".join(rest) for n in range(5) for rest in itertools.product("ab", repeat=n)]
    n_checked = 0
    for pattern, path in rng.sample(list(itertools.product(patterns, paths)), 4_000):
        robots = Robots(f"User-agent: *\nDisallow: {pattern}".encode())
        assert robots.rule_for(AGENT, HOST + path)[0] is not plain(pattern, path), (pattern, path)
        n_checked += 1
    assert n_checked == 4_000


def test_percent_encoding_has_one_form() -> None:
    assert normal("/%7eA%2f%zz ü") == "/~A%2F%zz%20%C3%BC"
