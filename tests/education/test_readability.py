"""Readability: sentences, the score of Kandel and Moles, and the words outside the plain list."""

import importlib.util
import math
import time
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.education.readability import Difficulty, Level, Span, measure, plain
from portal.education.readability.measure import kandel_moles, level_of
from portal.education.readability.plain import is_plain
from portal.education.readability.sentences import sentences, words

# Counted by hand, word by word, as somebody reads it aloud slowly.
COUNTED = (
    # Se pe-ser chaque ma-tin
    ("Se peser chaque matin", 4, 6),
    # Quand le cœur se fa-tigue l’eau reste dans le corps
    ("Quand le cœur se fatigue, l’eau reste dans le corps.", 10, 11),
    # Les che-villes gonflent le souffle de-vient court et le poids monte
    ("Les chevilles gonflent, le souffle devient court et le poids monte.", 11, 13),
    # Pe-sez-vous chaque ma-tin à jeun a-près être al-lé aux toi-lettes
    ("Pesez-vous chaque matin, à jeun, après être allé aux toilettes.", 10, 16),
    # No-tez le chiffre dans un car-net ou sur votre té-lé-phone
    ("Notez le chiffre dans un carnet ou sur votre téléphone.", 10, 14),
    # Si vous pre-nez deux ki-los en trois jours ap-pe-lez le doc-teur Mar-tin le jour même
    ("Si vous prenez 2 kg en 3 jours, appelez le Dr. Martin le jour même.", 15, 21),
    # N’at-ten-dez pas le pro-chain ren-dez-vous
    ("N’attendez pas le prochain rendez-vous !", 5, 10),
    # Je me sens bien dit sou-vent Ma-dame Mo-reau
    ("« Je me sens bien », dit souvent Mme Moreau.", 8, 11),
    # Pour-tant une prise de poids ra-pide est le pre-mier signe
    ("Pourtant, une prise de poids rapide est le premier signe.", 10, 13),
    # Man-gez moins de sel un-vir-gule-cinq gramme suf-fit dans la soupe
    ("Mangez moins de sel : 1,5 g suffit dans la soupe.", 10, 15),
    # Pre-nez votre mé-di-ca-ment à huit heures trente a-vec le pe-tit-dé-jeu-ner
    ("Prenez votre médicament à 8 h 30 avec le petit-déjeuner.", 10, 19),
    # Les in-fir-miers les phar-ma-ciens et les mé-de-cins vous aident vo-lon-tiers
    ("Les infirmiers, les pharmaciens et les médecins vous aident volontiers.", 10, 18),
    # Vous n’êtes pas seule
    ("Vous n’êtes pas seule…", 4, 4),
)
TEXT = (
    f"{COUNTED[0][0]}\n"
    f"{' '.join(text for text, _, _ in COUNTED[1:9])}\n"
    f"- {COUNTED[9][0]}\n- {COUNTED[10][0]}\n"
    f"{COUNTED[11][0]} {COUNTED[12][0]}"
)


def split(text: str) -> list[str]:
    return [sentence.text for sentence in sentences(text)]


def unfamiliar(text: str) -> list[str]:
    return [word.text for word in measure(text).unfamiliar]


def test_text_counted_by_hand() -> None:
    assert split(TEXT) == [text for text, _, _ in COUNTED]
    assert all(TEXT[one.start : one.end] == one.text for one in sentences(TEXT))
    for text, word_count, syllable_count in COUNTED:
        measured = measure(text)
        assert (text, measured.words, measured.syllables) == (text, word_count, syllable_count)
    whole = measure(TEXT)
    assert (whole.words, whole.sentences, whole.syllables) == (117, 13, 171)
    assert whole.words_per_sentence == 9
    assert whole.syllables_per_word == pytest.approx(1.4615, abs=0.0001)
    # 207 - 1.015 × 9 - 73.6 × 171/117 = 207 - 9.135 - 107.569
    assert whole.score == pytest.approx(90.296, abs=0.001)
    assert whole.level is Level.VERY_EASY


@pytest.mark.parametrize(
    ("word_count", "sentence_count", "syllable_count", "score"),
    [
        (3, 1, 4, 105.822),  # "Salut ça va ?"
        (100, 5, 150, 76.3),  # 207 - 1.015 × 20 - 73.6 × 1.5
        (100, 10, 200, 49.65),  # 207 - 1.015 × 10 - 73.6 × 2
        (240, 8, 480, 29.35),  # 207 - 1.015 × 30 - 73.6 × 2
    ],
)
def test_formula(word_count: int, sentence_count: int, syllable_count: int, score: float) -> None:
    assert kandel_moles(word_count, sentence_count, syllable_count) == pytest.approx(
        score, abs=0.01
    )


def test_short_example_end_to_end() -> None:
    # Sa-lut ça va: 3 words, 4 syllables.
    assert measure("Salut ça va ?").score == pytest.approx(105.82, abs=0.01)


@pytest.mark.parametrize(
    ("score", "level"),
    [
        (120, Level.VERY_EASY),
        (90, Level.VERY_EASY),
        (89.99, Level.EASY),
        (70, Level.EASY),
        (69.99, Level.STANDARD),
        (60, Level.STANDARD),
        (59.99, Level.DIFFICULT),
        (30, Level.DIFFICULT),
        (29.99, Level.VERY_DIFFICULT),
        (-50, Level.VERY_DIFFICULT),
    ],
)
def test_level(score: float, level: Level) -> None:
    assert level_of(score) is level


@pytest.mark.parametrize("text", ["", " \n\t\n", "… !\n—\n?", "«»"])
def test_nothing_to_read_has_no_score(text: str) -> None:
    nothing = measure(text)
    assert (nothing.words, nothing.sentences, nothing.syllables) == (0, 0, 0)
    assert (nothing.score, nothing.level, nothing.longest) == (None, None, None)
    assert (nothing.words_per_sentence, nothing.syllables_per_word) == (0, 0)


@pytest.mark.parametrize(
    "text",
    [
        "Il dort.| Elle lit.",
        "Appelez le Dr. Martin.| Il répond.",
        "M. et Mme. Durand, p. ex. le lundi, mangent du pain, etc. avec du sel.",
        "Du pain, du sel, etc.| Puis du lait.",
        "Le professeur Paul J. Martin arrive.",
        "Prenez de la vitamine C.| Elle fait du bien.",
        "Attendez 5 min. avant de boire.| Puis buvez.",
        "Il pèse 72.5 kg, ou 72,5 kg à 14 h 30.| Bien.",
        "Lisez ameli.fr ou relais.example.org ce soir.",
        "Euh… je ne sais pas…| Vous savez ?",
        "« Vous venez ? » demande-t-il.| « Oui ! »| Elle sourit.",
        "« Je viens.| Attendez-moi. »| Il part.",
        "Il crie (fort !) et part.",
        "(Il dort.)| “Elle lit.”| Bien.",
        "Quoi ?!| Non...| Si !!!",
        "Prenez : un verre ; une cuillère.",
    ],
)
def test_sentences(text: str) -> None:
    assert split(text.replace("|", "")) == [part.strip() for part in text.split("|")]


def test_each_line_is_a_sentence_without_its_list_marker() -> None:
    lines = (
        "Se peser\n- le matin\n• à jeun.\n2. sans chaussures\r\n10) puis noter\n\n  Fin \n3 fois"
    )
    assert split(lines) == [
        *("Se peser", "le matin", "à jeun.", "sans chaussures", "puis noter", "Fin", "3 fois"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "l’eau|aujourd’hui|rendez-vous|a-t-il|c’est-à-dire",
        "2|kg|1,5|g|14|h|30|14h30|10 000|10\u202f000|1\u00a0000|5|%|38|°C|n°|4",
        "HbA1c|B12|1er|COVID-19|T’as|jusqu’à",
        "cafe\u0301|nai\u0308f|porte\u00admonnaie",
    ],
)
def test_words(text: str) -> None:
    expected = text.split("|")
    assert [word.text for word in words(" , ".join(expected))] == expected


def test_hardest_sentences_say_why() -> None:
    long = "Il mange du pain " + "et du pain " * 6 + "le soir."
    hard = "La péricardite nécessite une échographie transthoracique."
    both = "L’insuffisance ventriculaire, " + "et du pain, " * 7 + "puis la péricardite."
    text = f"Il dort. {long} {both}\n{hard} Elle lit."
    found = measure(text)
    assert [(sentence.text, sentence.difficulties) for sentence in found.hardest] == [
        (hard, (Difficulty.HARD_WORDS,)),
        (both, (Difficulty.LONG, Difficulty.HARD_WORDS)),
        (long, (Difficulty.LONG,)),
    ]
    assert found.longest is not None
    assert found.longest.text == both
    assert measure("Il dort. Elle lit.").hardest == ()


def test_twenty_words_are_not_long_and_five_hardest_are_enough() -> None:
    assert measure("mot " * 20 + ".").hardest == ()
    assert len(measure(("mot " * 21 + ".\n") * 9).hardest) == 5


def test_words_outside_the_list_with_their_places() -> None:
    text = "La faim d’érythropoïétine.\nLa créatinine, c’est quoi ? La CRÉATININE."
    assert measure(text).unfamiliar == (
        Span("érythropoïétine", 10, 25),
        Span("créatinine", 30, 40),
        Span("CRÉATININE", 58, 68),
    )


def test_names_inside_a_sentence_are_passed_over() -> None:
    assert unfamiliar("Avec Nadia Haddad, allez à l’Hôtel-Dieu de Vaucluse.") == []
    assert unfamiliar("Demandez votre INR et la vitamine K.") == ["INR"]
    assert unfamiliar("Créatinine haute ? Appelez.") == ["Créatinine"]


@pytest.mark.parametrize(
    "text",
    [
        "mangez chevaux grandes pesez-vous aujourd’hui qu’elles l’eau travaux œufs oeufs",
        "prenions viendra faudrait puissiez allaient soyez ont serait fassions",
        "vienne week-ends me\u0301decin",
        "finissons choisirez vendaient répondu commençons mangeait appelle jette achète préfère",
        "paient nettoie essuierez craignez connaissent ouvert dorment envoyer reçoivent écrivez",
        "infirmières heureuses blanche sèches active gentille bonne douce nouvelle publiques",
        "lentement patiemment prudemment refaites médicaments ordonnances kinésithérapeutes",
    ],
)
def test_forms_of_plain_words_are_plain(text: str) -> None:
    assert [word for word in text.split() if not is_plain(word)] == []


def test_words_that_need_explaining_are_not_plain() -> None:
    text = (
        "péricardite créatinine ventriculaire titration diurétique iatrogène observance étiologie"
    )
    assert [word for word in text.split() if is_plain(word)] == []


def test_the_list_is_read_on_first_use(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> str:
        raise OSError("read")

    monkeypatch.setattr(Path, "read_text", refuse)
    spec = importlib.util.spec_from_file_location("fresh_plain", plain.__file__)
    assert spec is not None
    assert spec.loader is not None
    fresh = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(fresh)
    with pytest.raises(OSError, match="read"):
        fresh.is_plain("eau")


FRENCH = st.text(alphabet="aeéiouyœlrqgnts'’- .,!?…«»\n0123kg\u00a0ABM", max_size=300)


@given(st.one_of(st.text(max_size=300), FRENCH))
def test_any_text_is_measured(text: str) -> None:
    found = measure(text)
    assert (found.score is None) == (found.words == 0)
    assert found.score is None or math.isfinite(found.score)
    assert found.syllables >= found.words >= found.sentences >= 0
    spans = [*sentences(text), *found.hardest, *found.unfamiliar]
    assert all(text[span.start : span.end] == span.text for span in spans)
    starts = [(sentence.start, sentence.end) for sentence in sentences(text)]
    assert all(end <= start for (_, end), (start, _) in pairwise(starts))


@pytest.mark.parametrize(
    "piece",
    ["Il mange du pain. ", "a", "1 000 ", ". ", ".", "…»", "l’", "-", "1,", "e\u0301", "( ", "i"],
)
def test_a_long_line_takes_time_in_proportion(piece: str) -> None:
    def seconds(size: int) -> float:
        text = (piece * size)[:size]
        begun = time.process_time()
        measure(text)
        return time.process_time() - begun

    measure(piece)
    quarter = min(seconds(16_384) for _ in range(3))
    # Four times as long for four times the text, sixteen times if it were quadratic.
    assert min(seconds(65_536) for _ in range(2)) < 10 * quarter + 0.05
