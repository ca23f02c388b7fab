"""The report and the reminders as official letters."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from hub.compliance.figures import ESTIMATED, GUARD, SENSOR, Figures
from hub.compliance.progress import progress, whole
from hub.compliance.report import Report, Row
from hub.desk.words import words
from hub.paper.letters import Letter, Paragraph, Table
from hub.places.models import Unit

_BASES = {
    SENSOR: "cảm biến đếm",
    GUARD: "bảo vệ tự đếm",
    ESTIMATED: "ước lượng",
}
HEAD_OF_OFFICE = "THỦ TRƯỞNG ĐƠN VỊ"


@dataclass(frozen=True, slots=True)
class Sender:
    """Who writes: the organ, the one above it, the town for the date, who signs."""

    organ: str = "CƠ QUAN QUẢN LÝ"
    superior: str = ""
    town: str = ""
    office: str = HEAD_OF_OFFICE
    code: str = ""

    @classmethod
    def of(cls, unit: Unit | None) -> Sender:
        """Return the facts of a unit; without one the clerk fills them in."""
        if unit is None:
            return cls()
        people = "ỦY BAN NHÂN DÂN"
        organ, above = unit.name, unit.parent.name if unit.parent else ""
        if unit.tree == Unit.Tree.TERRITORY:
            organ, above = f"{people} {organ}", f"{people} {above}" if above else ""
        town = unit.name
        for level in ("Thành phố", "Tỉnh", "Huyện", "Quận", "Thị xã", "Phường", "Xã", "Thị trấn"):
            if unit.tree == Unit.Tree.TERRITORY and town.casefold().startswith(level.casefold()):
                town = town[len(level) :].strip()
        territory = unit.tree == Unit.Tree.TERRITORY
        office = f"TM. {people}\n{unit.head or 'CHỦ TỊCH'}" if territory else unit.head
        return cls(organ, above, town if territory else "", office or HEAD_OF_OFFICE, unit.code)


def letter(report: Report, sender: Sender, *, tree: str = "", day: dt.date) -> Letter:
    """Return the report as a letter; every figure is the page's."""
    span, total, flagged = report.span, report.total, report.flagged
    when = f"ngày {_day(span.last)}"
    if span.days > 1:
        when = f"từ ngày {_day(span.first)} đến ngày {_day(span.last)}"
    far = whole(report.rows)
    blocks: list[Paragraph | Table] = [
        Paragraph("I. KẾT QUẢ GHI NHẬN", heading=True),
        Paragraph(
            f"Trong {'' if span.days == 1 else 'thời gian '}{when}, "
            f"hệ thống ghi nhận {_n(total.scanned)} lượt quét mã, "
            f"{_n(total.by_hand)} lượt nhập tay, {_n(total.refused)} lượt bị từ chối tại "
            f"{_n(len(report.rows))} địa điểm. {_shares(report)}"
        ),
        Paragraph("II. TIẾN ĐỘ ĐĂNG KÝ VÀ QUÉT MÃ", heading=True),
        Paragraph(
            f"Trong {_n(far.known)} địa điểm đã biết, {_n(far.registered)} địa điểm đã đăng ký, "
            f"{_n(far.equipped)} địa điểm có bảng mã hoặc máy quét, {_n(far.scanning)} địa điểm "
            "có quét mã trong kỳ báo cáo."
        ),
        Table(
            "Bảng 1. Tiến độ theo đơn vị chịu trách nhiệm",
            ("Đơn vị", "Người đứng đầu", "Đã biết", "Đã đăng ký", "Có bảng hoặc máy", "Có quét"),
            tuple(
                (one.unit or "Chưa rõ đơn vị", one.head, _n(one.known), _n(one.registered),
                 _n(one.equipped), _n(one.scanning))
                for one in progress(report.rows, tree)
            ),
            (0.28, 0.24, 0.11, 0.12, 0.13, 0.12),
            frozenset({2, 3, 4, 5}),
        ),
        Paragraph("III. ĐỊA ĐIỂM CÓ DẤU HIỆU VI PHẠM", heading=True),
        Paragraph(
            f"Có {_n(len(flagged))} địa điểm có dấu hiệu vi phạm. Dấu hiệu là lý do đến kiểm tra, "
            "chưa phải kết luận. Tỉ lệ quét do bảo vệ tự đếm không được so với tỉ lệ do cảm biến "
            "đếm."
        ),
    ]  # fmt: skip
    if flagged:
        blocks.append(_flagged(flagged, tree))
    code = f"-{sender.code}" if sender.code else ""
    return Letter(
        superior=sender.superior, organ=sender.organ, mark=f"BC{code}", town=sender.town, day=day,
        kind="BÁO CÁO", subject=f"Kết quả ghi nhận người ra vào bằng mã QR {when}", to=(),
        blocks=tuple(blocks), copies=(*((sender.superior,) if sender.superior else ()), "Lưu: VT"),
        office=sender.office,
    )  # fmt: skip


def reminder(
    unit: Unit, rows: Sequence[Row], sender: Sender, *, deadline: dt.date, day: dt.date
) -> Letter:
    """Return the letter that reminds a unit of its places with signs of a violation."""
    head = unit.head or f"Thủ trưởng {unit.name}"
    code = f"-{sender.code}" if sender.code else ""
    return Letter(
        superior=sender.superior, organ=sender.organ, mark=f"CV{code}", town=sender.town, day=day,
        kind="", subject="Đôn đốc các địa điểm chưa quét mã đúng quy định",
        to=(f"{unit.name} ({head})" if head != unit.name else unit.name,),
        blocks=(
            Paragraph(
                f"Qua theo dõi trên hệ thống, {_n(len(rows))} địa điểm thuộc trách nhiệm của "
                f"{unit.name} có dấu hiệu chưa ghi nhận người ra vào đúng quy định (Bảng 1)."
            ),
            _flagged(rows, unit.tree),
            Paragraph(
                f"Đề nghị {head} chỉ đạo kiểm tra, khắc phục và báo cáo kết quả trước ngày "
                f"{_day(deadline)}. Dấu hiệu nêu trên là lý do để kiểm tra, chưa phải kết luận."
            ),
        ),
        copies=("Như trên", "Lưu: VT"), office=sender.office,
    )  # fmt: skip


def _flagged(rows: Sequence[Row], tree: str) -> Table:
    said = words("vi")["word"]
    return Table(
        "Bảng 2. Địa điểm có dấu hiệu vi phạm" if not tree else "Bảng 1. Địa điểm có dấu hiệu",
        ("TT", "Địa điểm", "Đơn vị chịu trách nhiệm", "Dấu hiệu", "Đã quét", "Tỉ lệ quét"),
        tuple(
            (
                str(n), f"{row.name}, {row.address}".strip(", "), row.answers(tree)[0],
                "; ".join(said.get(sign.word, sign.word) for sign in row.signs),
                _n(row.figures.scanned), share(row.figures),
            )
            for n, row in enumerate(rows, 1)
        ),
        (0.06, 0.29, 0.22, 0.2, 0.1, 0.13),
        frozenset({0, 4}),
    )  # fmt: skip


def share(figures: Figures) -> str:
    """Return a scanned share with who counted it; a dash where nobody did."""
    if figures.share is None:
        return "–"
    return f"{figures.share:.0%}".replace(".", ",") + f" ({_BASES[figures.counted_by]})"


def _shares(report: Report) -> str:
    found = report.shares()
    if not found:
        return "Chưa nơi nào đếm người đi qua mà không quét, nên chưa có tỉ lệ quét."
    return "Tỉ lệ quét: " + "; ".join(
        f"{found[basis].share:.0%} nơi do {word}"
        for basis, word in _BASES.items()
        if basis in found and found[basis].share is not None
    ) + "."  # fmt: skip


def _n(number: int) -> str:
    return f"{number:,}".replace(",", ".")


def _day(day: dt.date) -> str:
    return day.strftime("%d/%m/%Y")
