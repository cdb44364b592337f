"""Syllables of French words, counted by hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.education.readability import syllables
from portal.education.readability.numerals import numeral_syllables

# Counted by the ear, not taken from a lexicon: a hyphen stands where somebody who reads aloud
# carefully begins a new syllable. Each must come out exactly.
HEARD = """
le je que les des est eau cœur coeur corps main bras jambe tête ventre dent bouche œil yeux œuf
bœuf sœur fille femme homme fils cinq huit trois quatre mille pluie nuit bruit fruit huile oui
bien rien chien tiens ciel miel fier hier lieu mieux vieux roi loi voix doigt soin loin point pain
faim train plein sein peau beau jeu feu bleu queue roue joue boue rue vue vie craie paie paye
feuille œuvre seuil ail rail paille vieil vieille lion pied viande nuage juin jouer tuer lueur
ouest fouet jouet août paon Jean Georges geai langue longue bague banque risque presque table
sucre livre autre sable ongle peuple parlent mangent prennent viennent aiment dorment voient
croient jouent tuent plaît brûle style type cycle geôle guerre crie souhait

ta-bleau chouette ai-der al-ler man-ger bou-ger mar-cher dou-leur sa-voir é-té é-tait pi-tié
moi-tié a-mi a-mie a-mies i-dée an-née jour-née soi-rée ma-tin mai-son sai-son poi-son pa-tient
cli-ent ré-cent ac-cent pa-rent ar-gent mo-ment sou-vent con-tent ab-sent ab-sents ta-lent ur-gent
pré-sent ser-pents paie-ment doc-teur san-té fièvre ten-sion ca-mion mil-lion ques-tion pas-sion
cri-er tri-angle tri-o cru-el flu-or trou-er plu-vieux ca-hier pa-piers ou-blient ré-el cré-er
gé-ant cré-ée po-ème po-ète cha-os bo-a ma-ïs na-ïf No-ël ha-ïr ou-vert fa-ïence pa-ïen ai-guë
pa-yer vo-yage cra-yon tu-yau no-yau vo-yons ro-yal pa-ys ya-ourt sty-lo hy-giène tra-vail
bou-teille fau-teuil feui-llet ac-cueil or-gueil bi-llet jui-llet ai-guille mi-lieu mon-sieur
fa-tigue gué-rir gui-chet pi-geon man-geons ven-geance bour-geois bou-geait
de-hors tra-hir pe-tit fe-nêtre de-main mo-yen al-cool gre-nouille tra-vaille

in-fir-mier in-fir-mière phar-ma-cie phar-ma-cien ma-la-die ma-lade mé-de-cin mé-de-cine
ac-ci-dent trai-te-ment len-te-ment seu-le-ment pan-se-ment gon-fle-ment o-pé-rer œ-dème fœ-tus
œ-so-phage ou-bli-er ou-vri-er ta-bli-er fé-vri-er san-gli-er ou-blie-ra thé-âtre o-cé-an i-dé-al
vi-dé-o a-é-rer ré-u-nion ré-a-gir ca-ca-o pha-ra-on o-a-sis ca-no-ë am-bi-guë é-go-ïste
en-nu-yeux es-su-yer ha-bi-ller fa-mille ac-cueil-lir é-cu-reuil gui-tare fa-ti-guer qua-li-té
quo-ti-dien vé-hi-cule sa-me-di a-che-ter ap-pe-ler main-te-nant bou-le-vard tra-vai-ller
é-tu-dier zo-o-lo-gie as-seoir brouil-lard bâil-ler oeil oe-dème oe-so-phage foe-tus où poêle
dia-bète car-diaque hô-pi-tal ur-gence or-don-nance com-pri-mé

mé-di-ca-ment heu-reu-se-ment ra-pi-de-ment re-mer-cie-ment vi-ta-mine in-su-line gly-cé-mie
o-pé-ra-tion é-du-ca-tion res-pi-ra-tion co-o-pé-rer co-or-don-ner eu-ro-pé-en co-ïn-ci-dence
hé-ro-ïne é-vé-ne-ment ex-tra-or-di-naire hos-pi-ta-li-sa-tion ki-né-si-thé-ra-peute
"""

OTHERWISE_WRITTEN = {
    # What stands apart, is elided or is joined.
    "l’eau": 1, "l'eau": 1, "L’eau": 1, "qu’il": 1, "Qu’elle": 1, "jusqu’à": 2, "d’accord": 2,
    "aujourd’hui": 3, "quelqu’un": 2, "N’attendez": 3, "l’été": 2, "c’est": 1, "s’il": 1,
    "rendez-vous": 3, "peut-être": 2, "a-t-il": 2, "est-ce": 1, "prenez-le": 3, "au-dessus": 3,
    "week-end": 2, "grand-mère": 2, "petit-déjeuner": 5, "est\u2011ce": 1, "T-shirt": 2,
    "zoo": 1, "pays": 2, "paysage": 3, "paysan": 3, "dépaysé": 4, "abbaye": 3, "moelle": 1,
    "ÉTÉ": 2, "cafe\u0301": 2, "poe\u0302le": 1, "mé\u00adde\u00adcin": 3,
    # Spelt letter by letter, or read as a word.
    "IRM": 3, "AVC": 3, "HTA": 3, "ETP": 3, "CPTS": 4, "INR": 3, "SMS": 3, "TV": 2, "WWF": 7,
    "SAMU": 2, "COVID": 2, "EHPAD": 2, "EAU": 1, "C": 1, "B12": 2, "COVID-19": 4,
    # As they are said.
    "kg": 2, "mg": 3, "ml": 3, "cm": 3, "h": 1, "g": 1, "%": 2, "€": 2, "°C": 2, "mmHg": 6,
    "Dr": 2, "M": 2, "Mme": 2, "Mlle": 4, "Pr": 3, "etc": 4, "n°": 3,
    "2": 1, "14": 2, "14h30": 4, "2kg": 3, "1er": 2, "2e": 2, "3ème": 2, "1,5": 4, "10 000": 2,
    "quatre-vingts": 3, "quatre-vingt-dix": 4,
}  # fmt: skip

NUMBERS = {
    "0": 2, "1": 1, "10": 1, "16": 1, "17": 2, "20": 1, "21": 3, "22": 2, "31": 3, "40": 2, "55": 3,
    "61": 4, "70": 3, "71": 4, "77": 4, "80": 3, "81": 4, "91": 4, "99": 5, "100": 1, "101": 2,
    "112": 2, "200": 2, "365": 5, "1000": 1, "1200": 3, "1958": 6, "2000": 2, "2026": 4,
    "10000": 2, "80000": 4, "1000000": 3, "2500000": 6, "1000000000": 3, "06": 3, "00": 4,
    "0,5": 5, "36.6": 5, "1,05": 6, "1234567890123": 14,
}  # fmt: skip


def divided() -> list[str]:
    return HEARD.split()


def test_words_counted_by_hand() -> None:
    assert len(divided()) >= 300
    wrong = {
        entry: counted
        for entry in divided()
        if (counted := syllables(entry.replace("-", ""))) != entry.count("-") + 1
    }
    assert wrong == {}


@pytest.mark.parametrize(("written", "count"), OTHERWISE_WRITTEN.items())
def test_words_otherwise_written(written: str, count: int) -> None:
    assert syllables(written) == count


@pytest.mark.parametrize(("digits", "count"), NUMBERS.items())
def test_numbers(digits: str, count: int) -> None:
    assert numeral_syllables(digits) == count


@pytest.mark.parametrize(
    ("singular", "plural"),
    [("accident", "accidents"), ("table", "tables"), ("idée", "idées"), ("cheval", "chevaux")],
)
def test_the_plural_has_as_many(singular: str, plural: str) -> None:
    assert syllables(singular) == syllables(plural)


def test_ent_is_heard_in_nouns_and_mute_in_verbs() -> None:
    heard = "moment argent président couvent médicament"
    mute = "prennent mangent calment consomment"
    assert [syllables(word) for word in heard.split()] == [2, 2, 3, 2, 4]
    assert [syllables(word) for word in mute.split()] == [1, 1, 1, 2]


# Known to come out wrong, said in one, two and two syllables. Of all words counted by hand
# together, these among them, the count is at most two in a hundred off.
WRONG = {"coach": 1, "baseball": 2, "briefing": 2}


def test_the_whole_is_within_two_in_a_hundred() -> None:
    by_hand = {entry.replace("-", ""): entry.count("-") + 1 for entry in divided()}
    by_hand |= OTHERWISE_WRITTEN | WRONG
    counted = sum(map(syllables, by_hand))
    assert counted != sum(by_hand.values())
    assert counted == pytest.approx(sum(by_hand.values()), rel=0.02)


@given(st.text(max_size=60))
def test_any_word_has_at_least_one(word: str) -> None:
    assert syllables(word) >= 1
