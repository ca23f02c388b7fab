"""Whether two codes are one person's: by what they prove, never by the name alone.

A number, a QID or an insurance number proves it, and a code that carries two of them
links them (:attr:`kiosk.model.Person.keys`). Where a number is masked or absent, agreement
is weighed and shown as a score: the chance that it is no coincidence at a gate where
ten thousand people pass a day.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from kiosk.codes import facts
from kiosk.model import Code, Person, fold

SURE = 0.99
"""From this score on two codes count as one person's."""

_CROWD_BITS = 13.3  # 10,000 people
_DIGIT_BITS = 3.3  # a digit of the number's random part
_FIRST_RANDOM = 6  # before it stand province, century, sex and year
_PROVINCE_BITS = 1.0  # most people at a gate are from around it
_NAME_BITS = 9.0  # the commonest full names are borne by one in five hundred
_INITIALS_BITS = 5.0
_YEAR_BITS, _MONTH_BITS, _DAY_BITS = 5.5, 3.5, 4.9
_CONFLICT = -20.0
_TAILS = (3, 4)


@dataclass(frozen=True, slots=True)
class Match:
    """How surely two persons are one. ``basis`` says by what, in a stable word.

    ``number``, ``qid``, ``bhyt`` are proof (score 1); ``masked-number`` and
    ``birth-and-name`` a weighing; ``other-number`` proof of the contrary (score 0).
    """

    score: float
    basis: str

    @property
    def same(self) -> bool:
        """Whether to treat them as one person."""
        return self.score >= SURE

    @property
    def proved(self) -> bool:
        """Whether it is proved, not weighed."""
        return self.score == 1.0


def compare(one: Person, other: Person) -> Match:
    """Return how surely two persons, as two codes tell of them, are one."""
    common = set(one.keys) & set(other.keys)
    for basis in ("number", "qid", "bhyt"):
        if any(key.startswith(basis + ":") for key in common):
            return Match(1.0, basis)
    if contradicts(one.keys, other.keys):
        return Match(0.0, "other-number")
    digits = _number_bits(one.number, other.number)
    bits = digits + _birth_bits(one, other) + _name_bits(one.name, other.name)
    basis = "masked-number" if digits > 0 else "birth-and-name"
    # A name and nothing else is no evidence, however rare it is.
    if digits <= 0 and _birth_bits(one, other) <= 0:
        return Match(0.0, "nothing")
    # Never quite 1: that is kept for proof.
    return Match(min(1 / (1 + 2 ** (_CROWD_BITS - bits)), 0.9999), basis)


def contradicts(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Whether two sets of keys name two people: other citizen's or insurance numbers.

    An old identity number or a passport besides a citizen's number is no contradiction,
    and neither is a second QID.
    """
    for kind, length in (("number:", 12), ("bhyt:", 10)):
        mine, theirs = (
            {key for key in keys if key.startswith(kind) and len(key) == len(kind) + length}
            for keys in (one, other)
        )
        if mine and theirs and not mine & theirs:
            return True
    return False


def likenesses(person: Person) -> tuple[str, ...]:
    """Return weak keys, under which a person can be looked up when nothing proves more.

    Two people who share one would score :data:`SURE` or more; whoever pairs by one checks
    :func:`contradicts` and says that it was a likeness.
    """
    found = []
    words = _words(person.name)
    if len(person.birth) == 10 and len(words) > 1 and not _is_masked(person.name):
        found.append(f"born:{person.birth}:{' '.join(sorted(words))}")
    year = person.birth_year or str(facts.number_birth_year(person.number) or "")
    if year and words and len(person.number) == 12:
        shown = len(person.number) - person.number.rfind("*") - 1
        if "*" not in person.number:
            lengths: tuple[int, ...] = _TAILS
        else:
            lengths = tuple(length for length in _TAILS if length <= shown)[-1:]
        initials = fold(person.masked_name)
        found += [f"tail:{person.number[-n:]}:{year}:{initials}" for n in lengths]
    return tuple(found)


def marks(person: Person) -> tuple[str, ...]:
    """Return the likenesses under which a passage is noted, with what proves its person."""
    return tuple(f"like:{_proofs(person)}:{likeness}" for likeness in likenesses(person))


def lookups(person: Person) -> tuple[str, ...]:
    """Return the marks under which the same person may have been noted by another code.

    Only marks of passages that prove nothing which this code proves too: had the two a
    number each, they would have met by it, or are two people.
    """
    mine = _proofs(person)
    theirs = [
        noted
        for noted in ("NB", "N-", "-B", "--")
        if not any(a == b != "-" for a, b in zip(noted, mine, strict=True))
    ]
    return tuple(f"like:{noted}:{like}" for noted in theirs for like in likenesses(person))


def _proofs(person: Person) -> str:
    """Say which of the proofs that contradict each other a person's code gives."""
    whole = len(person.number) == 12 and "*" not in person.number
    return ("N" if whole else "-") + ("B" if person.bhyt else "-")


def join(person: Person, other: Person) -> Person:
    """Return one person with what either code tells; ``person``'s own facts come first."""
    number = person.number
    if not number or ("*" in number and other.number and "*" not in other.number):
        number = other.number or number
    name = other.name if not person.name or _is_masked(person.name) else person.name
    birth = max(person.birth, other.birth, key=len)
    filled = {
        fact: getattr(person, fact) or getattr(other, fact)
        for fact in ("sex", "qid", "bhyt", "phone", "address")
    }
    return replace(person, name=name or person.name, birth=birth, number=number, **filled)


def same(one: Code, other: Code) -> Match:
    """Return how surely two codes are one person's; an opaque code is its own person's."""
    if one.person is None or other.person is None:
        return Match(0.0, "nothing")
    if one.reference and (one.kind, one.reference) == (other.kind, other.reference):
        return Match(1.0, "reference")
    return compare(one.person, other.person)


def _number_bits(one: str, other: str) -> float:
    """Weigh what is visible in both of two citizen's numbers, one of them masked."""
    if len(one) != 12 or len(other) != 12 or "*" not in one + other:
        return 0.0
    bits = 0.0
    for place, (a, b) in enumerate(zip(one, other, strict=True)):
        if "*" in (a, b):
            continue
        if a != b:
            return _CONFLICT
        if place >= _FIRST_RANDOM:
            bits += _DIGIT_BITS
        elif place == 0:
            bits += _PROVINCE_BITS
    return bits


def _birth_bits(one: Person, other: Person) -> float:
    mine, theirs = (p.birth or str(facts.number_birth_year(p.number) or "") for p in (one, other))
    if not mine or not theirs:
        return 0.0
    shared = min(len(mine), len(theirs))
    if mine[:shared] != theirs[:shared]:
        return _CONFLICT
    return sum(
        bits
        for length, bits in ((4, _YEAR_BITS), (7, _MONTH_BITS), (10, _DAY_BITS))
        if shared >= length
    )


def _name_bits(one: str, other: str) -> float:
    if not one or not other:
        return 0.0
    if _is_masked(one) or _is_masked(other):
        mine, theirs = (fold(Person(name=name).masked_name) for name in (one, other))
        return _INITIALS_BITS if mine == theirs else _CONFLICT
    mine_words, their_words = _words(one), _words(other)
    if sorted(mine_words) != sorted(their_words):
        return _CONFLICT
    return _NAME_BITS if len(mine_words) > 1 else _INITIALS_BITS


def _is_masked(name: str) -> bool:
    return "*" in name or any(len(word) == 2 and word[1] == "." for word in name.split())


def _words(name: str) -> list[str]:
    return fold(name).split()
