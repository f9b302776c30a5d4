"""What people write in the screenshots."""

from local.story import words

PHOTO = words.PHOTO[1]

MIRA = """Hello,

the reading lamp Polaris arrived this morning. The box was intact, but the glass shade inside is cracked from the rim \
down to the socket, and two of the brass screws for the base are missing. I have put two photos with this.

I would like a new shade and the screws, not my money back: the lamp is a present for my sister, whose birthday is on \
12 December. Can they be here by then?

Mira Holm, Berlin"""
NOTE = """The courier's photo shows the box whole, so it was probably packed without the inner ring.

I have asked the warehouse; the last ring of this batch was checked on Friday."""
ANSWER = """Dear Ms Holm,

I am sorry that the shade arrived broken. A new one leaves our workshop tomorrow together with the screws, so you will \
have both well before 12 December.

Would you keep the broken shade for a few days? The courier sometimes asks to see it: \
https://www.northlight.example/help/claims

Best wishes
Ada Lindqvist"""
THANKS = """Dear Ada,

thank you, that is quick. I will keep it in its box.

One more thing: the plug looks different from the one in the picture. Is that meant to be?

Mira

> I am sorry that the shade arrived broken. A new one leaves our workshop tomorrow together with the screws, so you
> will have both well before 12 December."""
MIRA_HTML = """<p>Hello,</p><p>the reading lamp <b>Polaris</b> arrived this morning. The box was intact, but the glass \
shade inside is cracked from the rim down to the socket, and two of the brass screws for the base are missing.</p>\
<table border="1" width="900"><tr><th>Part</th><th>What is wrong</th></tr><tr><td>Shade</td><td>cracked</td></tr>\
<tr><td>Screws</td><td>two of four missing</td></tr></table>\
<p>I would like a new shade and the screws, not my money back: the lamp is a present for my sister, whose birthday is \
on 12 December. Can they be here by then?</p><p>Mira Holm, Berlin</p>"""
LAYLA = """مرحبا،

وصل المصباح اليوم، لكن الزجاج مكسور من الحافة إلى القاعدة. رقم الطلب NL-2026-204233 والصورة مرفقة.

أود الحصول على زجاج جديد قبل نهاية الأسبوع إن أمكن.

شكرا
ليلى حداد"""
LOG = "Here is the log you asked for.\n\n" + "\n".join(
    f"{line:05d} 2026-11-23T10:{line // 60 % 60:02d}:{line % 60:02d}Z link quality {line * 37 % 255} node {line % 7} ok"
    for line in range(5000)
)
LOBBY = "Part {number} has come, but two shades are still missing. We open on Saturday: when will they be here?"
NEXT = "Thank you for telling us about part {number}. The next one leaves our workshop tomorrow morning."
HOHENLOHE = "Graf Wolfgang Wolfeschlegelsteinhausenbergerdorff-Schmidt-Rottluff von und zu Hohenlohe-Langenburg"
# Bytes; as large as a phone's photos.
PHOTOS = (("crack-from-rim-to-socket.png", 1_400_000), ("bag-of-screws.png", 900_000))
FINDINGS = "The pendant came back to us whole, so the price is yours again: 189 euros, to the card you paid with."
LABEL = "Please do not use it any more. Could you send us a photo of the label at its base?"
