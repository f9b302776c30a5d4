#!/bin/sh
# The browser tests use Debian's Chromium; playwright installs no browser of its own here.
set -eu
command -v chromium >/dev/null && exit 0

as_root=
[ "$(id -u)" = 0 ] || as_root="sudo -n"
if command -v apt-get >/dev/null && { [ -z "$as_root" ] || $as_root true 2>/dev/null; }; then
    echo "installing chromium for the browser tests (once)"
    $as_root apt-get -qq update
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq install -y chromium fonts-liberation >/dev/null
else
    echo "The browser tests need Chromium as the command 'chromium'; on Debian: apt-get install chromium" >&2
    exit 1
fi
