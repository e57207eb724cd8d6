#!/usr/bin/env bash
# Installs the Debian packages that the tests need (packages.debian), when this is Debian and we are root; otherwise says
# what to install. Called by `make test`. Asks nothing, and needs no network when all is there.
set -euo pipefail
cd "$(dirname "$0")/.."

command -v dpkg-query >/dev/null || { echo "no Debian: the tests use, where it is there: $(xargs <packages.debian)" >&2; exit 0; }

missing=()
while read -r package; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
done <packages.debian
[ ${#missing[@]} -eq 0 ] && exit 0

if [ "$(id -u)" -ne 0 ]; then
    echo "tests that need ${missing[*]} are left out; to have them: sudo apt-get install ${missing[*]}" >&2
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
