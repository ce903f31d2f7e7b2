"""The words of classes: three short Swedish ones, without å, ä and ö so that any keyboard has them."""

from __future__ import annotations

import secrets

_TEXT = """
    al alm and apel ask bi blad blom bok bord borg bro bror brunn by dag dal damm dans dikt dill
    dis duk ek eld en fall fest fil fjord flod flygel fog folk form frost frukt gata glas
    gran gren grind grupp gryn gul hall hamn hatt hav hed hem hjort holm hus humla hund hylla is
    jord juni kaka kam karta kastanj katt klang klocka klot klubba koja kompass korg krona kulle
    lada lampa land lind linje lo loft lund lupin maj mark mask mejsel moln mosse mur natt nyckel
    oktober orm ost paket palm park penna plats plommon pil port post prisma punkt rad
    regn ren ring ris ros rot runa saft sal salvia sand segel sida sil skog skrift skuta sky sol
    sommar sparv spel spets stad sten stig stol strand svan syren tak tall tand tegel tid timjan
    torg torn trast trumma tuva ull vall varg vas vete vik vind vinter vit vy
"""
WORDS = tuple(_TEXT.split())


def class_word() -> str:
    """Return a word such as ``ek-bro-sol``; a million and more of them can be had."""
    return "-".join(secrets.choice(WORDS) for _ in range(3))
