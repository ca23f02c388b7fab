"""By stick as by network: nothing is lost, nothing counts twice, only signed answers retire."""

from __future__ import annotations

import datetime as dt
import json
import os
import shutil
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.carry import Carrier
from kiosk.clock import SetClock
from kiosk.errors import StickRefused
from kiosk.model import ClockState
from kiosk.outbox_view import OutboxView
from kiosk.queue import FILE
from kiosk.stick import Stick
from tests.hubs import Gate, HubProcess
from tests.integration.carry.conftest import Offline, imported, joined
from wire import bundle, sequence, signed
from wire.batch import Clocks, Receipt, Settings
from wire.keys import SigningKey


def held(hub: HubProcess, kiosk: Offline) -> list[dict]:
    wanted = str(kiosk.me.kiosk)
    return [entry for entry in hub.entries() if entry["kiosk"] == wanted]


def test_a_kiosk_without_network_enrols_sends_and_is_answered_by_stick(
    hub: HubProcess, kiosk: Offline, tmp_path: Path
) -> None:
    stick = tmp_path / "stick"
    kiosk.record(5)
    copied = kiosk.copy(stick)
    assert (copied.entries, copied.left_out, kiosk.waiting) == (5, 0, 5)
    (came,) = imported(hub, stick)
    assert (came["stored"], came["claim"], came["missing"]) == (5, "accepted", 0)
    kiosk.close()
    kiosk.open()  # days later, another process
    accepted = kiosk.accept(stick)
    assert (accepted.retired, accepted.claim, kiosk.waiting) == (5, "accepted", 0)
    assert kiosk.me.certificate
    assert kiosk.me.settings.version > 0
    assert len(held(hub, kiosk)) == 5


def test_a_stick_may_come_twice_and_in_any_order(
    hub: HubProcess, kiosk: Offline, tmp_path: Path
) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    kiosk.record(3)
    kiosk.copy(first)
    kiosk.record(2)
    kiosk.copy(second)
    (came,) = imported(hub, second)
    assert (came["stored"], came["known"]) == (5, 0)
    for _ in range(2):
        (came,) = imported(hub, first)
        assert (came["stored"], came["known"]) == (0, 3)
    assert kiosk.accept(first).retired == 3
    assert kiosk.accept(first).retired == 0
    assert kiosk.accept(second).retired == 2
    assert len(held(hub, kiosk)) == 5


def test_one_stick_serves_many_kiosks(hub: HubProcess, tmp_path: Path) -> None:
    stick = tmp_path / "stick"
    several = [joined(hub, tmp_path / f"k{n}") for n in range(3)]
    for number, kiosk in enumerate(several, 1):
        kiosk.record(number)
        kiosk.copy(stick)
    assert sorted(came["stored"] for came in imported(hub, stick)) == [1, 2, 3]
    for number, kiosk in enumerate(several, 1):
        assert kiosk.accept(stick).retired == number
        assert kiosk.waiting == 0
        kiosk.close()


def test_what_is_missing_is_said(hub: HubProcess, kiosk: Offline, tmp_path: Path) -> None:
    stick = tmp_path / "stick"
    kiosk.record(4)
    kiosk.copy(stick)
    imported(hub, stick)
    kiosk.accept(stick)
    kiosk.record(3)
    lost = tmp_path / "lost"
    kiosk.copy(lost)
    part = next((lost / "gate").glob("*.part"))
    # The batches are cut off: the first words alone remain.
    pieces = [p for p in sequence.split(part.read_bytes()) if isinstance(p, bytes)]
    part.write_bytes(b"".join(p for p in pieces if signed.peek(p)[0] != "batch"))
    (came,) = imported(hub, lost)
    assert came["missing"] == 3
    assert came["missing_ranges"][0][1:] == [5, 7]
    assert came["missing_parts"] == [part.name]
    assert kiosk.accept(lost).retired == 0
    assert kiosk.waiting == 3


def test_a_flipped_byte_costs_its_batch_and_no_other(
    hub: HubProcess, kiosk: Offline, tmp_path: Path
) -> None:
    stick = tmp_path / "stick"
    kiosk.record(450)
    kiosk.copy(stick)
    (part,) = (stick / "gate").glob("*.part")
    data = bytearray(part.read_bytes())
    starts = [0]
    for piece in sequence.split(bytes(data)):
        assert isinstance(piece, bytes)
        starts.append(starts[-1] + len(piece))
    middle = starts[-3] + 5_000  # inside the second of three batches
    data[middle] ^= 0x10
    part.write_bytes(data)
    (came,) = imported(hub, stick, code=1)
    assert came["stored"] == 250
    assert kiosk.accept(stick).retired == 250
    kiosk.copy(stick)
    (came,) = imported(hub, stick)
    assert came["stored"] == 200
    assert kiosk.accept(stick).retired == 200
    assert len(held(hub, kiosk)) == 450


def test_only_answers_of_our_hub_to_our_own_copies_retire_rows(
    hub: HubProcess, kiosk: Offline, tmp_path: Path
) -> None:
    stick = tmp_path / "stick"
    kiosk.record(2)
    kiosk.copy(stick)
    imported(hub, stick)
    (back,) = (stick / "gate").glob("*00001.back")
    receipts = [
        piece
        for piece in sequence.split(back.read_bytes())
        if isinstance(piece, bytes) and signed.peek(piece)[0] == "receipt"
    ]
    receipt = Receipt.unpack(signed.peek_payload(receipts[0]))
    forged = signed.sign(receipt.pack(), SigningKey.new(), "receipt")
    back.write_bytes(forged)
    accepted = kiosk.accept(stick)
    assert (accepted.retired, accepted.foreign) == (0, 1)
    other = joined(hub, tmp_path / "other")
    shutil.copy(back, stick / "gate" / bundle.return_name(other.me.kiosk, 1))
    (stick / "gate" / bundle.return_name(other.me.kiosk, 1)).write_bytes(receipts[0])
    assert other.accept(stick).retired == 0
    other.close()
    back.write_bytes(receipts[0])
    assert kiosk.accept(stick).retired == 2


def test_a_receipt_from_before_the_hub_lost_rows_retires_nothing_any_more(
    hub: HubProcess, kiosk: Offline, tmp_path: Path
) -> None:
    stick = tmp_path / "stick"
    kiosk.record(3)
    kiosk.copy(stick)
    imported(hub, stick)
    assert kiosk.accept(stick).retired == 3
    assert kiosk.outbox.reopen(kiosk.outbox.chain, [(1, 3)]) == 3
    accepted = kiosk.accept(stick)
    assert (accepted.retired, kiosk.waiting) == (0, 3)
    assert accepted.stale > 0


def test_what_the_hub_refused_is_copied_only_when_asked(kiosk: Offline, tmp_path: Path) -> None:
    from kiosk.rows import Settled, State

    kiosk.record(3)
    kiosk.outbox.settle([Settled(2, State.REFUSED, "no")], receipt_ms=1)
    assert kiosk.copy(tmp_path / "stick").entries == 2
    copied = kiosk.copy(tmp_path / "stick", quarantined=True)
    assert (copied.entries, copied.of_refused) == (3, 1)


def test_the_steward_may_copy_while_the_kiosk_runs(kiosk: Offline, tmp_path: Path) -> None:
    kiosk.record(2)
    (tmp_path / "stick").mkdir()
    with OutboxView(kiosk.data / FILE) as view:
        only_reads = Carrier(view, kiosk.membership, kiosk.clock, report=lambda: ({}, {}))
        with Stick(tmp_path / "stick", write=True) as stick:
            assert only_reads.copy(stick).entries == 2


def test_a_newer_copy_takes_the_older_one_s_place(kiosk: Offline, tmp_path: Path) -> None:
    stick = tmp_path / "stick"
    for _ in range(3):
        kiosk.record(1)
        kiosk.copy(stick)
    suffixes = sorted(file.suffix for file in (stick / "gate").iterdir())
    assert suffixes == [".list", ".part"]


def test_an_old_kiosk_s_late_entries_are_taken_and_flagged_and_its_end_is_proven(
    hub: HubProcess, kiosk: Offline, tmp_path: Path
) -> None:
    stick = tmp_path / "stick"
    kiosk.record(4)
    kiosk.copy(stick)
    imported(hub, stick)
    kiosk.record(2)
    (begun,) = hub.json("handover", "begin", str(kiosk.me.kiosk), "--url", "http://127.0.0.1:9")
    new = Offline(tmp_path / "new", begun["code"])
    assert (new.me.code.place, new.me.code.gate) == (kiosk.me.code.place, kiosk.me.code.gate)
    new.copy(tmp_path / "of-new")
    imported(hub, tmp_path / "of-new")
    new.close()

    def standing() -> dict:
        rows = hub.json("handover", "list")
        return next(row for row in rows if row["old"] == str(kiosk.me.kiosk))

    assert standing()["state"] == "open"
    kiosk.copy(stick)
    (came,) = imported(hub, stick)
    assert (came["stored"], came["late"]) == (2, True)
    assert [sorted(e["flags"]) for e in held(hub, kiosk)].count(["late"]) == 2
    assert standing()["state"] == "proven"
    assert hub.cli(
        "handover", "lost", str(kiosk.me.kiosk), "--reason", "x", check=False
    ).returncode == 3  # fmt: skip


def test_a_dead_kiosk_s_rest_is_declared_lost_and_says_what(
    hub: HubProcess, kiosk: Offline, tmp_path: Path
) -> None:
    kiosk.record(3)
    kiosk.copy(tmp_path / "stick")
    imported(hub, tmp_path / "stick")
    (begun,) = hub.json("handover", "begin", str(kiosk.me.kiosk), "--url", "http://127.0.0.1:9")
    new = Offline(tmp_path / "new", begun["code"])
    new.copy(tmp_path / "of-new")
    imported(hub, tmp_path / "of-new")
    new.close()
    (row,) = hub.json("handover", "lost", str(kiosk.me.kiosk), "--reason", "cháy máy")
    assert (row["state"], row["chains"][0]["last"]) == ("lost", 3)
    kiosk.record(1)  # it was not dead after all
    kiosk.copy(tmp_path / "again")
    (came,) = imported(hub, tmp_path / "again")
    assert (came["stored"], came["known"]) == (1, 3)


def test_a_revoked_kiosk_s_stick_is_refused_and_it_is_told_so_and_keeps_its_rows(
    hub: HubProcess, kiosk: Offline, tmp_path: Path
) -> None:
    stick = tmp_path / "stick"
    kiosk.record(1)
    kiosk.copy(stick)
    imported(hub, stick)
    kiosk.accept(stick)
    hub.cli("kiosk", "revoke", str(kiosk.me.kiosk))
    kiosk.record(2)
    kiosk.copy(stick)
    (came,) = imported(hub, stick, code=1)
    assert (came["stored"], came["refusal"]) == (0, "revoked")
    accepted = kiosk.accept(stick)
    assert (accepted.stranger, kiosk.waiting) == ("revoked", 2)


def test_new_keys_and_revocations_reach_a_kiosk_without_network(
    hub: HubProcess, kiosk: Offline, tmp_path: Path
) -> None:
    stick = tmp_path / "stick"
    kiosk.copy(stick)
    imported(hub, stick)
    kiosk.accept(stick)
    before = kiosk.me
    hub.cli("key", "rotate", "--seal")
    hub.cli("key", "rotate", "--sign")
    kiosk.record(1)
    kiosk.copy(stick)
    imported(hub, stick)
    assert kiosk.accept(stick).retired == 1
    assert kiosk.me.settings.version > before.settings.version
    assert kiosk.me.seal_key != before.seal_key
    assert len(kiosk.me.hub_keys) == len(before.hub_keys) + 1
    kiosk.record(1)
    kiosk.copy(stick)
    imported(hub, stick)
    assert kiosk.accept(stick).retired == 1  # signed with the new key now


def test_times_nobody_vouched_for_are_bounded_and_hold_the_truth(
    hub: HubProcess, tmp_path: Path
) -> None:
    clock = SetClock(wall_ms=0, state=ClockState.UNTRUSTED, boot=30_000)
    kiosk = joined(hub, tmp_path / "kiosk", clock=clock)
    stick = tmp_path / "stick"
    for _ in range(3):  # three power cuts
        kiosk.record(10)
        clock.reboot(wall_ms=0)
    kiosk.copy(stick)
    (came,) = imported(hub, stick)
    assert (came["stored"], came["timed"]) == (30, 30)
    entries = sorted(held(hub, kiosk), key=lambda entry: entry["seq"])
    assert all(entry["at_basis"] == "between" for entry in entries)
    assert all(entry["at_error_s"] is not None for entry in entries)
    assert [e["at"] for e in entries] == sorted(e["at"] for e in entries)
    kiosk.close()


class Evil:
    """Sticks that people make to do harm."""

    @staticmethod
    def fill(folder: Path, kiosk: uuid.UUID) -> None:
        gate = folder / "gate"
        gate.mkdir(parents=True)
        secret = folder / "secret"
        secret.write_bytes(b"do not read")
        name = bundle.part_name(kiosk, uuid.uuid4(), 1)
        (gate / name).symlink_to(secret)
        (gate / bundle.return_name(kiosk, 1)).symlink_to("/etc/passwd")
        os.mkfifo(gate / bundle.return_name(kiosk, 2))
        with (gate / bundle.return_name(kiosk, 3)).open("wb") as file:
            file.truncate(bundle.MAX_RETURN * 1000)
        with (gate / bundle.part_name(kiosk, uuid.uuid4(), 2)).open("wb") as file:
            file.truncate(bundle.MAX_PART * 1000)
        (gate / bundle.return_name(kiosk, 4)).write_bytes(os.urandom(100_000))
        (gate / bundle.part_name(kiosk, uuid.uuid4(), 3)).write_bytes(b"\xd2\x84" * 50_000)
        (gate / bundle.part_name(kiosk, uuid.uuid4(), 4)).mkdir()
        (gate / "..part").write_bytes(b"x")
        (gate / bundle.COURIER_FILE).symlink_to("/dev/zero")


def test_links_pipes_devices_huge_files_and_garbage_do_nothing(
    hub: HubProcess, kiosk: Offline, tmp_path: Path
) -> None:
    stick = tmp_path / "evil"
    stick.mkdir()
    Evil.fill(stick, kiosk.me.kiosk)
    kiosk.record(1)
    accepted = kiosk.accept(stick)
    assert (accepted.retired, accepted.files) == (0, [])
    with Stick(stick) as opened:
        assert opened.read(bundle.COURIER_FILE, most=bundle.MAX_SMALL) is None
    done = hub.cli("import", str(stick), "--json", check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert "damaged" in done.stderr  # all of it was looked at
    (stick / "gate").rename(stick / "elsewhere")
    (stick / "gate").symlink_to(stick / "elsewhere")
    with pytest.raises(StickRefused):
        kiosk.copy(stick)


def test_each_trouble_of_a_stick_has_its_own_sentence(kiosk: Offline, tmp_path: Path) -> None:
    with pytest.raises(StickRefused) as missing:
        Stick(tmp_path / "nothing")
    assert missing.value.word == "no_stick"
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(StickRefused):
        Stick(tmp_path / "file")
    assert kiosk.accept(tmp_path).files == []


def test_a_stick_that_goes_while_its_folder_is_made_is_gone(kiosk: Offline, tmp_path: Path) -> None:
    pulled = tmp_path / "pulled"
    pulled.mkdir()
    handle = os.open(pulled, os.O_RDONLY | os.O_DIRECTORY)
    try:
        pulled.rmdir()  # as the system does with the folder of a stick that was pulled
        with pytest.raises(StickRefused) as gone:
            kiosk.copy(Path(f"/proc/self/fd/{handle}"))
    finally:
        os.close(handle)
    assert gone.value.word == "stick_gone"


def test_a_kiosk_of_another_hub_is_not_taken(kiosk: Offline, tmp_path: Path) -> None:
    kiosk.record(1)
    kiosk.copy(tmp_path / "stick")
    other = HubProcess(tmp_path / "other")
    try:
        done = other.cli("import", str(tmp_path / "stick"), "--json", check=False)
        assert (done.returncode, done.stdout) == (1, "")
        assert "no kiosk of this hub" in done.stderr
    finally:
        other.close()


def test_settings_that_another_signs_are_not_believed_from_a_stick(
    kiosk: Offline, tmp_path: Path
) -> None:
    gate = tmp_path / "stick" / "gate"
    gate.mkdir(parents=True)
    forged = signed.sign(Settings(99).pack(), SigningKey.new(), "settings")
    (gate / bundle.return_name(kiosk.me.kiosk, 0)).write_bytes(forged)
    assert kiosk.accept(tmp_path / "stick").settings == 0
    assert kiosk.me.settings.version == 0


def test_the_commands_say_what_they_did_as_json(
    hub: HubProcess, kiosk: Offline, tmp_path: Path
) -> None:
    from tests.kiosks import KioskBox

    kiosk.record(2)
    kiosk.close()
    box = KioskBox(kiosk.data)
    stick = tmp_path / "stick"
    stick.mkdir()
    made = box.json("export", str(stick))
    assert (made["entries"], made["left_out"]) == (2, 0)
    imported(hub, stick)
    back = next((stick / "gate").glob("*00001.back"))
    taken = json.loads(box.cli("accept", str(back), "--json").stdout)
    assert (taken["retired"], taken["waiting"], taken["claim"]) == (2, 0, "accepted")
    assert box.cli("accept", str(tmp_path / "nothing"), check=False).returncode == 1
    kiosk.open()


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HubProcess]:
    """A hub with an address, which gates join by network."""
    with HubProcess(tmp_path_factory.mktemp("served")) as hub:
        yield hub


@pytest.mark.parametrize(("boot_ms", "heard_ms"), [(2**63, 0), (5, 253_402_200_000_000)])
def test_clocks_that_no_machine_has_cost_a_stick_nothing(
    served: HubProcess, tmp_path: Path, boot_ms: int, heard_ms: int
) -> None:
    gate = Gate.joined(served)
    gate.boot_id, gate.clock = uuid.uuid4(), "untrusted"  # a boot that the hub never heard of
    before = gate.wall_ms
    odd = Clocks(0, boot_ms, gate.boot_id, "untrusted")
    part = bundle.Bundle(
        gate.code.kiosk, uuid.uuid4(), 1, gate.key.public.raw, b"", odd, heard_ms, ()
    )
    folder = tmp_path / "stick" / bundle.FOLDER
    folder.mkdir(parents=True)
    (folder / bundle.part_name(gate.code.kiosk, part.bundle, 1)).write_bytes(
        signed.sign(part.pack(), gate.key, "bundle") + gate.batch_bytes(gate.entries(1))
    )
    (came,) = imported(served, tmp_path / "stick")
    assert (came["stored"], came["timed"]) == (1, 1)
    (entry,) = [one for one in served.entries() if one["kiosk"] == str(gate.code.kiosk)]
    at = dt.datetime.fromisoformat(entry["at"]).timestamp() * 1000
    assert before - 3_600_000 <= at <= gate.wall_ms
