#!/bin/sh
# What the image is made with. The Dockerfile runs it, and so does try.sh where no container engine is at hand.
#
#   steps.sh wheel SOURCE OUT    set the repository up, build its wheel and the versions of the lock file into OUT
#   steps.sh install OUT ENV     install both into an environment
#   steps.sh prepare ENV         compile the searches and estimate the roads of France, into MAILLAGE_CACHE_DIR
#   steps.sh serve ENV           serve the app: PORT (8501), ADDRESS (0.0.0.0), BASE_PATH (none)
#   steps.sh api ENV             serve the API: PORT (8502), ADDRESS (0.0.0.0), TERRITORY (all of France), PLAN (none),
#                                PER_MINUTE (120), BEHIND_PROXY (1: a proxy in front writes X-Forwarded-For)
#   steps.sh health ENV [PATH]   succeed where the app answers; the API: PATH is "health", PORT its own
set -eu

case "$1" in
wheel)
  make -C "$2" setup
  mkdir -p "$3"
  "$2/.venv/bin/python" -m pip wheel --quiet --no-deps --no-build-isolation --wheel-dir "$3" "$2"
  # The versions without the checksums: a wheel made here has none.
  sed -nE 's/^([A-Za-z0-9_.-]+)(\[[^]]*\])?(==[^ ]+)( ; [^\\]*)? *\\?$/\1\3\4/p' "$2/requirements.txt" > "$3/versions.txt"
  ;;
install)
  python3 -m venv "$3"
  "$3/bin/python" -m pip install --quiet --no-cache-dir --constraint "$2/versions.txt" "maillage[api,app] @ file://$(ls "$2"/maillage-*.whl)"
  ;;
prepare)
  "$2/bin/python" -m geo.prepared
  "$2/bin/maillage" nearest Sare > /dev/null
  "$2/bin/maillage" plan 64 --new 3 > /dev/null
  ;;
serve)
  exec "$2/bin/maillage" app --address "${ADDRESS:-0.0.0.0}" --port "${PORT:-8501}" --base-path "${BASE_PATH:-}"
  ;;
api)
  maillage="$2/bin/maillage"
  set -- --address "${ADDRESS:-0.0.0.0}" --port "${PORT:-8502}" --per-minute "${PER_MINUTE:-120}"
  [ -z "${PLAN:-}" ] || set -- "$@" --plan "$PLAN"
  [ "${BEHIND_PROXY:-0}" != 1 ] || set -- "$@" --behind-proxy
  exec "$maillage" api "$@" ${TERRITORY:+"$TERRITORY"}
  ;;
health)
  exec "$2/bin/python" -c 'import os, sys, urllib.request
port, base = os.environ.get("PORT") or "8501", os.environ.get("BASE_PATH", "").strip("/")
path = sys.argv[1] if len(sys.argv) > 1 else "_stcore/health"
address = f"http://127.0.0.1:{port}/{base}/{path}" if base else f"http://127.0.0.1:{port}/{path}"
try:
    sys.exit(urllib.request.urlopen(address, timeout=5).status != 200)
except OSError:
    sys.exit(1)' ${3:+"$3"}
  ;;
*)
  echo "steps.sh wheel|install|prepare|serve|api|health" >&2
  exit 2
  ;;
esac
