"""Names from a picture through a real kiosk to a real hub and back, byte for byte."""

from __future__ import annotations

import unicodedata
from dataclasses import replace

from tests.hubs import HubProcess
from tests.kiosks import KioskBox, pictures
from tests.unit.codes import payloads
from tests.unit.codes.test_families import NAMES
from wire import tokens

MARKS = ("H'Hen Niê", "Y Bhĭm Ñuôl Čư̆", "Đỗ Ỷ Ẫn Thuý")


def shown(name: str, who: int) -> dict[str, str]:
    """Return the codes of every family that carries a name, of people without two alike."""
    family, given = name.split(" ", 1)
    body = payloads.VACCINATION | {"nam": {"fn": family, "gn": given, "fnt": "X"}}
    body["v"] = [body["v"][0] | {"ci": f"URN:UVCI:01:VN:{who:04d}#A"}]  # type: ignore[index]
    bearer = replace(payloads.PASS.bearer, name=name, number=f"0541990{who:05d}")
    made = replace(payloads.PASS, id=who.to_bytes(8), bearer=bearer)
    return {
        "cccd": f"0541991{who:05d}||{name}|01021999|Nữ|Phú Yên|22062022",
        "national-qr": f"0541992{who:05d}|{name}|1999-02-01|0|16297938858617{who:04d}|",
        "bhyt": f"HS454019{who:07d}|{payloads.hexed(name)}|01/02/1999|2|-|54 - 028|-|-|-|$",
        "hc1": payloads.hc1(payloads.signer(), body=body),
        "shc": payloads.shc(family=family, given=(given,)),
        "vds-nc": payloads.VDS_NC.replace("NGUYEN THI VI DU", name).replace(
            "C1234567", f"C{who:07d}"
        ),
        "pass": tokens.issue(made, payloads.STRANGER),
    }


def test_names_of_every_people_come_back_from_the_hub_as_they_were_encoded(tmp_path):
    asked: list[tuple[str, str, str]] = []
    for who, name in enumerate(dict.fromkeys((*MARKS, *NAMES))):
        form = ("NFC", "NFD")[who % 2]
        codes = shown(unicodedata.normalize(form, name), who)  # type: ignore[arg-type]
        kinds = codes if name in MARKS else ("cccd", "bhyt")
        asked += [(name, kind, codes[kind]) for kind in kinds]
    with HubProcess(tmp_path / "hub") as hub:
        box = KioskBox(tmp_path / "kiosk")
        box.enrol(hub)
        film = pictures(tmp_path / "film", range(len(asked)), lambda n: asked[n][2])
        with box.running(film) as run:
            assert run.wait() == 0, run.errors
        kept = {(row["person"]["name"], row["kind"]) for row in hub.entries("--reveal")}
    wanted = {(unicodedata.normalize("NFC", name), kind) for name, kind, _ in asked}
    assert kept == wanted
