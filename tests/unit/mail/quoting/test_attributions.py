"""Attributions and header blocks of today's mail clients in many languages: the words above them are the answer, at
every place where clients put them."""

import pytest

from chalicelib.mail.reading import read
from tests.unit.mail.mails import mail

# One per line. Clients of one language differ little, but the differences matter.
ATTRIBUTIONS = """
On 2 Mar 2026, at 10:00, Care <care@shop.example> wrote:
On Mar 2, 2026, at 10:00 AM, Care <care@shop.example> wrote:
Am 02.03.2026 um 10:00 schrieb Care <care@shop.example>:
Le 2 mars 2026 à 10:00, Care <care@shop.example> a écrit :
El 2 mar 2026, a las 10:00, Care <care@shop.example> escribió:
Il giorno 2 mar 2026, alle ore 10:00, Care <care@shop.example> ha scritto:
Il giorno 2 mar 2026, alle ore 10:00, Care ha scritto:
Em 2 de mar. de 2026, à(s) 10:00, Care <care@shop.example> escreveu:
No dia 02/03/2026, às 10:00, Care <care@shop.example> escreveu:
Op 2 mrt 2026, om 10:00 heeft Care <care@shop.example> het volgende geschreven:
Den 2. mar. 2026 kl. 10.00 skrev Care <care@shop.example>:
2. mars 2026 kl. 10:00 skrev Care <care@shop.example>:
2 mars 2026 kl. 10:00 skrev Care <care@shop.example>:
Care <care@shop.example> kirjoitti 2.3.2026 kello 10.00:
Wiadomość napisana przez Care <care@shop.example> w dniu 2 mar 2026, o godz. 10:00:
2. 3. 2026 v 10:00, Care <care@shop.example>:
2. 3. 2026 o 10:00, Care <care@shop.example> napísal:
Care <care@shop.example> (2026. 03. 02.) írta:
2026. márc. 2. dátummal, 10:00 időpontban Care <care@shop.example> írta:
Pe 2 mar. 2026, la 10:00, Care <care@shop.example> a scris:
2 марта 2026 г., в 10:00, Care <care@shop.example> написал(а):
2 бер. 2026 р. о 10:00 Care <care@shop.example> пише:
Στις 2 Μαρ 2026, στις 10:00 π.μ., ο/η Care <care@shop.example> έγραψε:
Care <care@shop.example> şunları yazdı (2 Mar 2026 10:00):
Care <care@shop.example> je dana 02.03.2026. u 10:00 napisao:
2026/03/02 10:00、Care <care@shop.example>のメール:
2026年3月2日 10:00，Care <care@shop.example> 写道：
Care <care@shop.example> 於 2026年3月2日 上午10:00 寫道：
2026. 3. 2. 오전 10:00, Care <care@shop.example> 작성:
เมื่อ 2 มี.ค. 2569 เวลา 10:00 Care <care@shop.example> เขียนว่า:
Vào 10:00, 2 thg 3, 2026, Care <care@shop.example> đã viết:
Pada 2 Mar 2026, pukul 10.00, Care <care@shop.example> menulis:
‏ב-2 במרץ 2026, בשעה 10:00, Care <care@shop.example> כתב/ה:
في ٢ مارس ٢٠٢٦، الساعة ١٠:٠٠ ص، كتب Care <care@shop.example>:
El 2 març 2026, a les 10:00, Care <care@shop.example> va escriure:
2 मार्च 2026 को 10:00 बजे, Care <care@shop.example> ने लिखा:
Pada 2 Mac 2026, 10:00 AM, Care <care@shop.example> menulis:
Care <care@shop.example> je 2. mar. 2026 ob 10:00 napisal/a:
На 2.03.2026 г. в 10:00 Care <care@shop.example> написа:
ในวันที่ จ. 2 มี.ค. 2026 เวลา 10:00 Care <care@shop.example> เขียนว่า:
Missatge de Care <care@shop.example> del dia dl., 2 de març 2026 a les 10:00:
सोम, 2 मार्च 2026 को 10:00 am बजे को Care <care@shop.example> ने लिखा:
در تاریخ دوشنبه ۲ مارس ۲۰۲۶، ۱۰:۰۰ Care <care@shop.example> نوشت:
пон, 2. мар 2026. у 10:00 Care <care@shop.example> је написао/ла:
pon, 2. mar 2026. u 10:00 Care <care@shop.example> je napisao/la:
На пн, 2.03.2026 г. в 10:00 Care <care@shop.example> написа:
po 2. 3. 2026 o 10:00 Care <care@shop.example> napísal(a):
V V pon., 2. mar. 2026 ob 10:00 je oseba Care <care@shop.example> napisala:
2026-03-02, pr, 10:00 Care <care@shop.example> rašė:
Care <care@shop.example> rašė 2026-03-02, pr 10:00:
Pirmd., 2026. g. 2. marts, plkst. 10:00 — lietotājs Care <care@shop.example> rakstīja:
Kuupäev E, 2. märts 2026 kell 10:00 kirjutas Care <care@shop.example>:
mán., 2. mar. 2026 kl. 10:00 skrifaði Care <care@shop.example>:
Care <care@shop.example> erabiltzaileak hau idatzi du (2026 mar. 2, al. (10:00)):
O luns, 2 de mar de 2026 ás 10:00, Care <care@shop.example> escribiu:
Vào Th 2, 2 thg 3, 2026 vào lúc 10:00 Care <care@shop.example> đã viết:
Pada Sen, 2 Mar 2026 pukul 10.00 Care <care@shop.example> menulis:
Pada Isn, 2 Mac 2026 pada 10:00 PG Care <care@shop.example> menulis:
Noong Lun, Mar 2, 2026 nang 10:00 AM, sinulat ni Care <care@shop.example>:
‫בתאריך יום ב׳, 2 במרץ 2026 ב-10:00 מאת ‪Care <care@shop.example>‬‏>:‬
في الاثنين، 2 مارس 2026 في 10:00 ص تمت كتابة ما يلي بواسطة Care <care@shop.example>:
Care <care@shop.example> 于2026年3月2日周一 10:00写道：
Care <care@shop.example> 於 2026年3月2日 週一 上午10:00寫道：
2026年3月2日(月) 10:00 Care <care@shop.example>:
Στις Δευ 2 Μαρ 2026 στις 10:00 π.μ., ο χρήστης Care <care@shop.example> έγραψε:
Mnamo Jtt, 2 Machi 2026 saa 10:00 Care <care@shop.example> aliandika:
সোম, ২ মার্চ, ২০২৬ তারিখে ১০:০০ AM টায় তারিখে Care <care@shop.example> লিখেছেন:
திங்., 2 மார்., 2026, முற்பகல் 10:00 அன்று, Care <care@shop.example> எழுதியது:
Op Ma 02 Mrt 2026 om 10:00 skryf Care <care@shop.example>:
El lun, 2 mar 2026 a la(s) 10:00 a.m., Care (care@shop.example) escribió:
On 02/03/2026 10:00, Care wrote:
On 3/2/26 10:00 AM, Care wrote:
Am 02.03.26 um 10:00 schrieb Care:
Le 02/03/2026 à 10:00, Care a écrit :
El 2/3/26 a las 10:00, Care escribió:
Il 02/03/2026 10:00, Care ha scritto:
Op 02-03-2026 om 10:00 schreef Care:
W dniu 2.03.2026 o 10:00, Care pisze:
Dne 02. 03. 26 v 10:00 Care napsal(a):
Em 02/03/2026 10:00, Care escreveu:
Às 10:00 de 02/03/2026, Care escreveu:
02.03.2026 10:00, Care пишет:
Den 2026-03-02 kl. 10:00, skrev Care:
Den 02.03.2026 kl. 10.00 skrev Care:
Den 02.03.2026 10:00, skrev Care:
Care kirjoitti 2.3.2026 klo 10.00:
2026. 03. 02. 10:00 keltezéssel, Care írta:
Dana 2. 3. 2026. u 10:00, Care je napisao/la:
Στις 2/3/26 10:00, ο/η Care έγραψε:
02.03.2026 10:00 tarihinde Care yazdı:
On 2026/03/02 10:00, Care wrote:
在 2026/3/2 10:00, Care 写道:
Care 於 2026/3/2 10:00 寫道:
2026-03-02 오전 10:00에 Care 이(가) 쓴 글:
Oseba Care je dne 2. 03. 2026 ob 10:00 napisala:
Pe 02.03.2026 10:00, Care a scris:
02.03.2026 10:00, Care пише:
На 2.03.26 г. в 10:00, Care написа:
Dňa 2. 3. 2026 o 10:00 Care napísal(a):
Care kirjutas 02.03.2026 kell 10:00:
El 2/3/26 a les 10:00, Care ha escrit:
On 02/03/2026, 10:00, "Care" <care@shop.example> wrote:
Am 02.03.26, 10:00 schrieb "Care" <care@shop.example>:
Le 02/03/2026 10:00, « Care » <care@shop.example> a écrit :
On Mon, Mar 2, 2026 at 10:00 AM +0100, "Care" <care@shop.example> wrote:
On Monday, March 2, 2026 at 10:00:00 AM GMT+1, Care <care@shop.example> wrote:
Am Montag, 2. März 2026 um 10:00:00 MEZ hat Care <care@shop.example> Folgendes geschrieben:
Le lundi 2 mars 2026 à 10:00:00 UTC+1, Care <care@shop.example> a écrit :
El lunes, 2 de marzo de 2026, 10:00:00 CET, Care <care@shop.example> escribió:
Il lunedì 2 marzo 2026 alle ore 10:00:00 CET, Care <care@shop.example> ha scritto:
Em segunda-feira, 2 de março de 2026 10:00:00 BRT, Care <care@shop.example> escreveu:
On Monday, 2 March 2026 at 10:00, Care <care@shop.example> wrote:
Am Montag, 2. März 2026 um 10:00, hat Care <care@shop.example> geschrieben:
Care <care@shop.example> schrieb am Montag, 2. März 2026 um 10:00:
Le lundi 2 mars 2026 à 10:00, Care <care@shop.example> a écrit :
2. März 2026 um 10:00 von care@shop.example:
Mar 2, 2026, 10:00 by care@shop.example:
2 Mar 2026, 10:00 by care@shop.example:
Am 02.03.26, 10:00 schrieb Care <care@shop.example>:
Dnia 2 marca 2026 10:00 Care <care@shop.example> napisał(a):
Dnia 2 marca 2026 10:00 Care &lt;care@shop.example&gt; napisał(a):
W dniu 2026-03-02 10:00:00 użytkownik Care <care@shop.example> napisał:
Понедельник, 2 марта 2026, 10:00 +03:00 от Care <care@shop.example>:
02.03.2026, 10:00, "Care" <care@shop.example>:
02.03.2026, 10:00:00, Care <care@shop.example> написал(а):
Zitat von Care <care@shop.example>:
Quoting Care <care@shop.example>:
Care <care@shop.example> a écrit :
On 2026-03-02 10:00, Care wrote:
Am 2026-03-02 10:00, schrieb Care:
Le 2026-03-02 10:00, Care a écrit :
W dniu 2026-03-02 10:00, Care napisał(a):
Dne 2026-03-02 10:00, Care napsal:
El 2026-03-02 10:00, Care escribió:
Il 2026-03-02 10:00 Care ha scritto:
Care schreef op 2026-03-02 10:00:
2026-03-02 10:00 időpontban Care ezt írta:
2026-03-02 10:00 skrev Care:
Den 2026-03-02 10:00, skrev Care:
On Monday, March 02, 2026 10:00 CET, Care <care@shop.example> wrote:
Am Montag, 02. März 2026 10:00 CET, schrieb Care <care@shop.example>:
Care <care@shop.example> hat am 02.03.2026 10:00 CET geschrieben:
On 03/02/2026 10:00 AM CET Care <care@shop.example> wrote:
Le 02/03/2026 10:00 CET, Care <care@shop.example> a écrit :
On Monday, March 2, 2026 10:00:00 AM CET Care wrote:
Am Montag, 2. März 2026, 10:00:00 CET schrieb Care:
On Mon, 2026-03-02 at 10:00 +0100, Care wrote:
Am Montag, dem 02.03.2026 um 10:00 +0100 schrieb Care:
Le lundi 02 mars 2026 à 10:00 +0100, Care a écrit :
On Mon, Mar 02, 2026 at 10:00:00AM +0100, Care wrote:
* Care <care@shop.example> [2026-03-02 10:00]:
On 2 March 2026 10:00:00 CET, Care <care@shop.example> wrote:
Am 2. März 2026 10:00:00 MEZ schrieb Care <care@shop.example>:
Le 2 mars 2026 10:00:00 GMT+01:00, Care <care@shop.example> a écrit :
Mar 2, 2026 10:00:00 AM Care <care@shop.example>:
02.03.2026 10:00:00 Care <care@shop.example>:
---- On Mon, 02 Mar 2026 10:00:00 +0100 Care <care@shop.example> wrote ---
On 2 Mar 2026 at 10:00 +0100, Care <care@shop.example>, wrote:
Am 2. März 2026, 10:00 +0100 schrieb Care <care@shop.example>:
On Mon, Mar 02, 2026 at 10:00 AM, Care < care@shop.example > wrote:
On Mon, Mar 2 at 10:00 AM , Care <care@shop.example> wrote:
On March 2, 2026, Care <care@shop.example> wrote:
Care <care@shop.example> wrote:
On March 2, 2026 at 10:00:00 AM, Care (care@shop.example) wrote:
On Mar 2, 2026, 10:00, at 10:00, Care <care@shop.example> wrote:
On 2 Mar 2026 10:00, at 10:00, Care <care@shop.example> wrote:
In a message dated 3/2/2026 10:00:00 AM Central Standard Time, care@shop.example writes:
Le 02/03/26, Care<care@shop.example> a écrit :
Il 02/03/2026 10:00 CET Care <care@shop.example> ha scritto:
Care ---02.03.2026 10:00:00---Hello
At 2026-03-02 10:00:00, "Care" <care@shop.example> wrote:
在 2026-03-02 10:00:00，"Care" <care@shop.example> 写道：
On 2 Mar 2026 at 10:00, Care wrote:
On Mar 2 2026, at 10:00 am, Care <care@shop.example> wrote:
On 2 March 2026 at 10:00:00, Care (care@shop.example) wrote:
Am 2. März 2026 um 10:00:00, Care (care@shop.example) schrieb:
On Mar 2, 2026 at 10:00 AM, <Care> wrote:
""".strip().split("\n")
BLOCKS = """
------- Original Message -------
On Monday, March 2nd, 2026 at 10:00 AM, Care <care@shop.example> wrote:

Gesendet: Montag, 02. März 2026 um 10:00 Uhr
Von: "Care" <care@shop.example>
An: jo@example.com
Betreff: Re: Lampe

--
Diese Nachricht wurde von meinem Android Mobiltelefon mit WEB.DE Mail gesendet.
Am 02.03.26, 10:00 schrieb Care <care@shop.example>:

-----Original-Nachricht-----
Betreff: Re: Lampe
Datum: 2026-03-02T10:00:00+0100
Von: "Care" <care@shop.example>
An: "jo@example.com" <jo@example.com>

--- Ursprüngliche Nachricht ---
Von: Care
Datum: 02.03.2026 10:00:00
An: jo@example.com
Betreff: Lampe

---------- Původní e-mail ----------
Od: Care <care@shop.example>
Komu: jo@example.com
Datum: 2. 3. 2026 10:00:00
Předmět: Re: Lamp

---------- Původní zpráva ----------
Od: Care <care@shop.example>
Datum: 2. 3. 2026
Předmět: Lamp

Od: "Care" <care@shop.example>
Do: jo@example.com;
Wysłane: 10:00 Poniedziałek 2026-03-02
Temat: Lampa

On Mon, 2 Mar 2026 10:00:00 +0100
Care <care@shop.example> wrote:

-----Original Message-----
From: Care <care@shop.example>
To: jo@example.com
Sent: Mon, Mar 2, 2026 10:00 am
Subject: Lamp

-------- Original message --------
From: Care <care@shop.example>
Date: 02/03/2026 10:00 (GMT+01:00)
To: Jo
Subject: Lamp

-------- Ursprüngliche Nachricht --------
Von: Care <care@shop.example>
Datum: 02.03.26 10:00 (GMT+01:00)
An: Jo
Betreff: Lampe

-------- Message d'origine --------
De : Care <care@shop.example>
Date : 02/03/2026 10:00 (GMT+01:00)
À : Jo
Objet : Lampe

-------- Oryginalna wiadomość --------
Od: Care <care@shop.example>
Data: 02.03.2026 10:00 (GMT+01:00)
Do: Jo
Temat: Lampa

-------- Messaggio originale --------
Da: Care <care@shop.example>
Data: 02/03/26 10:00 (GMT+01:00)
A: Jo
Oggetto: Lampada

-------- Původní zpráva --------
Od: Care <care@shop.example>
Datum: 02.03.26 10:00 (GMT+01:00)
Komu: Jo
Předmět: Lampa

De: "Care" <care@shop.example>
A: "jo" <jo@example.com>
Envoyé: Lundi 2 Mars 2026 10:00:00
Objet: Lampe

----- Mail original -----
De: "Care" <care@shop.example>
À: "jo" <jo@example.com>
Envoyé: Lundi 2 Mars 2026 10:00:00
Objet: Lampe

----- Original Message -----
From: "Care" <care@shop.example>
To: "jo" <jo@example.com>
Sent: Monday, 2 March, 2026 10:00:00
Subject: Lamp

----- Ursprüngliche Mail -----
Von: "Care" <care@shop.example>
An: "jo" <jo@example.com>
Gesendet: Montag, 2. März 2026 10:00:00
Betreff: Lampe

From:   Care <care@shop.example>
To:     jo@example.com
Date:   02/03/2026 10:00
Subject:        Lamp

Von:        Care <care@shop.example>
An:        jo@example.com
Datum:        02.03.2026 10:00
Betreff:        Lampe

On Mar 2, 2026,
at 10:00 AM, Care <care@shop.example> wrote:

On Mar 2, 2026, at 10:00 AM, Care
<care@shop.example> wrote:

On Mar 2, 2026,
10:00 AM, Care
<care@shop.example>
wrote:

Am Mo., 2. März 2026 um 10:00 Uhr schrieb Care <
care@shop.example>:

Le lun. 2 mars 2026 à 10:00, Care <care@shop.example>
a écrit :

------------------ 原始邮件 ------------------
发件人: "Care" <care@shop.example>;
发送时间: 2026年3月2日(星期一) 上午10:00
收件人: "jo"<jo@example.com>;
主题: Lamp

-----Original Message-----
From: "Care"<care@shop.example>
To: "jo"<jo@example.com>;
Cc:
Sent: 2026-03-02 (월) 10:00:00 (GMT+09:00)
Subject: Lamp

------ Original Message ------
From "Care" <care@shop.example>
To "jo" <jo@example.com>
Date 02/03/2026 10:00:00
Subject Lamp

------ Originalnachricht ------
Von "Care" <care@shop.example>
An "jo" <jo@example.com>
Datum 02.03.2026 10:00:00
Betreff Lampe

------ Original Message ------
From: "Care" <care@shop.example>
To: "jo" <jo@example.com>
Sent: 02/03/2026 10:00:00
Subject: Lamp

寄件者: Care <care@shop.example>
寄件日期: 2026年3月2日 10:00
收件者: Jo
主旨: Lamp

>>> Care <care@shop.example> 02.03.2026 10:00 >>>

>>> "Care" <care@shop.example> 3/2/2026 10:00 AM >>>

---- Original-Nachricht ----
Von: Care

-------- Originalus laiškas --------

---- 回复的原邮件 ----
| 发件人 | Care<care@shop.example> |
| 日期 | 2026年03月02日 10:00 |
| 收件人 | jo@example.com<jo@example.com> |
| 抄送至 | |
| 主题 | 灯 |

---- Replied Message ----
| From | Care<care@shop.example> |
| Date | 03/02/2026 10:00 |
| To | <jo@example.com> |
| Subject | Lamp |

----- Xyzzy Qqq -----
| Foo | Care<care@shop.example> |
| Bar | 2026-03-02 10:00 |
| Baz | Lamp |

----------------
Кому: jo@example.com (jo@example.com);
Тема: Лампа;
02.03.2026, 10:00, "Care" <care@shop.example>:

Кому: jo@example.com;
Тема: Лампа;
02.03.2026, 10:00, "Care" <care@shop.example>:

-------- Original-Nachricht --------
Betreff: 	Lampe
Datum: 	Mon, 2 Mar 2026 10:00:00 +0100
Von: 	Care <care@shop.example>
An: 	jo@example.com
""".strip().split("\n\n")
QUOTED = "\n> Hello Jo,\n> which lamp?\n"
BARE = "\n\nHello Jo,\nwhich lamp?\n"
ANSWER = "The red one.\nThanks!"
ALL = [*ATTRIBUTIONS, *BLOCKS]


def test_each_attribution_is_listed_once() -> None:
    assert len(set(ALL)) == len(ALL) > 150


@pytest.mark.parametrize("above", ALL)
@pytest.mark.parametrize("below", [QUOTED, "\n" + QUOTED, BARE], ids=["quoted", "apart", "bare"])
def test_the_words_above_are_the_answer(above: str, below: str) -> None:
    found = read(mail(f"{ANSWER}\n\n{above}{below}", subject="Re: Lamp", in_reply_to="<1@shop.example>"))
    assert (found.reply, found.new) == (ANSWER, ANSWER)
    assert "which lamp?" in found.quoted


@pytest.mark.parametrize("above", ALL)
def test_an_answer_without_words_is_empty(above: str) -> None:
    for below in (QUOTED, BARE):
        assert read(mail(above + below, subject="Re: Lamp", in_reply_to="<1@shop.example>")).new == ""


@pytest.mark.parametrize("above", ATTRIBUTIONS)
def test_the_words_below_a_quotation_are_the_answer(above: str) -> None:
    found = read(mail(f"{above}{QUOTED}\n{ANSWER}\n", subject="Re: Lamp", in_reply_to="<1@shop.example>"))
    assert (found.reply, found.new) == (ANSWER, ANSWER)


@pytest.mark.parametrize(
    "line",
    [
        "I ordered on 2 March 2026 at 10:00:",
        "Am 02.03.2026 um 10:00 kam das Paket:",
        "My mails went to care@shop.example and to sales@shop.example:",
        "The courier came on 2 March 2026 at 10:00, and wrote on the card:",
        "Delivery times: Mon 10:00, Tue 12:00:",
        "On Monday your colleague said:",
    ],
)
def test_a_sentence_is_no_attribution(line: str) -> None:
    text = f"Hello,\n{line}\nnothing else.\nMira"
    found = read(mail(text, subject="Re: Lamp", in_reply_to="<1@shop.example>"))
    assert (found.reply, found.new) == (text, text)


@pytest.mark.parametrize("quotes", ['""', "“”", "„“", "«»"])
def test_a_citation_in_quotation_marks_is_the_persons_own(quotes: str) -> None:
    cited = f"On 3 May 2026 at 10:00 Anna <anna@shop.example> wrote:\n{quotes[0]}You get it back.{quotes[1]}"
    own = f"Hello,\n\n{cited}\n\nWhen?"
    found = read(mail(f"{own}\n\n{ATTRIBUTIONS[0]}{QUOTED}", subject="Re: Lamp", in_reply_to="<1@shop.example>"))
    assert (found.reply, found.new) == (own, own)


def test_history_on_the_line_of_its_attribution_is_removed() -> None:
    text = f"{ANSWER}\n\n{ATTRIBUTIONS[0]}   Hello Jo, which lamp?"
    assert read(mail(text, subject="Re: Lamp", in_reply_to="<1@shop.example>")).new == ANSWER
    text = (
        f"{ANSWER}\n\n----- Original Message ----- From: Care <care@shop.example>To: Jo Sent: Monday Subject: Lamp Hi"
    )
    assert read(mail(text, subject="Re: Lamp", in_reply_to="<1@shop.example>")).new == ANSWER


def test_a_date_an_hour_and_a_mailbox_alone_on_a_line_are_an_attribution() -> None:
    line = "02.03.2026, 10:00, Care Team <care@shop.example>"
    found = read(mail(f"{ANSWER}\n\n{line}{BARE}", subject="Re: Lamp", in_reply_to="<1@shop.example>"))
    assert (found.reply, found.new) == (ANSWER, ANSWER)
    text = f"Hello,\n\n{line}\nis what I find here."
    assert read(mail(text, subject="Re: Lamp", in_reply_to="<1@shop.example>")).new == text


CITATIONS = """
On Monday, 30 November 2026 at 10:12 our courier wrote:
am 28.11.2026 um 10:12 Uhr hat Ihr Kollege geschrieben:
am 28.11.2026 um 10:12 schrieb Ihr Support:
le 28/11/2026 à 10:12 votre livreur a écrit :
Le 30/11/2026 à 10:12, notre transporteur a écrit :
We wrote to you on 30.11.2026 at 10:12 at kim@example.com:
Our mail of 30.11.2026 10:12 went to <kim@example.com>:
Am Montag um 10:12 hat der Fahrer geschrieben:
Il 30/11/2026 alle 10:12 il vostro corriere ha scritto:
El 30/11/2026 a las 10:12 su repartidor escribió:
Op 30 november 2026 om 10:12 schreef uw collega:
Op 30 november 2026 om 10:12 heeft uw collega geschreven:
Der Kollege schrieb am 28.11.2026 um 10:12:
Our courier wrote on 28 November 2026 at 10:12:
The driver wrote on 28 November 2026 at 10:12:
Ihr Kollege schrieb am 28.11.2026 um 10:12:
28.11.2026 в 10:12 ваш курьер написал:
Den 28. november 2026 kl. 10:12 skrev din kollega:
W dniu 28.11.2026 o 10:12 wasz kurier napisał:
On 30.11.2026 at 10:12 we wrote to <kim@example.com>:
Unsere Mail vom 30.11.2026 10:12 ging an <kim@example.com>:
On 30.11.2026 at 10:12 I wrote:
On 30.11.2026 at 10:12 the courier wrote:
On 30.11.2026 at 10:12 he wrote:
Am 30.11.2026 um 10:12 haben Sie geschrieben:
Op 30 november 2026 om 10:12 schreef u:
W dniu 30.11.2026 o 10:12 napisał Pan:
You wrote on 24 November 2026 at 10:00:
Sie schrieben am 24.11.2026 um 10:00:
Sie haben am 24.11.2026 um 10:00 geschrieben:
Vous avez écrit le 24/11/2026 à 10:00 :
Napisał Pan 24.11.2026 o 10:00:
Pani napisała 24.11.2026 o 10:00:
U schreef op 24-11-2026 om 10:00:
Am 24.11.2026 um 10:00 Uhr schrieb uns DHL:
Am 24.11.2026 um 10:00 Uhr schrieb uns DHL (paket@dhl.example):
Am 24.11.2026 um 10:00 hat uns DHL geschrieben:
DHL schrieb uns am 24.11.2026 um 10:00:
On 24 November 2026 at 10:00 DHL wrote to us:
DHL wrote me on 24 November 2026 at 10:00:
Le 24/11/2026 à 10:00, DHL m'a écrit :
DHL nous a écrit le 24/11/2026 à 10:00 :
El 24/11/2026 a las 10:00 DHL nos escribió:
Il 24/11/2026 alle 10:00 DHL ci ha scritto:
Em 24/11/2026 10:00, a DHL nos escreveu:
Op 24 november 2026 om 10:00 schreef DHL ons:
Op 24 november 2026 om 10:00 schreef DHL aan ons:
24 listopada 2026 o 10:00 DHL napisał do nas:
Den 24. november 2026 kl. 10:00 skrev DHL til os:
24.11.2026 в 10:00 DHL написал нам:
Am 24.11.2026 um 10:00 schrieb Tom aus unserer Werkstatt:
Am 24.11.2026 um 10:00 schrieb Herr Meier von DHL:
On 24 November 2026 at 10:00 Mr Meier from DHL wrote:
Le 24/11/2026 à 10:00, Mme Petit de Colissimo a écrit :
Tom from our workshop wrote on 24 November 2026 at 10:00:
Le 24/11/2026 à 10:00, Tom de notre atelier a écrit :
24 listopada 2026 o 10:00 firma DHL napisała:
Der Lieferant info@supplier.example schrieb am 24.11.2026 um 10:00:
Sie können Herrn Meier <meier@dhl.example> am 24.11.2026 um 10:00 erreichen:
""".strip().split("\n")
UNSURE = """
DHL wrote on 30 November 2026 at 10:12:
The confirmation of 30.11.2026 10:12 went to <kim@example.com>:
""".strip().split("\n")
NAMES = """
Op 30 nov 2026 om 10:12 schreef de Vries:
On 30 Nov 2026 at 10:12, The Lamp Shop wrote:
The Lamp Shop wrote on 30 November 2026 at 10:12:
On 30 Nov 2026 at 10:12, My Shop <a@b.example> wrote:
My Shop <a@b.example> wrote on 30 Nov 2026 at 10:12:
Am 30.11.2026 um 10:12 schrieb Kim:
Am 30.11.26 um 10:12 Uhr schrieb LG:
Il giorno 2 mar 2026, alle ore 10:00, Care ha scritto:
Op 2 mrt 2026, om 10:00 heeft Care het volgende geschreven:
On 11/30/2026 10:12 AM CET Kim Lee wrote:
Kim Lee hat am 30.11.2026 10:12 CET geschrieben:
El 30/11/2026 10:12, Kim Lee escribió:
Kim Lee escribió el 30/11/2026 10:12:
Le 30/11/2026 à 10:12, Kim Lee a écrit :
Le 30/11/2026 à 10:12, la Rosa a écrit :
Kim schrieb am Montag, 30. November 2026 um 10:12:
Em 30/11/2026 10:12, Ana escreveu:
Den 30. november 2026 kl. 10:12 skrev Kim:
On Mon, 2026-11-30 at 10:12 +0000, Kim Lee wrote:
30. 11. 2026 v 10:12, Kim Lee napsal(a):
El 30/11/2026 10:12, Juan de la Cruz escribió:
Am 30.11.2026 um 10:12 schrieb Herr Berg:
On 30 Nov 2026 at 10:12, Mr Kim Lee wrote:
Am 30.11.2026 um 10:12 schrieb Ursula von der Leyen:
On 30 Nov 2026 at 10:12, Tom from Northlight wrote:
On 30 Nov 2026 at 10:12, Pan Wei wrote:
On 30 Nov 2026 at 10:12, contact us <a@b.example> wrote:
Du und Ich <a@b.example> kirjoitti 30.11.2026 kello 10.12:
U pon, 30. stu 2026. u 10:12 Kim <a@b.example> je napisao:
Die Lampe <a@b.example> schrieb am Montag, 30. November 2026 um 10:12:
""".strip().split("\n")


@pytest.mark.parametrize("line", CITATIONS)
@pytest.mark.parametrize("below", ["", f"\n\n{ATTRIBUTIONS[0]}{QUOTED}"], ids=["alone", "above history"])
@pytest.mark.parametrize("blank", ["", "\n"], ids=["right above", "apart"])
def test_a_sentence_of_a_persons_is_no_attribution_above_what_it_cites(line: str, below: str, blank: str) -> None:
    text = f"Hello,\n\n{line}\n{blank}The parcel is at Smith's.\n\nIs that true?"
    found = read(mail(text + below, subject="Re: Lamp", in_reply_to="<1@shop.example>"))
    assert (found.reply, found.new) == (text, text)


@pytest.mark.parametrize("line", UNSURE)
@pytest.mark.parametrize(
    "surer",
    [
        f"{ATTRIBUTIONS[0]}{QUOTED}",
        f"> {ATTRIBUTIONS[0]}\n>{QUOTED}",
        f"-----Original Message-----\n{BLOCKS[0]}{BARE}",
    ],
)
def test_what_a_person_may_write_is_words_above_what_only_a_client_writes(line: str, surer: str) -> None:
    text = f"Hello,\n\n{line}\nIt is at the depot.\n\nPlease fetch it."
    found = read(mail(f"{text}\n\n{surer}", subject="Re: Lamp", in_reply_to="<1@shop.example>"))
    assert (found.reply, found.new) == (text, text)


@pytest.mark.parametrize("below", ["\n\nOld words.\n\n", "\nOld words.\n\n"], ids=["apart", "right below"])
def test_history_that_holds_older_history_begins_at_its_own_attribution(below: str) -> None:
    line = "Am 28.11.26, 10:12 schrieb Care <care@shop.example>:"
    text = f"{ANSWER}\n\n{line}{below}{ATTRIBUTIONS[0]}{QUOTED}"
    assert read(mail(text, subject="Re: Lamp", in_reply_to="<1@shop.example>")).new == ANSWER
    if below.startswith("\n\n"):
        text = text.replace(" <care@shop.example>", "", 1)
        assert read(mail(text, subject="Re: Lamp", in_reply_to="<1@shop.example>")).new == ANSWER


@pytest.mark.parametrize("line", NAMES)
def test_a_name_is_a_clients_attribution(line: str) -> None:
    found = read(mail(f"{ANSWER}\n\n{line}{BARE}", subject="Re: Lamp", in_reply_to="<1@shop.example>"))
    assert (found.reply, found.new) == (ANSWER, ANSWER)
