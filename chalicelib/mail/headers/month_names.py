"""Month names as mail programs write them in some forty languages: long and short, in each grammatical case used in
dates."""

from __future__ import annotations

import unicodedata

_NAMES = (
    "jan january januar jänner jän janvier janv enero ene gennaio gen januari janeiro stycznia sty "
    "styczeń января янв січня січ ocak oca tammikuuta tammik ledna leden január ianuarie ian ιανουαρίου "
    "ιαν jaanuar jaan siječnja sij siječanj януари јануар јан janvāris sausio saus gener urtarrila janúar "
    "ינואר בינואר يناير",
    "feb february februar février fév févr febrero febbraio februari fevereiro fev lutego lut luty "
    "февраля фев февр лютого лют şubat şub helmikuuta helmik února únor unor február februarie "
    "φεβρουαρίου φεβ veebruar veebr veljače velj vel veljača февруари фебруар феб februāris vasario vas "
    "febrer otsaila febrúar פברואר בפברואר فبراير",
    "mar march märz mrz mär mars marts marzo maart mrt março marca marzec марта март мар березня берез "
    "бер mart maaliskuuta maalisk března březen marec március márc martie μαρτίου μαρ märts ožujka ožu "
    "ožujak kovo març martxoa maret מרץ במרץ مارس",
    "apr april avril avr abril abr aprile kwietnia kwi kwiecień апреля апр април квітня квіт кві nisan "
    "nis huhtikuuta huhtik dubna duben dub április ápr aprilie απριλίου απρ aprill travnja tra travanj "
    "aprīlis balandžio bal apríl אפריל באפריל أبريل",
    "may mai mayo maggio mag mei maio maja maj мая май травня трав тра mayıs toukokuuta toukok května "
    "květen kvě május máj μαΐου μαϊ μάι svibnja svi svibanj мај maijs gegužės geg maig maí מאי במאי مايو",
    "jun june juni juin junio giugno giu junho czerwca cze czerwiec июня июн червня черв чер haziran haz "
    "kesäkuuta kesäk června červen čvn június jún iunie iun ιουνίου ιουν juuni lipnja lipanj юни јун "
    "jūnijs birželio birž juny júní יוני ביוני يونيو",
    "jul july juli juillet juil julio luglio lug julho lipca lip lipiec июля июл липня лип temmuz tem "
    "heinäkuuta heinäk července červenec čvc július júl iulie iul ιουλίου ιουλ juuli srpnja srpanj юли "
    "јул jūlijs liepos liep juliol júlí יולי ביולי يوليو",
    "aug august août aoû agosto ago augustus augusti sierpnia sie sierpień августа авг август серпня серп "
    "сер ağustos ağu elokuuta elok srpna srpen srp augusztus αυγούστου αυγ avgust avg kolovoza kol "
    "kolovoz augusts rugpjūčio rugp agost ágúst agustus agu agt אוגוסט באוגוסט أغسطس",
    "sep sept september septembre septiembre settembre set setembro września wrz wrzesień сентября сен "
    "сент вересня верес вер eylül eyl syyskuuta syysk září zář szeptember szept septembrie σεπτεμβρίου "
    "σεπ rujna ruj rujan септември септембар сеп septembris rugsėjo rugs setembre ספטמבר בספטמבר سبتمبر",
    "oct october oktober okt octobre octubre ottobre ott outubro out października paź październik октября "
    "окт жовтня жовт жов ekim eki lokakuuta lokak října říjen říj október octombrie οκτωβρίου οκτ "
    "oktoober oktobra октомври октобар oktobris spalio spal אוקטובר באוקטובר أكتوبر",
    "nov november novembre noviembre novembro listopada lis listopad ноября ноя нояб листопада лист kasım "
    "kas marraskuuta marrask listopadu noiembrie noi νοεμβρίου νοε studenoga studenog stu studeni ноември "
    "новембар нов novembris lapkričio lapkr nóvember נובמבר בנובמבר نوفمبر",
    "dec december dezember dez décembre déc diciembre dic dicembre dezembro grudnia gru grudzień декабря "
    "дек грудня груд гру aralık ara joulukuuta jouluk prosince prosinec pro decembrie δεκεμβρίου δεκ "
    "detsember dets prosinca декември децембар decembris gruodžio gruod desembre desember des דצמבר "
    "בדצמבר ديسمبر",
)
_MONTHS = {name: number for number, names in enumerate(_NAMES, 1) for name in names.split()}
# Some Croatian names mean other months in Polish and Czech. Croatian dates have a dot after the day.
_AFTER_A_DOT = {"listopada": 10, "listopad": 10, "lis": 10, "lip": 6, "srp": 7}


def month(name: str, dotted: bool = False) -> int | None:
    """The month's number, or None. `dotted`: the day before the name has a dot."""
    folded = unicodedata.normalize("NFC", name).lower().replace("i̇", "i").rstrip(".")
    return (_AFTER_A_DOT.get(folded) if dotted else None) or _MONTHS.get(folded)
