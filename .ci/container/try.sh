#!/bin/sh
# Run the steps of the Dockerfile without a container engine: a clean copy of the repository in FOLDER (a new one by
# default), an environment beside it, and the app as the user "nobody", who may write nothing but the cache.
# Stops at the first step that fails; must be run as root, for the change of user.
set -eu
steps="$(cd "$(dirname "$0")" && pwd)/steps.sh"
folder="${1:-$(mktemp -d)}"
port="${PORT:-8599}"
drop="setpriv --reuid nobody --regid nogroup --clear-groups"
python="$(python3 -c 'import sys; print(sys.executable)')"
$drop sh -c '"$0" -V' "$python" > /dev/null 2>&1 || {
  echo "The user \"nobody\" cannot run $python: put one first that everybody may, as PATH=/usr/bin:\$PATH $0." >&2
  exit 1
}
mkdir -p "$folder/source" "$folder/cache"
git -C "$(dirname "$steps")/../.." archive --format=tar HEAD | tar -x -C "$folder/source"

sh "$steps" wheel "$folder/source" "$folder/wheel"
sh "$steps" install "$folder/wheel" "$folder/env"
chown -R nobody "$folder/cache"
chmod 755 "$folder"
become_nobody() { # in the place of the shell that calls it, which is then the process to stop
  exec $drop env -i PATH="$PATH" LANG=C.UTF-8 HOME="$folder/cache" PORT="$port" \
    ADDRESS=127.0.0.1 BASE_PATH="${BASE_PATH:-}" MAILLAGE_CACHE_DIR="$folder/cache/files" \
    NUMBA_CACHE_DIR="$folder/cache/compiled" MPLCONFIGDIR="$folder/cache/matplotlib" PYTHONDONTWRITEBYTECODE=1 \
    MAILLAGE_GEOCODER_URL= "$@"
}
as_nobody() {
  (become_nobody "$@")
}
cd "$folder/cache"
as_nobody sh "$steps" prepare "$folder/env"
become_nobody sh "$steps" serve "$folder/env" > "$folder/log" 2>&1 &
served=$!
trap 'kill -TERM "$served" 2>/dev/null || true; wait "$served" 2>/dev/null || true' EXIT
tries=0
until as_nobody sh "$steps" health "$folder/env"; do
  tries=$((tries + 1))
  if [ "$tries" -gt 90 ] || ! kill -0 "$served" 2>/dev/null; then
    cat "$folder/log"
    exit 1
  fi
  sleep 2
done
become_nobody TERRITORY=64 PORT="$((port + 1))" sh "$steps" api "$folder/env" > "$folder/api.log" 2>&1 &
api=$!
trap 'kill -TERM "$served" "$api" 2>/dev/null || true; wait "$served" "$api" 2>/dev/null || true' EXIT
tries=0
until as_nobody PORT="$((port + 1))" sh "$steps" health "$folder/env" health; do
  tries=$((tries + 1))
  if [ "$tries" -gt 90 ] || ! kill -0 "$api" 2>/dev/null; then
    cat "$folder/api.log"
    exit 1
  fi
  sleep 2
done
echo "The app and the API answer. Files written outside the cache by its user:"
find "$folder/source" "$folder/env" -user nobody | head
