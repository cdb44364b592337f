"""Words, abbreviations and acronyms whose syllables no rule of spelling gives."""

SPOKEN = {
    "Dr": 2, "Drs": 2, "Pr": 3, "M": 2, "MM": 2, "Mr": 2, "Mme": 2, "Mmes": 2, "Mlle": 4,
    "etc": 4, "tél": 3, "Tél": 3, "env": 3, "cp": 3, "cf": 2, "n°": 3, "N°": 3,
    "kg": 2, "g": 1, "mg": 3, "µg": 3, "μg": 3, "l": 1, "L": 1, "dl": 3, "cl": 3, "ml": 3, "mL": 3,
    "m": 1, "cm": 3, "mm": 3, "km": 3, "h": 1, "min": 2, "s": 2, "j": 1, "kcal": 5, "mmHg": 6,
    "%": 2, "€": 2, "°": 2, "°C": 2, "&": 1, "x": 1,
}  # fmt: skip
"""Abbreviations and units as they are said: "2 kg" is "deux kilos"."""


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


SPELT = _set(
    """
    AAH AED AES AJPA ALD APA ARS AVC AVK CAF CHU CMU DAC ECG EEG EFS ESP ETP GIR HAD HAS HTA IDE
    IMC INR IPP IRM IVG MSP OMS ORL PAI PCO RCP SOS UV VIH
    """
)
"""Acronyms that are spelt out although they hold a vowel; without one, all are."""

IRREGULAR = {
    "abbaye": 3, "abbayes": 3, "alcool": 2, "août": 1, "aout": 1, "saoul": 1, "saouls": 1,
    "faon": 1, "faons": 1, "paon": 1, "paons": 1, "taon": 1, "taons": 1, "saône": 1, "cake": 1,
    "cakes": 1, "goal": 1, "toast": 1, "toasts": 1, "shampooing": 2, "leader": 2, "leaders": 2,
    "le": 1, "de": 1,
}  # fmt: skip
"""Besides exceptions, the two that are heard at the end of a compound: "prenez-le"."""

HEARD_ENT = _set(
    """
    absent accent accident adhérent adjacent adolescent affluent agent ambivalent antécédent
    apparent ardent argent astringent auvent avent cent client cohérent compétent concurrent
    confident confluent consent conséquent content continent contingent convalescent convergent
    corpulent couvent dent décent déférent détergent différent diligent divergent effervescent
    excellent exigent éloquent éminent équivalent évident fervent flatulent fluorescent fréquent
    gent imminent imprudent impudent incandescent incident incohérent incompétent inconséquent
    incontinent indécent indifférent indigent indolent indulgent influent inhérent innocent
    insolent intelligent intermittent latent lent mécontent négligent occident omnipotent onguent
    opulent paravent parent permanent pertinent pénitent polyvalent pressent précédent présent
    président prudent purulent repent ressent récent régent résident réticent sanguinolent sent
    sergent serpent solvent somnolent souvent strident succulent talent torrent transparent
    trident turbulent urgent vent violent virulent
    """
)
"""Their final -ent is heard."""

MUTE_MENT = _set(
    """
    affament affirment aiment allument amalgament animent arment assomment assument blasphèment
    blâment briment calment charment chôment clament confirment conforment consomment consument
    costument crament déciment déclament déforment dénomment dépriment désarment diffament dorment
    embaument empaument endorment enferment enflamment enfument entament enveniment escriment
    estiment exclament expriment écument ferment filment forment fument germent gomment impriment
    infirment informent inhument intiment légitiment miment nomment oppriment palment parfument
    parsèment pâment périment plument présument priment proclament programment rament raniment
    referment rendorment renferment renomment réaniment réclament réforment répriment résument
    riment sèment sous-estiment suppriment surnomment trament transforment
    """
)
"""Verbs: their final -ment is mute."""
