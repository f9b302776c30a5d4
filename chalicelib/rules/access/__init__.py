"""Sessions of the desk and id tokens of single sign-on."""
