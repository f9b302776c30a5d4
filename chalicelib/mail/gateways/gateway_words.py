"""The words of gateways' paragraphs in the languages of the package. The strings are parts of regular expressions, for
text without differences of case."""

AROUND = " \t>*_#!|-=~\u00a0\ufe0f⚠🛑🚨❗🌱🌳🌲🌍"
_MAIL = (
    r"(?:e-?mails?|mails?|messages?|communication|nachricht(?:en)?|courriels?|courriers?|correos?|mensajes?|messaggi[oe]?"
    r"|bericht(?:en)?|mensagem|meddelande|mejl|e-?post(?:meddelande|en)?|mail(?:en|et)|besked|melding(?:en)?|wiadomość"
    r"|zpráva|сообщение|письмо|повідомлення|лист|viesti|sähköposti|üzenet|e-posta|ileti|mesaj)"
)
NOUN = rf"{_MAIL}\b"
_MY = (
    r"(?:this|diese[rs]?|ce|cet|cette|el presente|este|esta|il presente|quest[oa]|dit|deze|denne|dette|detta|denna"
    r"|det här|ta|niniejsza|tento|tato|настоящее|это|данное|этот|це|цей|tämä|ez az?|jelen|bu|acest)"
)
THIS = rf"(?:{_MY} (?:electronic )?{NOUN}|(?:本|此|该|該)(?:电子|電子)?(?:邮件|郵件|メール)|このメール)"
ALARM = (
    r"(?:(?:caution|warning|attention|notice|beware|be careful|alert|achtung|vorsicht|warnung|hinweis|avertissement"
    r"|prudence|atención|precaución|cuidado|aviso|attenzione|avviso|let op|waarschuwing|uwaga|ostrzeżenie|obs|varning"
    r"|advarsel|bemærk|внимание|осторожно|предупреждение|увага|注意|警告|pozor|upozornění|atenção|huomio|varoitus|dikkat"
    r"|uyarı|figyelem|atenție)(?!\w)[\s:：!,，.-]{0,4}){0,2}"
)
ORGANISATION = (
    r"(?:organi[sz]\w*|compan\w*|corporat\w*|network|domain|institut\w*|universit\w*|unternehmen\w*|firm\w*|société"
    r"|entreprise|organización|empresa|azienda|organizzazione|organisatie|bedrijf|organização|företag\w*|virksomhed\w*"
    r"|společnost\w*|организаци\w*|компани\w*)\b"
)
# That a mail came from elsewhere. Goods come from outside the EU and from external stores too.
OUTSIDE = (
    rf"\b(?:outside|außerhalb|extérieur|fuera|buiten|esterno|fora|utanför|uden for|utenfor|spoza|mimo|вне|извне)\b"
    rf"[^.,;:]{{0,20}}?\b{ORGANISATION}"
    r"|from outside (?:of )?(?:[^\s.]{1,20} ){1,4}?(?:ltd|limited|inc|llc|gmbh|ag|plc|bv)\b"
    r"|from (?:an? )?(?:external|outside) (?:e-?mail|sender|message|source|address|domain)"
    r"|external (?:e-?mail|sender|message)|extern\w* (?:e-?mail|absender|server|quelle|nachricht)"
    r"|(?:from|von) extern\w*\.|expéditeur externe|courriel externe|remitente externo|correo externo|mittente esterno"
    r"|e-?mail esterna|externe afzender|not often get e-?mail from|don.t often get e-?mail from|remetente externo"
    r"|ekstern (?:afsender|avsender)|extern avsändare|zewnętrzn\w+ nadawc\w+|nadawc\w+ zewnętrzn\w+|spoza organizacji"
    r"|внешн\w+ отправител\w+|зовнішн\w+ відправник\w+|来自外部|來自外部|外部(?:邮件|郵件|发件人|寄件者)"
    r"|社外(?:から|メール)|外部から|z vnějšku|extern\w{0,3} odesílatel\w*"
    r"|organisaation ulkopuolelta|külső (?:feladó|forrás)\w*|expeditor extern"
    r"|kuruluş dışından"
)
# Behind a tag: what a warning asks of its reader.
ADVICE = (
    r"(?:please )?(?:do not|don.t|never|be (?:careful|cautious|aware)|use caution|exercise|beware|think|verify|caution"
    r"|this (?:e-?mail|message|mail))\b|(?:bitte )?(?:klicken|öffnen|vorsicht|seien|prüfen|diese)\b"
    r"|(?:ne cliquez|soyez|attention|prudence|no haga|tenga|non cliccare|prestare|klik|wees|ce (?:message|courriel))\b"
)
SCANNERS = (
    r"(?:avast|avg|norton|mcafee|eset|kaspersky|mimecast|proofpoint|symantec|messagelabs|mailscanner|sophos|barracuda"
    r"|hornetsecurity|clamav|bitdefender|avira|g data|trend micro|check point|zix)"
)
CONFIDENTIAL = (
    r"confiden|vertraulich|privileged|proprietary|intended (?:only|solely|exclusively|for|recipient)|geheim|riservat"
    r"|vertrouwelijk|fortrolig|konfiden|poufn|důvěrn|bizalmas|конфиденциальн|конфіденційн|gizli|luottamuksell|保密|机密|機密"
)
# Whom the mail is for. The second are other threats of a notice, of which people write too, but hardly of two at once.
NOT_FOR_YOU = (
    r"intended recipient|not the (?:named|intended)|addressee|unauthori[sz]ed|strictly prohibited"
    r"|to whom (?:it is|they are) addressed|use of the (?:individual|person|intended|recipient)"
    r"|nicht der (?:richtige|beabsichtigte|vorgesehene|bestimmungsgemäße)|unbefugt|unerlaubt"
    r"|adressaten (?:\w+ )?bestimmt|destinataire|destinat[aá]ri|destiné\w* (?:uniquement|exclusivement)"
    r"|geadresseerde|kun (?:beregnet|ment|tiltænkt)|avse(?:tt|dd) endast|endast avse(?:tt|dd)|adressaten"
    r"|adresat|adresát|адресат|alıcı(?:sı)?\b|vastaanottaj|仅限|僅限|受取人|címzett"
)
THREAT = (
    r"in error|by mistake|disclos|prohibited|forbidden|copying|distribut|disseminat|irrtümlich|versehentlich|unzulässig"
    r"|nicht gestattet|par erreur|por error|per errore|ten onrechte|abuse|liabil|legally|por engano|ved en fejl"
    r"|av misstag|przez pomyłkę|omylem|по ошибке|yanlışlıkla|vahingossa|禁止|proceda a su eliminación"
)
HEADING = (
    r"(?:(?:confidentiality|legal|privacy|important|e-?mail) (?:notice|disclaimer|note)|notice|disclaimer|note"
    r"|confidentiality|(?:rechtlicher|wichtiger) hinweis|vertraulichkeits?hinweis|haftungsausschluss"
    r"|avis (?:de confidentialité|légal)|aviso (?:legal|de confidencialidade?)|avviso di riservatezza"
    r"|nota legal|nota di riservatezza|vertrouwelijkheidsclausule|klauzula poufności)"
)
BEGINS_NOTICE = (
    rf"(?:{HEADING}\b|{THIS}|{NOUN} (?:confidentiality|disclaimer)"
    r"|(?:the|any) (?:electronic )?(?:e-?mail|message|mail|communication|transmission|information|content)s?\b"
    r"|this (?:transmission|information|content)|(?:die|das) (?:e-?mail|nachricht|mail|information)|der inhalt dieser"
    r"|(?:le|el|il) (?:contenu|contenido|contenuto|courriel|message|mensaje|messaggio|correo)"
    r"|les? informations?|l.information|la información|le informazioni|ai sensi del|de (?:informatie|inhoud)"
    r"|informacje zawarte|treść tej|informace obsažené|obsah této|информация|as informações|o conteúdo"
    r"|if you are not the|wenn sie nicht der|sollten sie nicht der|si vous n.êtes pas|si usted no es|si ha recibido"
    r"|se ha recibido|se non (?:siete|è)|hvis du ikke|om du inte är|jeżeli nie|jeśli nie|pokud nejste)"
)
