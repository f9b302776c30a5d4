"""Messages by messengers: until when one may answer, and how long an answer may be."""
