"""What the command line of ``pasis`` takes."""

from __future__ import annotations

import argparse

from pasis_tui import __version__
from pasis_tui.cli.swedish_parser import Parser
from pasis_tui.cli.usage_of_registers import add_register

IMPORTS = ("invoice-specification", "icd10", "kva", "referring-units", "test-numbers", "pmo")
_EPILOG = """\
Exempel:
  pasis                              öppnar övningsdatabasen (skapas första gången)
  pasis --date 2026-03-02            med ett simulerat arbetsdatum
  pasis show 040 9307142381          skriver ut patientens vårdåtaganden
  pasis show 083 9307142381 --json   samma uppgifter för program
  pasis import icd10 icd.tsv         läser in en officiell kodfil
  pasis exercise list                visar övningarna
  pasis practice reset               gör om övningsdatabasen från början
  pasis serve                        visar programmet i webbläsaren (127.0.0.1:8000)
  pasis init --database klinik.db    gör ett register, med en första administratör
  pasis users add SIGN --role clerk  lägger upp en användare i registret
  pasis --record                     spelar in det som görs i övning
  pasis replay FIL.jsonl --speed 4   spelar upp en inspelning, fyra gånger så fort
  pasis class create "Måndag fm"     gör en klass och ger ordet som deltagarna skriver
  pasis --class ek-bro-sol --learner Anna     öva som deltagare i klassen

PASIS_DATA_DIR  mapp för allt programmet skriver (databas, utkast)
PASIS_DATABASE  som --database
PASIS_FILES     den enda mapp som listor och andra filer sparas i (annars valfri)
PASIS_THEME     som --theme
PASIS_CLASS_STORE  som --store
NO_COLOR        visar utan färger
"""
_STORE = "klassförråd: SQLite-fil eller postgresql://… (annars classes.db i datamappen)"


def make_parser() -> Parser:
    """Return the parser of ``pasis`` and its sub-commands."""
    common = Parser(add_help=False)
    hidden = argparse.SUPPRESS
    common.add_argument(
        "--date", metavar="ÅÅÅÅ-MM-DD", default=hidden, help="arbetsdatum i övning (annars dagens)"
    )
    common.add_argument(
        "--database",
        metavar="SÖKVÄG|URL",
        default=hidden,
        help="SQLite-fil eller postgresql://… (annars övningsdatabasen)",
    )
    parser = Parser(
        prog="pasis",
        parents=[common],
        description="PASiS för vårdval psykoterapi: numrerade bilder, tangentbord, övning.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--version", action="version", version=f"pasis {__version__}", help="visa versionen"
    )
    parser.add_argument(
        "--theme",
        choices=("pasis", "ljus", "ansi"),
        help="färger: pasis (mörkt), ljus, ansi (terminalens egna)",
    )
    parser.add_argument(
        "--record",
        action="store_true",
        help="spela in det som görs i övning, i mappen recordings (se pasis replay)",
    )
    parser.add_argument(
        "--edition",
        choices=("2025", "2026"),
        help="anvisningens utgåva, i övning: dagens datum det året, utan --date",
    )
    parser.add_argument(
        "--read-only",
        action="store_true",
        help="läs bara, också en kopia eller ett reservsystem; läsningarna loggas i datamappen."
        " För programmet och serve, inte för andra kommandon",
    )
    parser.add_argument("--mouse", action="store_true", help="ta emot musklick")
    parser.add_argument("--class", dest="class_word", metavar="ORD", help="gå med i klassen")
    parser.add_argument("--learner", metavar="NAMN", help="ditt namn i klassen")
    parser.add_argument("--store", metavar="FIL|URL", default=hidden, help=_STORE)
    commands = parser.add_subparsers(dest="command", metavar="KOMMANDO")
    show = commands.add_parser(
        "show",
        parents=[common],
        help="skriv ut vad en bild visar",
        description="Skriver ut vad bilden skulle visa, med samma behörighet, och loggar det.",
    )
    screens = ("014", "040", "048", "083", "184")
    show.add_argument("screen", metavar="BILD", choices=screens, help=", ".join(screens))
    show.add_argument("identity", nargs="?", metavar="PERSONNUMMER", help="10 eller 12 siffror")
    _add_actor(show)
    show.add_argument("--visit", type=int, metavar="ID", help="besök för 184 (annars det senaste)")
    show.add_argument(
        "--protected-reason",
        metavar="ORSAK",
        help="visa skyddade personuppgifter; orsaken loggas",
    )
    show.add_argument("--json", action="store_true", help="som JSON")
    export = commands.add_parser("export", parents=[common], help="skriv en lista som Excel-fil")
    kinds = ("kontrollista", "besok")
    export.add_argument("what", metavar="LISTA", choices=kinds, help=" eller ".join(kinds))
    export.add_argument("file", metavar="FIL.xlsx", help="filen som skrivs")
    export.add_argument(
        "--list",
        choices=("fakturerade", "period"),
        default="fakturerade",
        help="vilken kontrollista (annars fakturerade)",
    )
    day = "ÅÅÅÅ-MM-DD"
    export.add_argument("--from", dest="from_date", metavar=day, default="", help="fr.o.m.")
    export.add_argument("--to", dest="to_date", metavar=day, default="", help="t.o.m.")
    export.add_argument(
        "--signature", metavar="SIGN", default="", help="bara denna vårdgivares besök"
    )
    export.add_argument("--category", metavar="KOD", default="", help="bara denna kategoris besök")
    _add_actor(export)
    export.add_argument(
        "--protected-reason",
        metavar="ORSAK",
        help="ta med skyddade personuppgifter; orsaken loggas",
    )
    bring = commands.add_parser(
        "import",
        parents=[common],
        help="läs in en fil: fakturaspecifikation, koder, remittenter, PMO",
        description="Läser in .xlsx, .csv eller .tsv. Är en rad fel införs inget (utom pmo, där"
        " varje kontakt sparas för sig); felen listas med radnummer.",
    )
    bring.add_argument("what", metavar="SLAG", choices=IMPORTS, help=", ".join(IMPORTS))
    bring.add_argument("file", metavar="FIL", help="filen som läses")
    _add_actor(bring)
    drill = commands.add_parser(
        "exercise",
        parents=[common],
        help="övningar: lista, kontrollera, skriv en ny, öppna en",
        description="list: alla övningar; check FIL|MAPP: läser dem och spelar deras facit;"
        " new FIL: skriver en mall med kommentarer; from-recording FIL.jsonl: gör en övning av en"
        " inspelning; play NAMN|FIL: öppnar programmet i övningen.",
    )
    acts = ("list", "check", "new", "from-recording", "play", "expect")
    drill.add_argument("act", metavar="ÅTGÄRD", choices=acts, help=", ".join(acts[:-1]))
    drill.add_argument("what", metavar="NAMN|FIL|MAPP", nargs="?", default="", help="vilken")
    again = commands.add_parser(
        "replay",
        help="spela upp en inspelning",
        description="Spelar upp det som pasis --record spelade in, på en kopia av övningsdatabasen"
        " som inspelningen började i. Efteråt är tangentbordet ditt.",
    )
    again.add_argument("file", metavar="FIL.jsonl", help="inspelningen, i mappen recordings")
    again.add_argument(
        "--speed", metavar="TAL", default="1", help="hur många gånger så fort (annars 1)"
    )
    practice = commands.add_parser("practice", parents=[common], help="övningsdatabasen")
    practice.add_argument(
        "act", metavar="ÅTGÄRD", choices=("reset",), help="reset: gör om den från början"
    )
    practice.add_argument(
        "--seed", type=int, metavar="TAL", default=1, help="samma tal ger samma data"
    )
    _add_upkeep(commands, common)
    _add_serve(commands, common)
    _add_downtime(commands, common)
    add_register(commands, common)
    _add_audit(commands, common)
    _add_classes(commands)
    return parser


def _add_actor(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--unit", metavar="KOD", help="enhet (annars övningsenheten)")
    parser.add_argument("--user", metavar="SIGN", help="logga in (utanför övningsdatabasen)")


def _add_downtime(commands: argparse._SubParsersAction[Parser], common: Parser) -> None:
    papers = commands.add_parser(
        "downtime",
        parents=[common],
        help="papper för när systemet är nere",
        description="Skriver dagslistan för de närmaste arbetsdagarna och tomma blanketter som PDF."
        " Varje patient på listan loggas.",
    )
    day = "ÅÅÅÅ-MM-DD"
    papers.add_argument("folder", metavar="MAPP", help="mappen som de skrivs i")
    papers.add_argument("--from", dest="from_date", metavar=day, default="", help="fr.o.m. (idag)")
    papers.add_argument(
        "--to", dest="to_date", metavar=day, default="", help="t.o.m. (annars fem arbetsdagar)"
    )
    _add_actor(papers)
    papers.add_argument(
        "--protected-reason",
        metavar="ORSAK",
        help="ta med skyddade personuppgifter; orsaken loggas",
    )


def _add_upkeep(commands: argparse._SubParsersAction[Parser], common: Parser) -> None:
    store = commands.add_parser("db", parents=[common], help="databasens skötsel")
    acts = store.add_subparsers(dest="act", metavar="ÅTGÄRD", required=True)

    def act(name: str, what: str) -> Parser:
        return acts.add_parser(name, parents=[common], help=what, description=f"{what}.")

    act("upgrade", "Uppgraderar databasen till den här versionen")
    act("check", "Kontrollerar databasen")
    retain = act("retention", "Visar vad som är gammalt nog att gallras; tar inte bort något")
    retain.add_argument("--dry-run", action="store_true", help="bara visa, med slutkod 0")
    backup = act("backup", "Gör en säkerhetskopia, också medan andra arbetar")
    backup.add_argument("place", metavar="FIL|MAPP", help="ny fil, eller mappen den läggs i")
    restore = act("restore", "Återställer en säkerhetskopia till en tom plats")
    restore.add_argument("backup", metavar="FIL", help="säkerhetskopian; dit med --database")


def _add_serve(commands: argparse._SubParsersAction[Parser], common: Parser) -> None:
    serve = commands.add_parser(
        "serve",
        parents=[common],
        help="programmet i webbläsare (tillägget web)",
        description="Visar programmet i webbläsare: en session för varje flik, med samma"
        " inloggning som i en terminal. Utifrån nås det bara genom en TLS-proxy.",
    )
    serve.add_argument(
        "--class",
        dest="class_word",
        metavar="ORD",
        default=argparse.SUPPRESS,
        help="en klass: varje flik frågar efter namn",
    )
    serve.add_argument("--host", metavar="ADRESS", default="127.0.0.1", help="annars 127.0.0.1")
    serve.add_argument("--port", metavar="TAL", type=int, default=8000, help="annars 8000")
    serve.add_argument("--public-url", metavar="URL", help="adressen som webbläsaren använder")
    serve.add_argument(
        "--sessions", metavar="TAL", type=int, default=20, help="samtidiga sessioner (annars 20)"
    )
    serve.add_argument(
        "--idle",
        metavar="MINUTER",
        type=int,
        default=60,
        help="minuter utan tangenter innan en session avslutas (annars 60)",
    )


def _add_audit(commands: argparse._SubParsersAction[Parser], common: Parser) -> None:
    log = commands.add_parser(
        "audit",
        parents=[common],
        help="åtkomstloggen: kontroll, huvud, utdrag",
        description="Åtkomstloggen är en hashkedja. Spara dess huvud utanför databasen.",
    )
    acts = log.add_subparsers(dest="act", metavar="ÅTGÄRD", required=True)

    def act(name: str, what: str) -> Parser:
        return acts.add_parser(name, parents=[common], help=what, description=f"{what}.")

    verify = act("verify", "Kontrollerar att ingen rad är ändrad, borttagen eller tillagd")
    verify.add_argument(
        "--head", metavar="FIL", action="append", help="ett sparat huvud; får anges flera gånger"
    )
    verify.add_argument(
        "--since", metavar="DATUM", help="rader före denna dag är gallrade enligt reglerna"
    )
    head = act("head", "Skriver loggens huvud, att spara utanför databasen")
    head.add_argument("file", metavar="FIL", nargs="?", help="filen (annars skrivs det ut)")
    extract = act("extract", "Skriver en patients utdrag ur enhetens logg")
    extract.add_argument("identity", metavar="PERSONNUMMER", help="patientens nummer")
    extract.add_argument("file", metavar="FIL", nargs="?", help="filen (annars skrivs det ut)")
    extract.add_argument("--from", dest="from_date", metavar="DATUM", help="fr.o.m.")
    extract.add_argument("--to", dest="to_date", metavar="DATUM", help="t.o.m.")
    extract.add_argument(
        "--protected-reason",
        metavar="ORSAK",
        help="varför ett utdrag om en skyddad person skrivs; orsaken loggas",
    )
    collect = act("collect", "För in det som lästs i en kopia (pasis --read-only) i loggen")
    collect.add_argument("files", metavar="FIL", nargs="+", help="filer ur mappen readings")
    for each in (extract, collect):
        _add_actor(each)


def _add_classes(commands: argparse._SubParsersAction[Parser]) -> None:
    stored = Parser(add_help=False)
    stored.add_argument("--store", metavar="FIL|URL", default=argparse.SUPPRESS, help=_STORE)
    classes = commands.add_parser(
        "class",
        help="klasser: gör, visa, resultat, intyg",
        description="Klasser för den som lär ut. Klasstavlan är bild KT i programmet.",
    )
    acts = classes.add_subparsers(dest="act", metavar="ÅTGÄRD", required=True)

    def act(name: str, what: str) -> Parser:
        return acts.add_parser(name, parents=[stored], help=what, description=f"{what}.")

    def of_class(name: str, what: str) -> Parser:
        made = act(name, what)
        made.add_argument("word", metavar="ORD", help="klassens ord, till exempel ek-bro-sol")
        return made

    act("create", "Gör en klass och skriver dess ord").add_argument("group", metavar="NAMN")
    act("list", "Visar klasserna")
    results = of_class("results", "Visar vad deltagarna har gjort")
    results.add_argument("--xlsx", metavar="FIL", help="skriv till en Excelbok i stället")
    pages = of_class("certificates", "Skriver ett intyg som PDF för varje deltagare")
    pages.add_argument("folder", metavar="MAPP", help="mappen som intygen skrivs i")
    of_class("end", "Avslutar en klass: ingen mer kan gå med")
    of_class("remove", "Tar bort en klass och allt om den")
