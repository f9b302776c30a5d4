"""The shop's policy.toml: how it is read and checked, and what it promises."""
