"""Citizen card, national QR, insurance card and bare number: what is kept, what is dropped."""

from __future__ import annotations

import datetime as dt
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.codes import classify
from kiosk.model import Person, Trust
from tests.unit.codes import payloads

HIGHLAND = ["Y Bhĭm Ñiê", "H'Hen Niê", "K’ Brŏi", "Ksor H ʼBlăm", "Rơ Châm Čunŭ", "Y Ƀhŏ Ktla"]


def person(text: str) -> Person:
    """Return the person of a code that must have one."""
    found = classify(text).person
    assert found is not None
    return found


def test_a_citizen_card_gives_number_name_birth_sex_and_address() -> None:
    assert person(payloads.CCCD) == Person(
        name="Nguyễn Thị Ví Dụ",
        birth="1999-02-01",
        sex="female",
        number="054199012345",
        address="Thôn Phú Lộc, Hòa Thắng, Phú Hòa, Phú Yên",
    )
    assert classify(payloads.CCCD).trust is Trust.UNSIGNED


def test_the_2024_cards_further_fields_are_dropped_unread() -> None:
    assert person(payloads.CAN_CUOC) == person(payloads.CCCD)


@pytest.mark.parametrize(
    ("text", "birth", "sex"),
    [
        ("054199012345||Nguyễn Thị Ví Dụ|1999|Nữ|Phú Yên|22062022", "1999", "female"),
        ("054199012345||Nguyễn Thị Ví Dụ|01021999||Phú Yên|22062022", "1999-02-01", ""),
        ("054199012345||Nguyễn Thị Ví Dụ|01021999|Nữ||22062022", "1999-02-01", "female"),
        ("054199012345||Nguyễn Thị Ví Dụ|01021999|Nữ", "1999-02-01", "female"),
        ("054199012345||Nguyễn Thị Ví Dụ||Nữ|Phú Yên|22062022", "", "female"),
        ("054199012345 || Nguyễn Thị Ví Dụ |01021999| nữ |Phú Yên|", "1999-02-01", "female"),
    ],
)
def test_a_citizen_card_may_lack_what_is_not_known(text: str, birth: str, sex: str) -> None:
    code = classify(text)
    assert (code.kind, person(text).birth, person(text).sex) == ("cccd", birth, sex)
    assert person(text).name == "Nguyễn Thị Ví Dụ"


@pytest.mark.parametrize(
    ("text", "warning"),
    [
        ("054199012345||Nguyễn Thị Ví Dụ|01021998|Nữ|Phú Yên|22062022", "number-birth-mismatch"),
        ("054199012345||Nguyễn Văn Ví Dụ|01021999|Nam|Phú Yên|22062022", "number-sex-mismatch"),
        ("003199012345||Nguyễn Thị Ví Dụ|01021999|Nữ|Phú Yên|22062022", "number-unknown-province"),
        ("054199012345||Nguy\ufffdn Thị Ví Dụ|01021999|Nữ|Phú Yên|22062022", "unreadable-name"),
        ("054199012345||Nguy?n Th? V? D?|01021999|Nữ|Phú Yên|22062022", "unreadable-name"),
    ],
)
def test_what_disagrees_is_a_warning_and_never_a_refusal(text: str, warning: str) -> None:
    code = classify(text)
    assert code.warnings == (warning,)
    assert person(text).number[3:] == "199012345"


def test_wrong_text_is_worse_than_no_text() -> None:
    damaged = "054199012345||Nguyá»…n Thá»‹ VÃ\xad Dá»¥|01021999|Nữ|Phú Yên|22062022"
    assert person(damaged).name == ""
    assert person(damaged).keys == ("number:054199012345",)


def test_the_century_and_sex_digit_is_read_for_each_century() -> None:
    assert classify("001304012345||Lê Ví Dụ|05062004|Nữ|Hà Nội|01012023").warnings == ()
    assert classify("001204012345||Lê Ví Dụ|05062004|Nam|Hà Nội|01012023").warnings == ()
    assert classify("001099012345||Lê Ví Dụ|05061999|Nam|Hà Nội|01012023").warnings == ()


def test_a_bare_number_tells_year_and_sex_and_groups_are_forgiven() -> None:
    for text in ("054199012345", "054 199 012 345", "054.199.012.345\r\n"):
        assert classify(text).kind == "citizen-number"
        assert person(text) == Person(number="054199012345", birth="1999", sex="female")


@pytest.mark.parametrize(
    ("text", "kind"),
    [("000201010212", "bank"), ("893456789012", "unknown"), ("202611220001", "unknown")],
)
def test_twelve_digits_that_begin_as_no_provinces_are_nobodys_number(text: str, kind: str) -> None:
    code = classify(text)
    assert (code.kind, code.personal) == (kind, False)


def test_a_bare_number_of_a_province_that_is_not_known_is_a_warning() -> None:
    code = classify("003199012345")
    assert (code.personal, code.warnings) == (True, ("number-unknown-province",))


def test_the_national_qr_gives_number_qid_sex_and_phone() -> None:
    assert person(payloads.NATIONAL) == Person(
        name="NGUYEN VAN VI DU",
        birth="1993-01-18",
        sex="male",
        number="054093012345",
        qid="162979388586171100",
        phone="0900000001",
    )
    assert dict(classify(payloads.NATIONAL).details) == {"declared-by": "self"}


def test_one_national_qr_links_number_qid_and_insurance_number() -> None:
    code = classify(payloads.NATIONAL_BHYT)
    assert code.keys == ("number:054199012345", "qid:162979388586171101", "bhyt:0199999999")
    assert person(payloads.NATIONAL_BHYT).phone == "0323456789"
    assert code.warnings == ("phone-migrated",)


def test_a_masked_number_identifies_nobody_and_says_so() -> None:
    code = classify(payloads.NATIONAL_MASKED)
    assert code.warnings == ("masked-number",)
    assert code.keys == ("qid:162979388586171101",)
    assert person(payloads.NATIONAL_MASKED).birth == "1999"
    assert dict(code.details) == {"declared-by": "other"}


@pytest.mark.parametrize(
    "extension", ["2<HS4540199999999<0900000001", "<2<HS4540199999999<0900000001"]
)
def test_some_writers_drop_the_empty_first_part_of_the_extension(extension: str) -> None:
    found = person(f"|NGUYEN THI VI DU|1999-02-01|1|162979388586171101|{extension}")
    assert (found.sex, found.bhyt, found.phone) == ("female", "HS4540199999999", "0900000001")


def test_the_proxys_qid_is_dropped() -> None:
    text = "|NGUYEN THI VI DU|1999-02-01|1|162979388586171101|162000000000000009<2<<<chuky"
    assert "162000000000000009" not in repr(person(text).keys)
    assert person(text).qid == "162979388586171101"


def test_insurance_cards_old_and_new_are_one_person() -> None:
    old, new = person(payloads.BHYT_OLD), person(payloads.BHYT_NEW)
    assert old.keys == new.keys == ("bhyt:0199999999",)
    assert (new.name, new.birth, new.sex) == ("Nguyễn Thị Ví Dụ", "1999-02-01", "female")
    assert new.address == "Hoà Thắng"


def test_an_insurance_cards_validity_is_given_in_the_gates_days() -> None:
    code = classify(payloads.BHYT_NEW)
    assert code.valid_from is not None
    assert code.valid_until is not None
    assert code.valid_from.isoformat() == "2025-12-31T17:00:00+00:00"
    assert code.valid_until.isoformat() == "2026-12-31T17:00:00+00:00"


def test_the_parents_name_on_an_insurance_card_is_dropped() -> None:
    mother = payloads.hexed("Trần Thị Mẹ")
    assert mother in payloads.BHYT_NEW
    kept = person(payloads.BHYT_NEW)
    assert "Mẹ" not in "".join(getattr(kept, fact) for fact in Person.__dataclass_fields__)


@pytest.mark.parametrize("broken", ["4e67757", "zz", "c3", "4e67ff"])
def test_hex_that_does_not_decode_loses_only_that_field(broken: str) -> None:
    code = classify(f"HS4540199999999|{broken}|01/02/1999|2|-|54 - 028|-|-|-|$")
    assert code.warnings == ("unreadable-name",)
    assert code.keys == ("bhyt:0199999999",)


def test_hex_in_either_case_and_a_number_alone_are_read() -> None:
    name = payloads.hexed("Nguyễn Văn A")
    for text in (name, name.upper()):
        assert person(f"hs4540199999999|{text}|1999|1|-|-|-|-|-|$").name == "Nguyễn Văn A"
    assert classify("HS4540199999999").keys == ("bhyt:0199999999",)


def test_a_citizens_number_in_the_place_of_the_insurance_number_counts_as_that() -> None:
    name = payloads.hexed("Nguyễn Thị Ví Dụ")
    code = classify(f"054199012345|{name}|01/02/1999|2|-|54 - 028|01/01/2026|-|-|$")
    assert (code.kind, code.keys) == ("bhyt", ("number:054199012345",))


@pytest.mark.parametrize("name", [*HIGHLAND, "Đỗ Ỷ Ẫn", "Nguyễn Lê Thị Ánh Hồng Ngọc Như Ý"])
@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_names_come_out_as_nfc_of_what_was_encoded(name: str, form: str) -> None:
    shown = unicodedata.normalize(form, name)  # type: ignore[arg-type]
    exact = unicodedata.normalize("NFC", name)
    for text in (
        f"054199012345||{shown}|01021999|Nữ|{shown}|22062022",
        f"|{shown}|1999-02-01|0|162979388586171100|",
    ):
        assert person(text).name == exact
    assert person(f"054199012345||A|01021999|Nữ|{shown}|22062022").address == exact


names = st.text(
    st.sampled_from("aăâbcdđeêghiklmnoôơpqrstuưvxyñčŭŏĭĕƀàảãáạằẳẵắặÂĐƠỷỹ' "),
    min_size=1,
    max_size=40,
).filter(lambda name: bool(name.strip()) and any(c.isalpha() for c in name))
digits = st.integers(0, 999_999).map("{:06d}".format)


@given(
    name=names,
    tail=digits,
    day=st.dates(min_value=dt.date(1900, 1, 1), max_value=dt.date(2099, 12, 31)),
    woman=st.booleans(),
)
def test_every_card_that_agrees_with_itself_is_read_without_warning(name, tail, day, woman) -> None:
    century = 2 * (day.year // 100 - 19) + woman
    number = f"054{century}{day.year % 100:02d}{tail}"
    sex = "Nữ" if woman else "Nam"
    code = classify(f"{number}||{name}|{day:%d%m%Y}|{sex}|Phú Yên|22062022")
    assert code.person is not None
    assert code.warnings == ()
    assert code.person.name == unicodedata.normalize("NFC", name).strip()
    assert code.person.birth == f"{day:%Y-%m-%d}"
    assert code.person.number == number
