#!/bin/sh
# A virtual environment from a list of packages, each pinned and checked by its hash: venv.sh FOLDER REQUIREMENTS
# Needs Python 3.11 or newer, as the command in PYTHON; make calls it once for each state of the lists.
set -eu
folder=$1 requirements=$2 python=${PYTHON:-python3}

fail() { printf '%s\n' "$*" >&2; exit 1; }

command -v "$python" >/dev/null || fail "Aftercare needs Python 3.11 or newer; there is no $python here."
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
    fail "Aftercare needs Python 3.11 or newer; $python is $("$python" -V 2>&1). Name another with make PYTHON=…"

# Debian ships python3 without the modules that venv needs.
if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        echo "installing python3-venv"
        apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq install -y python3-venv >/dev/null
    else
        fail "$python cannot make virtual environments; on Debian or Ubuntu: apt-get install python3-venv"
    fi
fi

echo "setting up $folder from $requirements (once, about a minute)"
"$python" -m venv --clear "$folder"
# -qq hides an old pip's warnings about itself, which are useless here; errors are still shown.
PIP_DISABLE_PIP_VERSION_CHECK=1 "$folder/bin/python" -m pip install -qq --no-compile --only-binary=:all: \
    --require-hashes --requirement "$requirements"
