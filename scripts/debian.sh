#!/usr/bin/env bash
# Installs the Debian packages that lists name (packages.debian: what tests need; packages.bench.debian: what only stands
# beside ours in benchmarks), when this is Debian and we are root; otherwise says what to install. `make test` and `make
# bench` call it with their lists. Asks nothing, and needs no network when all is there.
set -euo pipefail
cd "$(dirname "$0")/.."
wanted=$(cat "${@:-packages.debian}")

command -v dpkg-query >/dev/null || { echo "no Debian: used, where they are there: $(xargs <<<"$wanted")" >&2; exit 0; }

missing=()
while read -r package; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
done <<<"$wanted"
[ ${#missing[@]} -eq 0 ] && exit 0

if [ "$(id -u)" -ne 0 ]; then
    echo "what needs ${missing[*]} is left out; to have it: sudo apt-get install ${missing[*]}" >&2
    exit 0
fi

# The tests start servers of their own; none that Debian would start is wanted (policy-rc.d, invoke-rc.d(8)). Where the
# machine has a policy of its own, as containers do, that stands.
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
    trap 'rm -f "$policy"' EXIT
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod 755 "$policy"
fi

export DEBIAN_FRONTEND=noninteractive
apt-get update -qq </dev/null >/dev/null || echo "apt-get update failed; trying with the lists as they are" >&2
apt-get install -y -qq --no-install-recommends "${missing[@]}" </dev/null >/dev/null
