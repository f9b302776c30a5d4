"""What mail systems write about a failed delivery: the sender's names, the reasons, the line above the original mail.
The phrases and SMTP codes come from many systems; none is specific to a single message."""

from __future__ import annotations

import re

from chalicelib.patterns import pattern

SYSTEM_NAME = pattern(
    r"\bmail(?:er)?[ ._-]?daemon\b|\bmail[ ._-]?(?:delivery|system|administrator|router|gateway)\b|\bpost[ _]?master\b"
    r"|\bdelivery[ ._-]?(?:sub)?system\b|\bsystem administrator\b|\bndr administrator\b|\bems mailer\b",
    re.I,
)
# Who delivers goods has a delivery system, too.
CARRIER_NAME = pattern(r"parcel|pa(?:ke|cke)t|package|courier|shipping|shipment|freight|cargo|express|logisti", re.I)
# The local parts of programs. A name beside such an address is no person's.
SYSTEM_ADDRESS = pattern(
    r"(?:robot|bot|daemon|system|sys(?:tem)?[._-]?admin(?:istrator)?|administrator|mail[._-]?(?:admin|system|server|gateway"
    r"|router)?|mailer|mta|smtp|server|gateway|notif(?:y|ications?)|microsoftexchange\w{0,64})[\d+=.-]{0,20}@",
    re.I,
)
# Words for mail in the languages of the phrases below.
MAIL = pattern(
    r"mail|message|nachricht|courriel|correo|mensaje|messaggio|\bposta elettronica|bericht|mensagem|wiadomoś"
    r"|сообщени|письм|лист[аіу]?\b|zpráv|meddelande|\bbesked|melding|viesti|recipients?\b[^\n]{0,40}@|smtp|邮件|郵件|退信"
    r"|メール|メッセージ|메일",
    re.I,
)
DELIVERED = pattern(r"\A\W{0,4}(?:delivered|relayed|expanded|zugestellt|weitergeleitet)\b|\bsuccess(?:ful)?", re.I)
SUBJECT = pattern(
    r"undeliver|deliver(?:y|ing).{0,40}(?:fail|status|notification|report|problem|delay|error|incomplete"
    r"|unsuccessful)|fail(?:ed|ure).{0,25}(?:deliver|notice|notification|mail|recipient)|returned? (?:mail"
    r"|message|to sender|e-?mail)"
    r"|mail (?:delivery|system|status|could not|not delivered|error|failure|returned)"
    r"|could ?n[o']t? be? deliver|cannot be delivered|non ?-?delivery|not delivered|nondeliverable"
    r"|unable to deliver|rejected (?:mail|message)"
    r"|message (?:delivery|status|undeliverable|not delivered|delayed|you sent blocked|rejected|could not be)"
    r"|email could not|mail (?:returned|rejected|bounce)|bounced? (?:mail|message)|warning: (?:could not send"
    r"|message)|dsn:|ndr|failure notice"
    r"|host unknown|user unknown|unzustellbar|nicht zugestellt|nachricht konnte nicht|rückläufer"
    r"|zustellung fehlgeschlagen|fehlgeschlagene zustellung|non remis|non délivré|échec de|no se (?:puede|pudo"
    r"|ha podido) entregar|no entregado|mancata consegna|consegna non riuscita"
    r"|recapito non riuscito|impossibile (?:recapitare|consegnare)|onbestelbaar|não (?:foi )?entregue"
    r"|falha na entrega|nie ?dostarczon|niedoręcz|недоставлен|не доставлено|не удалось доставить|olevererbar"
    r"|kunne ikke leveres|uleveret|ikke leveret|kan inte levereras|toimittaminen epäonnistui"
    r"|退信|系统退信|郵件(?:傳送|遞送)|配信(?:不能|エラー)|送信エラー|未送达|エラーメール|mail loop|loop alert"
    r"|(?:message|mail) loop|returned"
    r"|メールエラー|配信に失敗|配達(?:不能|できません)|不達|메일 ?(?:반송|전송 ?실패)|반송|전송 ?실패"
    r"|undelivered|you .{1,80} are not (?:a )?member|failed mail|reject",
    re.I,
)
# How the subject of a report begins ("Undeliverable: " and the failed mail's subject), or all of it. People write
# "Undelivered parcel", but seldom like this.
SYSTEM_SUBJECT = pattern(
    r"\s*(?:\[[^\]\n]{1,30}\]\s?)?(?:(?:undeliver(?:able|ed)|unzustellbar|nicht zustellbar|non remis|non distribuable"
    r"|no se (?:puede|pudo) entregar|no entregado|non recapitabile|recapito non riuscito|impossibile recapitare"
    r"|onbestelbaar|não entregue|não é possível entregar|nie ?dostarczon[eoya]|nie można dostarczyć|недоставлено"
    r"|не доставлено|не удалось доставить|kan ikke leveres|ikke leveret|olevererbart?|går inte att leverera"
    r"|ei voida toimittaa|nedoručiteln[éáý]|kézbesíthetetlen|无法送达|无法传递|無法傳遞|未送达|配信不能|配信できません"
    r"|배달할 수 없음)\s?[:：]"
    r"|(?P<whole>(?:undelivered mail(?: returned to sender)?|undeliverable (?:mail|message)"
    r"|returned mail: (?:see transcript|user unknown|host unknown|cannot send|service unavailable)[^\n]{0,60}"
    r"|delivery status notification(?: \([a-z ]{4,20}\))?"
    r"|delivery notification: delivery has (?:failed|been delayed)|failure notice|mail delivery failure"
    r"|mail delivery failed(?:: returning message to sender)?|mail system error(?: - returned mail)?"
    r"|warning: could not send message for past [^\n]{1,20}|warning: message [\w-]{5,30} delayed [^\n]{1,20}"
    r"|non-?delivery (?:notification|report)|message delivery failure|系统退信(?:/systems bounce)?)"
    r"[\s.!]{0,3}\Z))",
    re.I,
)
# What a report in few words does not have: goods, a question, the word "my".
PERSONAL = pattern(
    r"parcel|\bpacket|pakete?n?\b|package|shipment|courier|sendung|päckchen|\blieferung|\blampe?n?\b|colis\b|paquete"
    r"|\bpacco|encomenda|paczk|przesyłk|zásilk|balík|посылк|посилк|荷物|包裹|택배|\?(?:\s|\Z)"
    r"|\b(?:my|meine?[mnrs]?|mijn) (?=[^\W\d_])",
    re.I,
)
BODY = pattern(
    r"could ?(?:not|n't) (?:be )?(?:deliver|send|sent|process|complete)|was(?: not|n't) (?:be )?(?:delivered"
    r"|able to deliver)|(?:wasn't|not|un)\s?able to deliver|cannot (?:be )?deliver|can't be delivered"
    r"|not be delivered|undeliverable|undelivered"
    r"|delivery (?:has )?fail|fail(?:ed|ure) to deliver|deliver(?:y|ing) (?:to|of|your)[^\n]{0,80}(?:fail|delay"
    r"|error)|delivery (?:error|problem|status)|following (?:recipients?|address(?:es)?)[^\n]{0,80}(?:fail"
    r"|reject|not|unknown|error|undeliver|problem|could|can)|(?:recipients?|address(?:es)?) failed"
    r"|permanent (?:fatal )?error|fatal errors"
    r"|returned (?:mail|to sender|because)|message has not (?:yet )?been delivered|mail you sent"
    r"|delivery attempt|transcript of session|<<< [45]\d\d|user unknown|unknown user|no such (?:user|address"
    r"|recipient|mailbox)|mailbox (?:is )?(?:full|unavailable|not found|disabled)|quota exceeded"
    r"|exceeded (?:storage|quota)|does ?n[o']t exist"
    r"|original mail as follows|error message below|requested (?:mail )?action (?:not taken|aborted)"
    r"|not a member of this mailing list|message you sent to|you sent .{0,60}was (?:not|rejected)|(?:smtp"
    r"|mail server)[^\n]{0,60}(?:said|error|rejected|respon)|remote host said|reporting-mta|final-recipient"
    r"|rejected by|failure reasons|no connection|host (?:unknown|not found)|address rejected|has been blocked"
    r"|will be (?:rejected|returned)"
    r"|konnte nicht (?:an [^\n]{1,80} )?(?:zugestellt|ausgeliefert)"
    r"|(?:mail|nachricht)\b[^\n]{0,40} wurde nicht (?:an [^\n]{1,80} )?(?:zugestellt|ausgeliefert)"
    r"|nicht zustellbar|n'a pas pu être|non remis|no se pudo entregar"
    r"|impossibile recapitare|não pôde ser entregue|не доставлено|не может быть доставлено|не удалось доставить"
    r"|did not reach the following|mail failed, returning|failed address(?:es)? follow|unknown host"
    r"|not going to try again"
    r"|(?:error|problem|failure)[^\n]{0,60}(?:attempting|trying) to deliver|配信に失敗|配達できません|メールエラー"
    r"|配信できません|送信できません|ご利用のメール|送達されませんでした|無法(?:傳送|投遞)|无法(?:投递|送达)|退信原因",
    re.I,
)

DELAY = pattern(
    r"\bdelay|warning|has not (?:yet )?been (?:sent|delivered)|not yet been delivered|will (?:be retried"
    r"|keep trying|retry|continue to (?:try|attempt)|try)|still being (?:retried|attempted)"
    r"|no action is required|deferred|do(?:es)? not need to resend"
    r"|temporar(?:y|ily)|verzögert|retardé|en retard|retrasado|ritardat|vertraagd|отложена|задерж",
    re.I,
)
ORIGINAL = pattern(
    r"^[> \t]*(?:(?:-{2,}|_{2,}|={2,}|\*{2,}|#{2,})[ \t]*)?(?:this is a copy of (?:the|your) message"
    r"|(?:below this line is|a copy of|here is|following is) (?:a copy of )?(?:the"
    r"|your) (?:original )?(?:message|mail|headers?)|original (?:message|mail|e-?mail|headers)"
    r"|returned (?:message|mail)|unsent message|message headers?(?: follow)?|undelivered message"
    r"|message header|headers of|the header of the|received message|returned message"
    r"|the original message(?! was\b)(?! dated\b)|original mail|bounced message|included is a copy"
    r"|your original message|full header|your message follows|your mail|transcript of message|rejected message"
    r"|(?:here|the following) is (?:the|a) (?:header|copy))[^\n]{0,100}$"
    r"|^-{5,} (?:the )?(?:header|body|message)[^\n]{0,60}$",
    re.I | re.M,
)

GIVEN_UP = pattern(
    r"(?:was|were|be) not (?:be )?delivered within\b|(?<!be )(?<!to )\b(?:gave|given|giving) up\b"
    r"|\bnot going to try again\b|\b(?:has|have) been in the queue too long\b",
    re.I,
)
TURNED_AWAY = pattern(r"not accepting (?:connections|messages|mail)|too many connections", re.I)
PERMANENT = pattern(
    r"user ?(?:id|name)? ?(?:is )?(?:unknown|not found|doesn'?t exist|does not exist|not known)|unknown (?:user"
    r"|recipient|local|address|mailbox|alias|account|or illegal)|no such (?:user|person|address|recipient"
    r"|mailbox|account|local|domain)|does ?n[o']t exist"
    r"|invalid (?:recipient|address|mailbox|user|domain)|not (?:a valid|our customer|listed in|a member)"
    r"|(?:mailbox|account|address|recipient|user)[^\n]{0,30}(?:unknown|disabled|inactive|suspended|closed"
    r"|expired|terminated|not found|rejected|invalid|no longer)"
    r"|(?:host|domain)[^\n]{0,20}(?:unknown|not found|does not exist|not exist)|unrouteable|unknown host"
    r"|bad (?:address|destination)|relay(?:ing)? (?:denied|not)|access denied|blacklist|policy (?:violation"
    r"|reasons?)|too (?:large|big)|failed permanently|permanent (?:error|failure)|virus|not permitted"
    r"|isn'?t valid",
    re.I,
)
TEMPORARY = pattern(
    r"temporar(?:y|ily)|try again|retry|deferred|\bdelay|time(?:d)?[ -]?out|gr[ea]ylist|too many (?:connections"
    r"|messages|mails|errors)|rate limit|throttl|connection (?:refused|timed|reset|lost|dropped)"
    r"|network (?:error|unreachable)|no route to host|system (?:resources|busy)"
    r"|service (?:unavailable|not available)|insufficient (?:system )?(?:storage|resources|disk)"
    r"|disk (?:is )?full|not responding|not reachable|host (?:is )?down|lookup (?:failure|failed)"
    r"|name service error|still (?:being )?(?:retr|try)|will (?:be retried|retry|keep trying)"
    r"|overloaded|busy|failing for a long time|socket error|not accepting (?:connections|messages)",
    re.I,
)
