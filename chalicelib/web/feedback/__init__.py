"""The form for feedback, and the pages that publish ratings and the record of promises."""
