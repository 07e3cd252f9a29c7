#!/bin/sh
# Passes all tests on a fresh machine: installs what they need, then checks style, types, structure and behaviour.
set -eu
cd "$(dirname "$0")/.."

as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi; }

need=""
for pair in gpg:gnupg tmux:tmux /usr/sbin/sshd:openssh-server ssh:openssh-client \
    gnome-keyring-daemon:gnome-keyring dbus-run-session:dbus git:git; do
    command -v "${pair%%:*}" >/dev/null 2>&1 || need="$need ${pair#*:}"
done
python3 -c 'import ensurepip' 2>/dev/null || need="$need python3-venv"
if [ -n "$need" ]; then
    as_root apt-get update -qq
    # shellcheck disable=SC2086  # a list of packages is meant
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $need
fi

[ -x .venv/bin/python ] || python3 -m venv .venv
.venv/bin/python -m pip --version >/dev/null 2>&1 || .venv/bin/python -m ensurepip -q
.venv/bin/python -m pip install -q -e '.[test]'

.venv/bin/ruff check .
.venv/bin/ruff format --check .
.venv/bin/mypy
CI=true .venv/bin/python -m pytest "$@"
