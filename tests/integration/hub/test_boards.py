"""Boards: the print reads back, and a picture of one says whether it hangs where it should."""

from __future__ import annotations

import datetime as dt
import json
import subprocess
import sys
import unicodedata
from pathlib import Path

import numpy as np
import pytest
import qrcode
from PIL import Image, ImageFilter

from hub.paper.boards import BoardSheet, draw_boards
from hub.paper.reading import DPI, first_decoder, pages, second_decoder, words
from tests.hubs import Gate, HubProcess
from tests.kiosks import KioskBox
from wire import tokens
from wire.claims import Board
from wire.keys import SigningKey, VerifyKey

URL = "https://hub.example.vn"
NAMES = (
    "Chợ", "Trường Tiểu học Nguyễn Thị Minh Khai", "UBND", "Bến xe Nước Ngầm – Đường Giải Phóng",
    "Nhà Văn hoá – Thể thao Buôn Kƀang", "Cơ sở Chế biến Thuỷ sản Đông lạnh Xuất nhập khẩu Phú Yên",
    "Ƀuôn Ƀlơ̆", "Nghiêng" * 12, "Cửa hàng " + "Tạp hoá " * 23,
    unicodedata.normalize("NFD", "Quán Cà phê Ưỡn Ẹo Ở Phường Ẩm Ướt"),
)  # fmt: skip


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory):
    with HubProcess(tmp_path_factory.mktemp("boards")) as hub:
        yield hub


def drawn(hub: HubProcess, place: str, out: Path, *more: str) -> Path:
    hub.json("board", place, "--out", str(out), "--url", URL, *more)
    return out


def photo(
    pdf: Path, target: Path, *, blur: float = 1.2, width: int = 1100, turn: float = 3
) -> Path:
    """A phone's picture of a print: turned, blurred, uneven light, noise, JPEG."""
    page = next(pages(pdf.read_bytes(), dpi=DPI))
    page = page.rotate(turn, expand=True, fillcolor=200, resample=Image.Resampling.BICUBIC)
    page = page.resize((width, round(width * page.height / page.width)))
    page = page.filter(ImageFilter.GaussianBlur(blur))
    light = np.linspace(0.55, 0.95, page.width)[None, :]
    noise = np.random.default_rng(7).normal(0, 6, (page.height, page.width))
    grey = np.clip(np.asarray(page, float) * light + 20 + noise, 0, 255).astype(np.uint8)
    Image.fromarray(grey).save(target, quality=70)
    return target


def found(hub: HubProcess, picture: Path, place: str, *more: str) -> str:
    done = hub.cli("board", "check", str(picture), "--place", place, "--json", *more, check=False)
    word = done.stdout.split('"finding": "')[1].split('"')[0]
    assert done.returncode == (0 if word == "current" else 1)
    return word


def test_a_board_opens_at_the_hub_and_a_kiosk_knows_whose_it_is(
    hub: HubProcess, tmp_path: Path
) -> None:
    place = hub.place("Chợ Hòa Thắng")
    out = drawn(hub, place, tmp_path / "b.pdf", "--hotline", "1022")
    assert out.stat().st_mode & 0o077 == 0
    (page,) = pages(out.read_bytes())
    (seen,) = first_decoder(page)
    assert seen.text is not None
    assert seen.text.startswith("HTTPS://HUB.EXAMPLE.VN/B/")
    assert seen.side / DPI * 25.4 >= 149
    gate = Gate.joined(hub)
    issuer = VerifyKey(gate.code.hub_key)
    token = tokens.read(seen.text, {issuer.kid: issuer})
    assert (token.facts.place, token.facts.name) == (place, "Chợ Hòa Thắng")
    text = " ".join(words(out.read_bytes())[0].split())
    for said in ("Chợ Hòa Thắng", "1022", "Bảng số 000", place, "cấp ngày"):
        assert said in unicodedata.normalize("NFC", text)
    box = KioskBox(tmp_path / "kiosk")
    box.enrol(hub)
    verdict = box.enter(seen.text)
    assert (verdict["verdict"], verdict["kind"]) == ("not_for_us", "place-board")


def test_the_same_board_is_printed_again_until_it_is_renewed_or_renamed(
    hub: HubProcess, tmp_path: Path
) -> None:
    place = hub.place("Chợ In Lại")
    first = drawn(hub, place, tmp_path / "1.pdf").read_bytes()
    assert drawn(hub, place, tmp_path / "2.pdf").read_bytes() == first
    picture = photo(tmp_path / "1.pdf", tmp_path / "1.jpg")
    assert found(hub, picture, place) == "current"
    drawn(hub, place, tmp_path / "3.pdf", "--renew")
    assert found(hub, picture, place) == "old"
    assert found(hub, photo(tmp_path / "3.pdf", tmp_path / "3.jpg"), place) == "current"


def test_a_picture_tells_a_right_a_swapped_and_a_forged_board_apart(
    hub: HubProcess, tmp_path: Path
) -> None:
    here, there = hub.place("Quán Ở Đây"), hub.place("Quán Ở Kia")
    right = photo(drawn(hub, here, tmp_path / "a.pdf"), tmp_path / "a.jpg")
    other = photo(drawn(hub, there, tmp_path / "b.pdf"), tmp_path / "b.jpg")
    assert found(hub, right, here) == "current"
    assert found(hub, other, here) == "swapped"
    forged = tokens.issue_board(Board(here, "Quán Ở Đây", 1_800_000_000), SigningKey.new(), URL)
    sheet = sheet_of(forged, "Quán Ở Đây")
    (tmp_path / "f.pdf").write_bytes(draw_boards([sheet]))
    assert found(hub, photo(tmp_path / "f.pdf", tmp_path / "f.jpg"), here) == "forged"
    qrcode.make("https://evil.example/b/xyz").save(tmp_path / "e.png")
    assert found(hub, tmp_path / "e.png", here) == "forged"


def test_a_board_of_another_gate_and_a_revoked_one_are_told(
    hub: HubProcess, tmp_path: Path
) -> None:
    place = hub.place("Chợ Hai Cổng", gates=2)
    picture = photo(drawn(hub, place, tmp_path / "g.pdf", "--gate", "Cổng B"), tmp_path / "g.jpg")
    assert found(hub, picture, place, "--gate", "Cổng B") == "current"
    assert found(hub, picture, place, "--gate", "Cổng A") == "wrong-data"
    (made,) = hub.json(
        "board", place, "--gate", "Cổng B", "--out", str(tmp_path / "g2.pdf"), "--url", URL
    )
    hub.cli("board", "revoke", str(made["board"]), "--reason", "stolen")
    assert found(hub, picture, place, "--gate", "Cổng B") == "old"


def test_a_kiosk_tells_a_right_a_swapped_a_forged_and_an_old_board_apart(
    hub: HubProcess, tmp_path: Path
) -> None:
    here, there = hub.place("Chợ Có Máy"), hub.place("Chợ Bên Cạnh")
    box = KioskBox(tmp_path / "kiosk")
    box.enrol(hub, place=here)
    said = []

    def shown(pdf: Path) -> str:
        (page,) = pages(pdf.read_bytes())
        verdict = box.enter(str(first_decoder(page)[0].text))
        assert (verdict["verdict"], verdict["kind"]) == ("not_for_us", "place-board")
        return str(verdict["reason"])

    first = drawn(hub, here, tmp_path / "1.pdf")
    said.append(shown(first))
    box.drain(tmp_path / "drain-1")
    said.append(shown(first))
    said.append(shown(drawn(hub, there, tmp_path / "2.pdf")))
    drawn(hub, here, tmp_path / "3.pdf", "--renew")
    box.drain(tmp_path / "drain-2")
    said += [shown(first), shown(tmp_path / "3.pdf")]
    forged = tokens.issue_board(Board(here, "Chợ Có Máy", 1_800_000_000), SigningKey.new(), URL)
    (tmp_path / "f.pdf").write_bytes(draw_boards([sheet_of(forged, "Chợ Có Máy")]))
    said.append(shown(tmp_path / "f.pdf"))
    assert said == [
        "board-here", "board-current", "board-swapped", "board-old", "board-current",
        "board-forged",
    ]  # fmt: skip


def test_a_board_that_was_replaced_stays_old_when_its_successor_is_taken_back(
    hub: HubProcess, tmp_path: Path
) -> None:
    place = hub.place("Chợ Ba Bảng")
    first = photo(drawn(hub, place, tmp_path / "1.pdf"), tmp_path / "1.jpg")
    (second,) = hub.json("board", place, "--out", str(tmp_path / "2.pdf"), "--url", URL, "--renew")
    hub.cli("board", "revoke", str(second["board"]), "--reason", "mất")
    assert found(hub, first, place) == "old"
    (third,) = hub.json("board", place, "--out", str(tmp_path / "3.pdf"), "--url", URL)
    assert third["board"] > second["board"]
    assert found(hub, first, place) == "old"
    assert found(hub, photo(tmp_path / "2.pdf", tmp_path / "2.jpg"), place) == "old"
    assert found(hub, photo(tmp_path / "3.pdf", tmp_path / "3.jpg"), place) == "current"


def test_a_picture_without_a_readable_code_says_why(hub: HubProcess, tmp_path: Path) -> None:
    place = hub.place("Chợ Mờ")
    drawn(hub, place, tmp_path / "m.pdf")
    assert found(hub, photo(tmp_path / "m.pdf", tmp_path / "m.jpg", blur=9), place) == "unreadable"
    small = photo(tmp_path / "m.pdf", tmp_path / "s.jpg", width=62, blur=0.6, turn=0)
    assert found(hub, small, place) == "too-small"
    done = hub.cli("board", "check", str(tmp_path / "m.pdf"), "--place", place, check=False)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)


def test_a5_holds_the_largest_code_that_fits(hub: HubProcess, tmp_path: Path) -> None:
    out = drawn(hub, hub.place("Chợ Nhỏ"), tmp_path / "a5.pdf", "--size", "A5")
    (page,) = pages(out.read_bytes())
    (seen,) = first_decoder(page)
    assert 105 <= seen.side / DPI * 25.4 <= 148


@pytest.mark.parametrize("size", ["A4", "A5"])
def test_every_kind_of_name_stays_on_its_board_and_reads_back(size: str) -> None:
    signer = SigningKey.new()
    texts = [
        tokens.issue_board(
            Board(f"p{n:08}", unicodedata.normalize("NFC", name)[:80], 1_800_000_000 + n),
            signer,
            URL,
        )
        for n, name in enumerate(NAMES)
    ]
    pdf = draw_boards([sheet_of(t, n) for t, n in zip(texts, NAMES, strict=True)], size)
    for page, said, text, name in zip(pages(pdf), words(pdf), texts, NAMES, strict=True):
        assert [s.text for s in first_decoder(page)] == [text]
        assert [s.text for s in second_decoder(page)] == [text]
        shown = "".join(unicodedata.normalize("NFC", said).split())
        whole = "".join(unicodedata.normalize("NFC", name).split())
        assert whole in shown or (len(name) > 150 and whole[:60] in shown)


def sheet_of(text: str, name: str) -> BoardSheet:
    issued = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)
    return BoardSheet(
        7, text, name, "12 Đường Trần Hưng Đạo, Phường 1", "", "p7k2m4qa", "1022", issued
    )


@pytest.mark.slow
def test_200_boards_are_read_by_three_decoders_from_the_pdf_and_from_a_poor_print(
    tmp_path: Path,
) -> None:
    import cv2

    signer = SigningKey.new()
    read = {"zxing": [0, 0], "pyzbar": [0, 0], "opencv": [0, 0]}
    for n in range(200):
        name = f"{NAMES[n % len(NAMES)]} {n}"
        text = tokens.issue_board(Board(f"p{n:08}", name[:80], 1_800_000_000 + n), signer, URL)
        (tmp_path / "b.pdf").write_bytes(draw_boards([sheet_of(text, name)]))
        clean = next(pages((tmp_path / "b.pdf").read_bytes()))
        poor = Image.open(photo(tmp_path / "b.pdf", tmp_path / "b.jpg", turn=n % 7 - 3))
        for which, image in enumerate((clean, poor)):
            read["zxing"][which] += text in [s.text for s in first_decoder(image)]
            read["pyzbar"][which] += text in [s.text for s in second_decoder(image)]
            read["opencv"][which] += (
                cv2.QRCodeDetectorAruco().detectAndDecode(np.asarray(image))[0] == text
            )
    print(read)
    assert read == {name: [200, 200] for name in read}


def test_a_board_that_does_not_read_back_is_not_offered(tmp_path: Path) -> None:
    from hub.errors import HubError
    from hub.paper.files import write_checked

    signer = SigningKey.new()
    text = tokens.issue_board(Board("p1", "Chợ", 1_800_000_000), signer, URL)
    pdf = draw_boards([sheet_of(text, "Chợ")])
    with pytest.raises(HubError):
        write_checked(tmp_path / "x.pdf", pdf, [text + "A"], at_least_mm=150)
    with pytest.raises(HubError):
        write_checked(tmp_path / "x.pdf", pdf, [text], at_least_mm=170)
    assert not (tmp_path / "x.pdf").exists()


def test_a_hub_without_libzbar_starts_and_reads_its_prints_with_one_decoder(tmp_path: Path) -> None:
    code = (
        "import ctypes.util, sys; ctypes.util.find_library = lambda name: None\n"
        "from hub.main import cli\n"
        "from hub.paper import reading\n"
        "assert reading.decoders() == (reading.first_decoder,)\n"
        "sys.exit(cli())\n"
    )
    words = (
        ("migrate",),
        ("place", "add", "Chợ", "--kind", "market", "--json"),
        ("board", "{place}", "--out", "b.pdf", "--url", "http://127.0.0.1:8000"),
    )
    place = ""
    for these in words:
        filled = (word.format(place=place) for word in these)
        done = subprocess.run(
            [sys.executable, "-c", code, *filled, "--data", str(tmp_path)],
            cwd=tmp_path, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        place = json.loads(done.stdout)["place"] if "add" in these else place
    assert (tmp_path / "b.pdf").stat().st_size > 1000
