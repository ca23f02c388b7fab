"""The families as a whole: total on any text, documented, and open to new ones."""

from __future__ import annotations

import logging
import re
import shutil
import subprocess
import sys
import unicodedata
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import kiosk
from kiosk import codes
from kiosk.codes import FAMILIES, KINDS, Context, classify, read
from kiosk.codes.trustlist import TrustList
from kiosk.model import Code, Trust
from tests.unit.codes import payloads
from tests.unit.codes.mutation import in_time, mutants
from wire import tokens

ROOT = Path(kiosk.__file__).resolve().parents[1]
DOCS = (ROOT / "docs/codes.md").read_text("utf-8")
BY = payloads.signer()
KNOWING = Context(
    now=payloads.NOW,
    clock_trusted=True,
    issuers={payloads.HUB.kid: payloads.HUB.public},
    trust_list=TrustList.parse(BY.der, payloads.NOW),
)


def seeds() -> list[str]:
    """Return a code of every form of every family."""
    known = payloads.samples() | payloads.nobodys() | {"hc1": payloads.hc1(BY)}
    more = [payloads.BHYT_NEW, payloads.NATIONAL_BHYT, payloads.NATIONAL_MASKED]
    return [*known.values(), *more, payloads.CAN_CUOC]


@given(st.text(max_size=500))
def test_any_text_has_an_answer(text: str) -> None:
    assert read(text, KNOWING).kind in KINDS


@given(st.binary(max_size=400))
def test_any_bytes_behind_a_known_prefix_have_an_answer(data: bytes) -> None:
    text = data.decode("latin-1")
    for prefix in ("HC1:", "VG1:", "GATE1:", "shc:/", '{"icao.', "054199012345|", "0|"):
        assert read(prefix + text, KNOWING).kind in KINDS


def test_every_kind_has_a_made_code_that_is_read_as_it() -> None:
    for kind, text in (payloads.samples() | payloads.nobodys()).items():
        code = classify(text, KNOWING)
        assert code.kind == kind
        assert code.personal == (kind in payloads.samples())


def test_no_two_families_answer_the_same_text() -> None:
    """The order of the families decides nothing that is not meant."""
    for text in seeds():
        taken = [family.name for family in FAMILIES if family.read(text, KNOWING) is not None]
        links = [name for name in taken if name not in ("known-links", "foreign")]
        assert len(links) <= 1, f"{links} all read it; only the tables of links may stand behind"


def check(text: str) -> None:
    """Classify without the net, in time, and see that nothing refused is shown."""
    code = in_time(lambda: read(text, KNOWING), len(text))
    assert code.kind in KINDS
    if not code.personal:
        assert code.reason
        assert code.kind == "place-board" or (code.reference, code.details) == ("", ())
    assert repr(code) == f"Code(kind={code.kind!r}, trust={code.trust.value!r})"


def test_mutated_codes_of_every_family_are_survived(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        for text in mutants(seeds(), count=20_000, seed=7):
            check(text)
    assert caplog.records == []


@pytest.mark.slow
def test_a_million_mutated_codes_are_survived(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        for text in mutants(seeds(), count=1_000_000, seed=2026):
            check(text)
    assert caplog.records == []


def test_a_family_that_fails_stops_nothing_and_quotes_nothing(caplog, monkeypatch) -> None:
    def broken(text: str, _context: Context) -> Code | None:
        raise KeyError(text)

    family = codes.Family("broken", ("broken",), broken)
    monkeypatch.setattr(codes, "FAMILIES", (family,))
    code = classify("054199012345")
    assert (code.kind, code.reason) == ("unknown", "unreadable")
    assert "KeyError" in caplog.text
    assert "054199012345" not in caplog.text


def test_a_new_family_needs_one_module_and_one_line(tmp_path: Path) -> None:
    shutil.copytree(
        ROOT / "kiosk", tmp_path / "kiosk", ignore=shutil.ignore_patterns("__pycache__")
    )
    shutil.copytree(ROOT / "wire", tmp_path / "wire", ignore=shutil.ignore_patterns("__pycache__"))
    package = tmp_path / "kiosk/codes"
    (package / "parcel.py").write_text(
        "from kiosk.codes.family import Family\n"
        "from kiosk.model import Code\n"
        "def read(text, context):\n"
        "    return Code(kind='parcel', reason='parcel') if text.startswith('PARCEL') else None\n"
        "FAMILY = Family('parcel', ('parcel',), read)\n"
    )
    register = package / "__init__.py"
    before = register.read_text()
    after = before.replace('    "own",\n', '    "parcel",\n    "own",\n')
    assert after.count("\n") == before.count("\n") + 1
    register.write_text(after)
    program = (
        "from kiosk.codes import KINDS, classify\n"
        "assert 'parcel' in KINDS\n"
        "print(classify('PARCEL 1').kind, classify('054199012345').kind)"
    )
    said = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert said.stdout.split() == ["parcel", "citizen-number"]


NAMES = [
    "Nguyễn Thị Ví Dụ",
    "Đỗ Ỷ Ẫn",
    "Y Bhĭm Ñiê",
    "H'Hen Niê",
    "K’ Brŏi",
    "Rơ Châm Čunŭ",
    "Y Ƀhŏ Ktla",
]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_a_name_comes_out_of_every_family_exactly(name: str, form: str) -> None:
    shown = unicodedata.normalize(form, name)  # type: ignore[arg-type]
    family, given = shown.split(" ", 1)
    body = payloads.VACCINATION | {"nam": {"fn": family, "gn": given, "fnt": "X"}}
    holder = replace(payloads.PASS.bearer, name=shown)
    carried = {
        "cccd": f"054199012345||{shown}|01021999|Nữ|Phú Yên|22062022",
        "national-qr": f"054199012345|{shown}|1999-02-01|0|162979388586171101|",
        "bhyt": f"HS4540199999999|{payloads.hexed(shown)}|01/02/1999|2|-|54 - 028|-|-|-|$",
        "hc1": payloads.hc1(BY, body=body),
        "shc": payloads.shc(family=family, given=(given,)),
        "vds-nc": payloads.VDS_NC.replace("NGUYEN THI VI DU", shown),
        "pass": tokens.issue(replace(payloads.PASS, bearer=holder), payloads.HUB),
        "declaration": tokens.issue(replace(payloads.DECLARATION, name=shown), payloads.HUB),
    }
    for kind, text in carried.items():
        code = classify(text, KNOWING)
        assert code.kind == kind
        assert code.person is not None
        assert code.person.name == unicodedata.normalize("NFC", name)


def sections() -> dict[str, str]:
    """Return the documented families by name."""
    listed = DOCS.split("## The families\n")[1].split("\n## ")[0]
    parts = re.split(r"^### (.+)$", listed, flags=re.MULTILINE)[1:]
    return dict(zip(parts[::2], parts[1::2], strict=True))


def test_the_documentation_lists_exactly_the_registered_families() -> None:
    assert list(sections()) == [family.name for family in FAMILIES]


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.name)
def test_each_documented_family_says_what_it_must_and_its_examples_are_read(family) -> None:
    section = sections()[family.name]
    rows = dict(re.findall(r"^\| (\w+) \| (.+) \|$", section, flags=re.MULTILINE))
    assert list(rows) == ["kinds", "kept", "dropped", "trust", "source", "certainty"]
    assert set(re.findall(r"`([^`]+)`", rows["kinds"])) == set(family.kinds)
    examples = re.findall(r"```text\n(.*?)\n```", section, flags=re.DOTALL)
    assert examples
    for example in examples:
        assert classify(example).kind in family.kinds


def test_every_warning_and_trust_is_documented() -> None:
    words = {"masked-number", "number-birth-mismatch", "number-sex-mismatch", "phone-migrated",
             "number-unknown-province", "unreadable-name", "not-compressed"}  # fmt: skip
    for word in words | {trust.value for trust in Trust}:
        assert f"`{word}`" in DOCS
