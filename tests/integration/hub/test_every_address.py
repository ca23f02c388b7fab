"""Every address of the hub is a page that the browser's tests look at, or says why it is none."""

from __future__ import annotations

import json
import subprocess
import sys
import uuid
from pathlib import Path

from tests.browser.sites import NOT_PAGES, addresses
from tests.hubs import ROOT

WALK = """
import json, sys
from pathlib import Path
from hub.home import Home
home = Home(Path(sys.argv[1]))
home.activate()
import django
home.django_database()
django.setup()
from django.urls import Resolver404, URLPattern, get_resolver, resolve

def walk(patterns, groups, route):
    for one in patterns:
        here = route + str(one.pattern)
        if isinstance(one, URLPattern):
            yield ":".join([*groups, one.name or here])
        else:
            group = [one.namespace] if one.namespace else []
            yield from walk(one.url_patterns, [*groups, *group], here)

def named(path):
    try:
        found = resolve(path)
    except Resolver404:
        return ""
    return ":".join([*found.namespaces, found.url_name or found.route])

print(json.dumps([
    sorted(set(walk(get_resolver().url_patterns, [], ""))),
    {path: named(path.partition("?")[0]) for path in json.load(sys.stdin)},
]))
"""
FACTS = dict.fromkeys(
    ("board", "ticket", "kept", "report", "request", "market", "cafe", "case"), "x"
) | {"change": "1", "visit": str(uuid.UUID(int=1)), "stick": str(uuid.UUID(int=2))}


def group(name: str) -> str:
    """Return what a name's exemption may be written under: its group, where that is one."""
    head = name.partition(":")[0]
    if head.startswith("api"):
        return "v1"
    return head if head in NOT_PAGES else name


def test_every_address_is_looked_at_in_a_browser_or_is_no_page(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", WALK, str(tmp_path)], input=json.dumps(addresses(FACTS)),
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    every, opened = json.loads(done.stdout)
    assert [path for path, name in opened.items() if not name] == ["/khong-co-trang-nay"]
    # An old board's small letter opens what the large one opens.
    wanted = {group(name) for name in every} - {"visitors:b/<str:token>"}
    looked_at = {group(name) for name in opened.values() if name}
    assert wanted - looked_at == set(NOT_PAGES)
    assert not looked_at & set(NOT_PAGES)
