"""Person fields at rest and the tags that find them."""

from __future__ import annotations

import os
import uuid
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub import keys
from hub.errors import HubError
from hub.home import Home
from hub.intake.vault import Vault, mask

HOME = Home(Path(os.environ["HOME"]) / "vault")
HOME.folder.mkdir(exist_ok=True)
VAULT = Vault(keys.load(HOME))
ENTRY = uuid.UUID(int=7)
PERSON = {"name": "Nguyễn Thị Ví Dụ", "birth": "1999-02-01", "number": "054199012345"}

contents = st.dictionaries(
    st.text(max_size=5),
    st.one_of(st.text(max_size=90), st.integers(-(2**63), 2**64 - 1), st.binary(max_size=99)),
)


@given(contents)
def test_what_is_boxed_comes_out_again_and_does_not_show(content: dict[str, object]) -> None:
    box = VAULT.box(content, ENTRY)
    assert VAULT.unbox(box, ENTRY) == content
    assert (len(box) - 4 - 12 - 16) % 64 == 0


def test_a_box_opens_only_in_its_own_row() -> None:
    box = VAULT.box(PERSON, ENTRY)
    with pytest.raises(HubError, match="altered"):
        VAULT.unbox(box, uuid.UUID(int=8))
    with pytest.raises(HubError, match="altered"):
        VAULT.unbox(box[:-1] + bytes([box[-1] ^ 1]), ENTRY)


def test_a_box_of_a_lost_key_says_so() -> None:
    box = VAULT.box(PERSON, ENTRY)
    with pytest.raises(HubError, match="keys folder"):
        VAULT.unbox(b"none" + box[4:], ENTRY)


def test_after_a_new_key_old_rows_open_and_are_found_and_new_ones_use_it(tmp_path: Path) -> None:
    home = Home(tmp_path)
    old = Vault(keys.load(home))
    box, tags = old.box(PERSON, ENTRY), old.tags(PERSON)
    for kind in ("data", "tags"):
        keys.add(home, kind)
    new = Vault(keys.load(home))
    assert new.unbox(box, ENTRY) == PERSON
    assert new.box(PERSON, ENTRY)[:4] != box[:4]
    assert tags["number"] in new.search("number", PERSON)
    assert new.tags(PERSON)["number"] in new.search("number", PERSON)
    assert new.tags(PERSON)["number"] != tags["number"]


@pytest.mark.parametrize(
    ("field", "one", "other"),
    [
        ("name", {"name": "NGUYEN THI VI DU", "birth": "1999"}, PERSON),
        ("name", {"name": "Hoà Thuý", "birth": "2001-05"}, {"name": "Hòa Thúy", "birth": "2001"}),
        ("phone", {"phone": "+84 900 000 001"}, {"phone": "0900000001"}),
        ("number", {"number": "c1234567 "}, {"number": "C1234567"}),
    ],
)
def test_one_person_written_in_two_ways_is_found(
    field: str, one: dict[str, str], other: dict[str, str]
) -> None:
    assert VAULT.tags(other)[field] in VAULT.search(field, one)


def test_a_masked_number_and_a_name_without_a_year_find_nobody() -> None:
    assert VAULT.search("number", {"number": "0541****2345"}) == []
    assert VAULT.search("name", {"name": "Nguyễn Thị Ví Dụ"}) == []
    assert not any(VAULT.tags({}).values())


def test_equal_values_of_two_fields_have_different_tags() -> None:
    tags = VAULT.tags({"number": "123456789", "qid": "123456789"})
    assert tags["number"] != tags["qid"]


def test_a_mask_holds_no_more_than_short_name_sex_and_year() -> None:
    full = {**PERSON, "sex": "female", "phone": "0900000001", "address": "Hòa Thắng"}
    assert mask(full) == {"name": "N. T. V. Dụ", "sex": "female", "birth_year": "1999"}
