"""`policy-check`: a shop's policy and documents held against a table of rules, most of them from the law. It checks
facts and gives no advice."""
