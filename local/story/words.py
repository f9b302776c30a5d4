"""What people in the story write, and the photo."""

MIRA = "mira.holm@example.com"
_PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360606060000000050001"
    "a5f645400000000049454e44ae426082"
)
PHOTO = ("shade.png", _PIXEL, "image/png")
COMPLAINT = {
    "name": "Mira Holm",
    "email": MIRA,
    "kind": "complaint",
    "topic": "damaged_in_transit",
    "order_number": "2041",
    "subject": "Lamp arrived with a broken shade",
    "language": "en",
    "message": "Hello,\n\nmy Aurora lamp came today and the glass shade is in pieces. The box was torn at one corner. "
    "I have put a photo with this.\n\nI would like a new shade, please.\n\nMira Holm",
}
ANSWER = """Dear Mira,

I am sorry that your lamp arrived broken, and that you waited for this answer.

Please keep the box, if you still have it: the courier may want to see it. Was the outside of the parcel damaged when \
it was handed to you?"""
MIRAS_REPLY = """Hello Ada,

yes, one corner was torn open, and I told the driver so. I have kept the box. For all the trouble I would like some \
of the price back, too.

Mira"""
SECOND_ANSWER = """Dear Mira,

thank you, that helps. I am asking SwiftParcel what their driver noted, and shall write to you as soon as I know."""
REQUEST = """This parcel reached its recipient with a torn corner, and its content broken. The driver was told so.

Please tell us what was noted at the delivery, and whether you accept liability."""
REASON = """SwiftParcel has not answered us yet, though we reminded them twice. We also asked the glassworks whether \
your shade can still be had, and over Easter nobody works there. We want to decide when we know both."""
COURIERS_ANSWER = """Good afternoon,

our driver noted a torn corner at the door. We accept liability for parcel 2041 and credit you its value.

SwiftParcel Claims"""
FINDINGS = """SwiftParcel confirms that the parcel was torn when it reached you: the shade broke on its way, and you \
did nothing wrong. The glassworks blows you a new one, which takes until the beginning of May.

You asked us to lower the price as well. We do not do that, because you will then have the lamp you paid for."""
THANKS = """Dear Ada,

the new shade is here, in one piece, and the lamp is shining. Thank you!

Mira"""
WITHDRAWAL = {"name": "Mira Holm", "contract": "2077, the Borealis lamp", "email": MIRA, "language": "en"}
SEND_BACK = """Dear Mira,

your withdrawal is here, and nothing more is needed from you but the lamp itself. The label for its way back is at \
https://www.northlight.example/returns; any parcel shop takes it."""
PAID_BACK = "We have paid back 89.00 EUR to your card, with the cost of its delivery."
