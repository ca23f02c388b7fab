"""Is the board in this picture the one that should hang there? One word, and what to do."""

from __future__ import annotations

from dataclasses import dataclass

from hub.intake.answers import ring
from hub.intake.models import Place
from hub.paper.reading import codes, picture
from hub.places.boards import latest, shortened
from hub.places.models import BoardIssue, Stage
from wire import tokens
from wire.claims import Board
from wire.errors import WireError

TOO_SMALL_PX = 150
"""Below this many pixels a board's 49 modules have no three of their own: nothing reads them."""

WORDS = {
    "current": "Đúng bảng, đang có hiệu lực.",
    "swapped": "Bảng của địa điểm khác: tháo xuống và treo đúng bảng.",
    "old": "Bảng cũ: đã có bảng mới hơn hoặc bảng đã bị thu hồi; in và treo bảng mới.",
    "wrong-data": "Tên, địa chỉ hoặc cổng trên bảng khác hồ sơ: in lại bảng.",
    "forged": "Bảng không phải do hệ thống cấp: tháo xuống và báo cơ quan quản lý.",
    "unreadable": "Không đọc được mã nào: lau bảng, chụp thẳng và đủ sáng, hoặc in lại.",
    "too-small": "Mã quá nhỏ trong ảnh: chụp gần hơn; nếu vẫn vậy thì bảng in quá nhỏ.",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found, a key of :data:`WORDS`; the place and issue the board names, if any."""

    word: str
    place: str = ""
    number: int | None = None

    @property
    def words(self) -> str:
        """What to tell people."""
        return WORDS[self.word]


def check(data: bytes, place: Place, *, gate: str = "") -> Finding:
    """Judge the picture of a board at ``place``; raises BadUsage for what is no picture.

    Of several codes in the picture the one that is right counts: a neighbour's may be in view.
    """
    image = picture(data)
    seen = codes(image)
    texts = [code.text for code in seen if code.text is not None]
    if not texts:
        side = max((code.side for code in seen), default=float(max(image.size)))
        small = side < TOO_SMALL_PX
        return Finding("too-small" if small else "unreadable")
    findings = [_judged(text, place, gate) for text in texts]
    order = ("current", "wrong-data", "old", "swapped", "forged")
    return min(findings, key=lambda found: order.index(found.word))


def _judged(text: str, place: Place, gate: str) -> Finding:
    issuers = {key.public.kid: key.public for key in ring().signing_keys}
    try:
        read = tokens.read(text, issuers)
    except WireError:
        return Finding("forged")
    facts = read.facts
    if not isinstance(facts, Board) or read.certificate is not None:
        return Finding("forged")
    row = _issue(facts)
    number = row.number if row else None
    if facts.place != place.pk:
        return Finding("swapped", facts.place, number)
    profile = getattr(place, "profile", None)
    newest = latest(place.pk, facts.gate)
    over = (row is not None and row.revoked is not None) or (
        profile is not None and profile.stage == Stage.CLOSED
    )
    if over or (newest is not None and int(newest.issued.timestamp()) > facts.issued):
        return Finding("old", facts.place, number)
    printed = place.address if row is None else row.address
    renamed = shortened(place.name) != facts.name or printed != place.address
    if renamed or (gate and gate != facts.gate):
        return Finding("wrong-data", facts.place, number)
    return Finding("current", facts.place, number)


def _issue(facts: Board) -> BoardIssue | None:
    rows = BoardIssue.objects.filter(place_id=facts.place, gate=facts.gate).order_by("number")
    return next((r for r in rows if int(r.issued.timestamp()) == facts.issued), None)
