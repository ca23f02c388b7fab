"""How Vietnamese syllables are written: which beginnings, which ends, and what may become one.

The ends are those of the school rules and the names in use; tones are left out. Names and
places of the Central Highlands have more of both, in the Latin writing of the Ê-đê, Gia Rai,
Ba Na, Mnông and Cơ Ho: Kbuôr, Mlô, Krông, Đắk.
"""

from __future__ import annotations

import re
import unicodedata

_ONSETS = """
b c ch d đ g gh gi h k kh l m n ng ngh nh p ph q qu r s t th tr v x
"""
ONSETS = frozenset(("", *_ONSETS.split()))
"""Beginnings of syllables; a bare ``q`` only while typing."""

_RIMES = """
a ac ach ai am an ang anh ao ap at au ay ăc ăm ăn ăng ăp ăt âc âm ân âng âp ât âu ây
e ec em en eng eo ep et ê êch êm ên ênh êp êt êu i ia ich im in inh ip it iu
iêc iêm iên iêng iêp iêt iêu o oc oi om on ong op ot ooc oong oa oac oach oai oam oan
oang oanh oao oap oat oay oăc oăm oăn oăng oăt oe oem oen oeo oet ô ôc ôi ôm ôn ông ôp ôt
ơ ơi ơm ơn ơp ơt u ua uc ui um un ung up ut uâc uân uâng uât uây uê uêch uên uênh uêt
uêu uơ uôc uôi uôm uôn uông uôt uy uya uych uyn uynh uyp uyt uyu uyên uyêt ư ưa ưc ưi
ưm ưn ưng ưt ưu ươc ươi ươm ươn ương ươp ươt ươu y yêm yên yêng yêt yêu uao uau uăc
uăm uăn uăng uăp uăt uac uach uai uam uan uang uanh uap uat uay ue uen ueo uet uec
uem ueng uep uêm uêp uơm uơt uot uon uong
"""
RIMES = frozenset(_RIMES.split())
"""Ends of syllables as written; those in ``ua…`` and ``ue…`` stand after q alone."""


def _unmarked(rime: str) -> set[str]:
    """Return a rime with any of its marks still to come: ``iê`` is first struck ``ie``."""
    found = {""}
    for letter in rime:
        bare = unicodedata.normalize("NFD", letter)[0]
        found = {begun + ending for begun in found for ending in (letter, bare)}
    return found


_BEGUN = frozenset(
    begun
    for rime in RIMES
    for length in range(1, len(rime) + 1)
    for begun in _unmarked(rime[:length])
)


_CLUSTERS = re.compile(
    """
    bh? | bl | br | bk r? | by | č | dj | dl | đ? [dl] r | đr | gl | gr | h[bđdglmnprwyj] | hm l? |
    j r? | k[bčcdđgjlmnñprstwy] | lh | m[bdđghjklnprty] | m[đd]r | nđ | ñ | p[lrny] |
    r[bcdđghjklmnpstwy] | rch | s[dđlrmt] | sdr | t[lwy] | w
""",
    re.VERBOSE,
)
_CODAS = ("k", "l", "r", "h")
_HIGHLAND = [
    nucleus + coda
    for nucleus in ("a", "ă", "â", "e", "ê", "i", "o", "ô", "ơ", "u", "ư", "iê", "ua", "uê", "ui",
                    "uô", "ươ")
    for coda in _CODAS
]  # fmt: skip
_HIGHLAND_BEGUN = _BEGUN | {
    begun
    for rime in _HIGHLAND
    for length in range(1, len(rime) + 1)
    for begun in _unmarked(rime[:length])
}
TONED_HIGHLAND = frozenset({"ăk", "âk", "êk", "ôk", "uk"})
"""Their ends that bear a tone in names of places: Đắk Lắk, Krông Búk, Sê Rê Pốk."""


def highland(onset: str, rime: str) -> bool:
    """Whether this can become a syllable of the Central Highlands; these have no tones."""
    known = onset in ONSETS or _CLUSTERS.fullmatch(onset) is not None
    return known and (not rime or rime in _HIGHLAND_BEGUN)


def begun(onset: str, rime: str) -> bool:
    """Whether this can still become a syllable; marks that are missing may yet be struck."""
    if not rime:
        return any(known.startswith(onset) for known in ONSETS)
    if onset in ("qu", "gi"):  # their vowel belongs to both parts: quốc, giếng
        return rime in _BEGUN or f"{onset[1]}{rime}" in _BEGUN
    if rime in TONED_HIGHLAND:
        return highland(onset, rime)
    return onset in ONSETS and rime in _BEGUN
