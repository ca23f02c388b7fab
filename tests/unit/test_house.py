"""The house is in order: layers, sizes, first lines, targets, locks and versions agree."""

from __future__ import annotations

import ast
import configparser
import re
import subprocess
import sys
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import kiosk

ROOT = Path(kiosk.__file__).resolve().parents[1]
LONGEST = 300
# A module may be longer for a reason that is written here.
LONGER = {
    "bench/corpus.py": "one degradation after the other, each a few lines: looked up",
    "kiosk/model.py": "the facts that everybody shares, a few lines each: looked up",
    "kiosk/gate.py": "the composition root: everything is wired together in one place",
    "wire/batch.py": "the messages of one protocol, which are read beside each other",
}


def tracked(*suffixes: str) -> list[Path]:
    """Return the files of the tree that git keeps or would keep, by how they end."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
        text=True,
    ).stdout.split("\0")
    files = sorted({ROOT / name for name in listed if name.endswith(suffixes) and name})
    return [file for file in files if file.is_file()]


def written(package: str) -> list[Path]:
    """Return the modules of ``package`` that people wrote: migrations are Django's."""
    found = (ROOT / package).rglob("*.py")
    return [path for path in sorted(found) if "migrations" not in path.parts]


def named(path: Path) -> str:
    """Return a path as the documentation would write it."""
    return path.relative_to(ROOT).as_posix()


def settings() -> configparser.ConfigParser:
    """Return setup.cfg."""
    config = configparser.ConfigParser(interpolation=None)
    config.read(ROOT / "setup.cfg", encoding="utf-8")
    return config


def requirements(*extras: str) -> list[Requirement]:
    """Return what setup.cfg asks for, with these extras."""
    config = settings()
    lines = config["options"]["install_requires"].splitlines()
    for extra in extras:
        lines += config["options.extras_require"][extra].splitlines()
    return [Requirement(line) for line in lines if line.strip() and not line.startswith("#")]


def locked(name: str) -> dict[str, list[Requirement]]:
    """Return what a lock file pins, by package; a package may have a version per Python."""
    pins: dict[str, list[Requirement]] = {}
    for line in (ROOT / name).read_text(encoding="utf-8").splitlines():
        if "==" in line and not line.startswith((" ", "#")):
            pin = Requirement(line.rstrip("\\ "))
            pins.setdefault(canonicalize_name(pin.name), []).append(pin)
    return pins


def make_targets() -> set[str]:
    """Return the targets of the Makefile that explain themselves."""
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    return set(re.findall(r"^([a-z-]+):.*  ## ", text, re.MULTILINE))


def test_lower_layers_never_import_higher_ones_and_libraries_enter_by_their_doors() -> None:
    """Run the import rules of setup.cfg."""
    lint = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        check=False,
        text=True,
    )
    assert lint.returncode == 0, lint.stdout + lint.stderr


def test_every_module_says_in_its_first_line_what_it_is_for() -> None:
    """One sentence, ending as one, within a line."""
    silent = []
    for path in [p for name in ("kiosk", "wire", "hub", "bench", "tests") for p in written(name)]:
        text = path.read_text(encoding="utf-8")
        first = (ast.get_docstring(ast.parse(text)) or "").partition("\n")[0]
        if text.strip() and not first.endswith((".", ":", "?", "…")):
            silent.append(f"{named(path)}: {first!r}")
    assert not silent


def test_no_module_is_too_long_to_be_read_at_once() -> None:
    """A longer one has its reason in LONGER."""
    sizes = {
        named(path): len(path.read_text(encoding="utf-8").splitlines())
        for name in ("kiosk", "wire", "hub", "bench", "tools")
        for path in written(name)
    }
    too_long = {name: size for name, size in sizes.items() if size > LONGEST}
    assert not {name: size for name, size in too_long.items() if name not in LONGER}
    assert set(LONGER) <= set(sizes)


def test_nothing_names_the_machine_it_was_written_on() -> None:
    """Neither a home folder, nor a scratch folder, nor a package index of one's own."""
    machine = re.compile(
        r"(?<![\w.$}/-])/(?:root|home/\w+|work|opt|tmp/\w+|Users)/"
        r"|(?:index-url|find-links|trusted-host)[ =]\S+://"
    )
    # Where a path is the subject: what the setup's proof copies, where a Raspberry Pi keeps things.
    subject = ("deploy/", "tests/e2e/board/", "tests/unit/test_house.py")
    found = [
        f"{named(path)}:{number}: {line.strip()}"
        for path in tracked(".py", ".kv", ".toml", ".cfg", ".md", ".lock", ".sh", "Makefile")
        + [path for path in tracked("") if path.parent.name in ("tools", ".ci")]
        if not named(path).startswith(subject)
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if machine.search(line)
    ]
    assert not found


def test_the_first_command_of_contributing_can_be_given() -> None:
    """CONTRIBUTING opens with one line to run; its program or target is there."""
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    first = re.search(r"```(?:sh|console|bash)?\n(.+?)\n", text)
    assert first is not None
    words = first.group(1).removeprefix("$ ").split()
    assert words[0] == "make"
    assert set(words[1:]) <= make_targets()


@pytest.mark.parametrize("document", ["README.md", "CONTRIBUTING.md"])
def test_every_make_target_that_a_document_names_exists(document: str) -> None:
    """And the documents name at least one."""
    text = (ROOT / document).read_text(encoding="utf-8")
    named_targets = set(re.findall(r"(?:^|`|\$ )make ([a-z][a-z-]*)", text, re.MULTILINE))
    assert named_targets
    assert named_targets <= make_targets()


def test_what_make_promises_is_all_there() -> None:
    """These names are a contract: people and acceptance give them."""
    contract = {"setup", "setup-test", "run", "test", "test-slow", "check", "bench", "screenshots"}
    assert contract <= make_targets()


@pytest.mark.parametrize(
    ("lock", "extras"),
    [
        ("requirements.lock", ("hub", "gpio", "build")),
        ("requirements-test.lock", ("hub", "gpio", "build", "test")),
    ],
)
def test_the_lock_answers_every_requirement_of_setup_cfg(
    lock: str, extras: tuple[str, ...]
) -> None:
    """Changed setup.cfg? Then make lock."""
    pins = locked(lock)
    unanswered = []
    for wanted in requirements(*extras):
        versions = [
            specifier.version
            for pin in pins.get(canonicalize_name(wanted.name), ())
            for specifier in pin.specifier
        ]
        if not versions or not all(wanted.specifier.contains(v) for v in versions):
            unanswered.append(f"{wanted}: {versions}")
    assert not unanswered


def test_the_lock_holds_nothing_that_setup_cfg_no_longer_asks_for() -> None:
    """Each direct pin names setup.cfg as its reason; that reason must still stand."""
    text = (ROOT / "requirements-test.lock").read_text(encoding="utf-8")
    direct = set()
    for block in re.split(r"\n(?=[a-z0-9])", text):
        if "entrance-kiosk (setup.cfg)" in block:
            direct.add(canonicalize_name(block.partition("==")[0]))
    asked = {
        canonicalize_name(wanted.name) for wanted in requirements("hub", "gpio", "build", "test")
    }
    assert direct == asked


def test_both_locks_pin_the_same_versions_with_hashes_and_without_hosts() -> None:
    """What is tested is what runs; where it comes from is each machine's own business."""
    run, test = locked("requirements.lock"), locked("requirements-test.lock")
    versions = [
        {name: {str(pin.specifier) for pin in pins} for name, pins in lock.items() if name in run}
        for lock in (run, test)
    ]
    assert versions[0] == versions[1]
    for name in ("requirements.lock", "requirements-test.lock"):
        text = (ROOT / name).read_text(encoding="utf-8")
        assert "://" not in text
        blocks = [b for b in re.split(r"\n(?=[a-z0-9])", text) if "==" in b]
        assert all("--hash=sha256:" in block for block in blocks)


def test_the_changelog_begins_with_this_version() -> None:
    """A version that users get is one they can read about."""
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    newest = re.search(r"^## ([0-9.]+)", text, re.MULTILINE)
    assert newest is not None
    assert newest.group(1) == kiosk.__version__


def test_every_ignored_warning_states_its_reason() -> None:
    """In setup.cfg a comment stands before each ignore, or before the one it belongs to."""
    text = (ROOT / "setup.cfg").read_text(encoding="utf-8")
    block = text.partition("filterwarnings =")[2].partition("\n\n")[0].strip().splitlines()
    reasoned = False
    for line in map(str.strip, block[1:]):
        reasoned = line.startswith("#") or reasoned
        assert reasoned or not line.startswith("ignore"), line
