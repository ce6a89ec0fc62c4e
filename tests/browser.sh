#!/bin/sh
# A Chromium for the browser tests: in CI, as root, where apt-get exists and none is installed yet.
# Elsewhere nothing is installed, and the tests that need a browser say aloud that they were left out.
set -u
for name in chromium chromium-browser google-chrome; do
  if command -v "$name" >/dev/null 2>&1; then
    exit 0
  fi
done
if [ "${CI:-}" != "true" ] && [ "${1:-}" != "install" ]; then
  echo "BROWSER TESTS LEFT OUT: no Chromium here (sh tests/browser.sh install gets one)." >&2
  exit 0
fi
if [ "$(id -u)" != "0" ] || ! command -v apt-get >/dev/null 2>&1; then
  echo "BROWSER TESTS LEFT OUT: Chromium can only be installed by root with apt-get." >&2
  exit 0
fi
echo "Installing Chromium for the browser tests ..." >&2
if apt-get update -qq >/dev/null 2>&1 \
  && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium >/dev/null 2>&1; then
  exit 0
fi
echo "BROWSER TESTS LEFT OUT: Chromium could not be installed." >&2
exit 0
