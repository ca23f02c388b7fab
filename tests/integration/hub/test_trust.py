"""Keys, settings and passes, from a command at the hub to what a real kiosk then does."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.hubs import PERSON, Gate, HubProcess, statuses
from tests.kiosks import KioskBox, card
from wire import signed
from wire.batch import PulseAnswer, Settings
from wire.enrol import ClaimAnswer, EnrolmentCode
from wire.keys import OpenKey, SealKey, VerifyKey, kid_of

# The hub told this kiosk the time when it joined; it still knows in the same boot.
TRUST = "signed"
PASSPHRASE = "bốn con trâu trắng qua cầu"


def settings_of(data: bytes | None, key: bytes) -> Settings:
    assert data
    return Settings.unpack(signed.verify(data, [VerifyKey(key)], "settings").payload)


def issue(hub: HubProcess, *more: str) -> dict[str, str]:
    (made,) = hub.json(
        "pass",
        "issue",
        "Nguyễn Thị Ví Dụ",
        "--number",
        "054199012345",
        "--birth",
        "01/02/1999",
        *more,
    )
    return made


def test_a_pass_that_is_taken_back_is_refused_at_the_gate_after_its_next_pulse(
    own_hub: HubProcess, tmp_path: Path
) -> None:
    box = KioskBox(tmp_path / "kiosk")
    box.enrol(own_hub)
    made = issue(own_hub, "--purpose", "staff")
    box.drain(tmp_path)
    first = box.enter(made["code"])
    assert (first["verdict"], first["kind"], first["trust"]) == ("recorded", "pass", TRUST)
    own_hub.json("pass", "revoke", made["pass"], "--reason", "lost")
    assert box.enter(made["code"])["verdict"] in ("recorded", "duplicate")  # it has not heard yet
    box.drain(tmp_path)
    verdict = box.enter(made["code"])
    assert (verdict["verdict"], verdict["reason"]) == ("refused", "revoked")
    box.drain(tmp_path)
    assert {e["type"] for e in own_hub.entries()} >= {"passage", "refused"}


def test_after_a_new_seal_key_the_kiosk_seals_to_it_and_both_open(
    own_hub: HubProcess, tmp_path: Path
) -> None:
    box = KioskBox(tmp_path / "kiosk")
    box.enrol(own_hub)
    box.enter(card(1))
    box.drain(tmp_path)
    (old,) = [k for k in own_hub.json("key", "list") if k["kind"] == "seal"]
    (new,) = own_hub.json("key", "rotate", "--seal")
    box.enter(card(2))
    assert own_hub.cli("key", "drop", old["key"], check=False).returncode == 3
    box.drain(tmp_path)  # the second entry goes, the settings come
    box.enter(card(3))
    box.drain(tmp_path)
    found = own_hub.entries("--reveal")
    assert [e["person"]["number"] for e in found] == [f"0541990{n:05d}" for n in (1, 2, 3)]
    box.drain(tmp_path)  # its last pulse tells that it has the newer settings
    own_hub.cli("key", "drop", old["key"])
    assert [k["key"] for k in own_hub.json("key", "list") if k["kind"] == "seal"] == [new["key"]]
    own_hub.restart()
    assert len(own_hub.entries("--reveal")) == 3


def test_a_new_signing_key_reaches_an_old_gate_under_the_key_it_believes(
    own_hub: HubProcess,
) -> None:
    gate = Gate.joined(own_hub)
    old = gate.code.hub_key
    (made,) = own_hub.json("key", "rotate", "--sign")
    answer = gate.pulse(settings=0)
    told = PulseAnswer.unpack(answer.read("pulse-answer"))  # verified with the old key
    settings = settings_of(told.settings, old)
    assert {kid_of(key).hex() for key in settings.hub_keys} == {kid_of(old).hex(), made["key"]}
    new = next(key for key in settings.hub_keys if kid_of(key).hex() == made["key"])
    said = gate.pulse(settings=settings.version)
    assert signed.peek(said.body)[1].hex() == made["key"]
    receipt = gate.post("/v1/entries", gate.batch_bytes(gate.entries(2)))
    signed.verify(receipt.body, [VerifyKey(new)], "receipt")


def test_a_gate_invited_after_the_change_hears_the_new_key_alone(own_hub: HubProcess) -> None:
    Gate.joined(own_hub)
    own_hub.json("key", "rotate", "--sign", "--seal")
    gate = Gate.joined(own_hub, own_hub.place())
    assert statuses(gate.send(gate.entries(1))) == ["stored"]


def test_a_claims_answer_brings_the_settings(own_hub: HubProcess) -> None:
    gate = Gate.invited(own_hub)
    answer = ClaimAnswer.unpack(gate.claim().read("claim-answer"))
    settings = settings_of(answer.settings, gate.code.hub_key)
    assert settings.hub_keys == settings.issuers == (gate.code.hub_key,)
    assert SealKey(settings.seal_key).kid == kid_of(gate.code.seal_key)
    assert gate.pulsed(settings=settings.version).settings is None


def test_versions_rise_even_from_yesterdays_copy_of_the_database(
    own_hub: HubProcess, tmp_path: Path
) -> None:
    gate = Gate.joined(own_hub)
    own_hub.stop()
    shutil.copy(own_hub.data / "hub.sqlite3", tmp_path / "yesterday")
    own_hub.start()
    made = issue(own_hub)
    own_hub.json("pass", "revoke", made["pass"], "--reason", "lost")
    had = settings_of(gate.pulsed().settings, gate.code.hub_key)
    own_hub.stop()
    shutil.copy(tmp_path / "yesterday", own_hub.data / "hub.sqlite3")
    own_hub.start()
    again = issue(own_hub)
    (told,) = own_hub.json("pass", "revoke", again["pass"], "--reason", "lost")
    assert told["settings"] >= had.version


def test_the_keys_come_back_from_their_escrow_copy(own_hub: HubProcess, tmp_path: Path) -> None:
    gate = Gate.joined(own_hub)
    gate.send(gate.entries(1))
    copy = tmp_path / "escrow"
    own_hub.cli("key", "escrow", str(copy), "--passphrase-stdin", stdin=PASSPHRASE + "\n")
    assert copy.stat().st_mode & 0o077 == 0
    keys = {path.name: path.read_bytes() for path in (own_hub.data / "keys").iterdir()}
    assert not any(raw.strip() in copy.read_bytes() for raw in keys.values())
    own_hub.stop()
    shutil.rmtree(own_hub.data / "keys")
    refused = own_hub.cli("entries", check=False)
    assert refused.returncode == 2
    assert "escrow" in refused.stderr
    wrong = own_hub.cli(
        "key", "restore", str(copy), "--passphrase-stdin", stdin="a wrong one\n", check=False
    )
    assert (wrong.returncode, wrong.stderr.count("\n")) == (2, 1)
    own_hub.cli(
        "key", "restore", str(copy), "--passphrase-stdin", stdin=PASSPHRASE + "\n", separate=True
    )
    assert {p.name: p.read_bytes() for p in (own_hub.data / "keys").iterdir()} == keys
    own_hub.start()
    assert statuses(gate.send(gate.entries(1))) == ["stored"]
    again = own_hub.cli(
        "key", "restore", str(copy), "--passphrase-stdin", stdin=PASSPHRASE + "\n", check=False
    )
    assert again.returncode == 3


def test_a_short_passphrase_is_refused(own_hub: HubProcess, tmp_path: Path) -> None:
    done = own_hub.cli("key", "escrow", str(tmp_path / "e"), stdin="secret\n", check=False)
    assert done.returncode == 3
    assert not (tmp_path / "e").exists()


def test_passes_are_known_without_their_bearers(own_hub: HubProcess) -> None:
    made = issue(own_hub)
    listed = own_hub.cli("pass", "list", "--json").stdout
    assert made["pass"] in listed
    for secret in ("054199012345", "Ví Dụ"):
        assert secret not in listed
        assert secret.encode() not in (own_hub.data / "hub.sqlite3").read_bytes()
    (told,) = own_hub.json("pass", "revoke", "--number", "054199012345", "--reason", "left")
    assert told["revoked"] == [made["pass"]]


def test_a_roster_becomes_cards_that_were_read_back(own_hub: HubProcess, tmp_path: Path) -> None:
    import openpyxl

    book = openpyxl.Workbook()
    book.active.append(["Danh sách nhân viên"])
    book.active.append(["STT", "Họ và tên", "Số CCCD", "Ngày sinh", "Giới tính"])
    for who in range(12):
        book.active.append([who, f"Đỗ Thị Ngọc Thử {who}", f"0541990{who:05d}", "01/02/1999", "Nữ"])
    book.save(tmp_path / "roster.xlsx")
    out = tmp_path / "cards.pdf"
    made = own_hub.json(
        "pass", "issue", "--roster", str(tmp_path / "roster.xlsx"), "--out", str(out)
    )
    assert len(made) == 12
    assert out.read_bytes().startswith(b"%PDF")
    box = KioskBox(tmp_path / "kiosk")
    box.enrol(own_hub)
    verdict = box.enter(made[3]["code"])
    assert (verdict["verdict"], verdict["kind"], verdict["trust"]) == ("recorded", "pass", TRUST)
    box.drain(tmp_path)
    (entry,) = own_hub.entries("--reveal")
    assert entry["person"]["name"] == "Đỗ Thị Ngọc Thử 3"


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("Đỗ Thử,54199012345", "row 2, B (Số CCCD): a citizen number has 12 digits"),
        (",054199012345", "row 2, A (Họ tên)"),
        ("Đỗ Thử,054199012345\nBùi Thử,054199012345", "row 3, B (Số CCCD): the same as in row 2"),
    ],
)
def test_a_rosters_mistakes_are_named_by_cell_and_no_pass_is_issued(
    own_hub: HubProcess, tmp_path: Path, line: str, words: str
) -> None:
    roster = tmp_path / "roster.csv"
    roster.write_text(f"Họ tên,Số CCCD\n{line}\n", encoding="utf-8-sig")
    done = own_hub.cli("pass", "issue", "--roster", str(roster), "--json", check=False)
    assert done.returncode == 2
    assert words in done.stderr
    assert own_hub.json("pass", "list") == []


def test_what_came_sealed_to_lost_keys_opens_when_their_escrow_copy_is_found(
    own_hub: HubProcess, tmp_path: Path
) -> None:
    """A hub was set up anew without its keys; old entries came; then the copy is found."""
    copy = tmp_path / "escrow"
    with HubProcess(tmp_path / "before") as before:
        first = SealKey(EnrolmentCode.from_text(before.spare_code()).seal_key)
        before.json("key", "rotate", "--seal")
        second = SealKey(EnrolmentCode.from_text(before.code(before.place())).seal_key)
        before.cli("key", "escrow", str(copy), "--passphrase-stdin", stdin=PASSPHRASE + "\n")
    gate = Gate.joined(own_hub)
    erased = {"name": "Đỗ Văn Thử", "number": "054199099999"}
    old = [gate.entry(seal_key=first), gate.entry(seal_key=second)]
    old += [gate.entry(erased, seal_key=first), gate.entry(sealed=bytes(304), seal_key=second)]
    stranger = gate.entry(seal_key=OpenKey.new().public)
    assert statuses(gate.send([*old, stranger, gate.entry()])) == ["stored"] * 6
    assert [bool(e["person"]) for e in own_hub.entries()].count(True) == 1
    assert own_hub.json("key", "open") == [{"opened": 0, "altered": 0, "gone": 0, "left": 5}]
    own_hub.cli("erase", "--number", erased["number"], "--reason", "yêu cầu 7")
    stdin = PASSPHRASE + "\n"
    said = own_hub.cli("key", "restore", str(copy), "--passphrase-stdin", "--json", stdin=stdin)
    told = {"keys": 2, "opened": 2, "altered": 1, "gone": 1, "left": 1}
    assert json.loads(said.stdout) == told
    named = own_hub.entries("--reveal", "--reason", "kiểm tra")
    assert [e["person"]["number"] for e in named if e["person"]] == [PERSON["number"]] * 3
    assert len(named) == 5
    seals = [key for key in own_hub.json("key", "list") if key["kind"] == "seal"]
    assert [key["current"] for key in seals] == [False, False, True]
    assert seals[-1]["key"] == SealKey(gate.code.seal_key).kid.hex()
    assert {seal["key"] for seal in seals[:2]} == {first.kid.hex(), second.kid.hex()}
    # The running hub has seen it, and again brings nothing new.
    assert statuses(gate.send(gate.entries(1, seal_key=first))) == ["stored"]
    assert len([e for e in own_hub.entries() if e["person"]]) == 4
    again = own_hub.cli("key", "restore", str(copy), "--passphrase-stdin", stdin=stdin, check=False)
    assert again.returncode == 3
