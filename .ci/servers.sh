#!/usr/bin/env bash
# Runs the whole contract suite and the main job against real servers, one server after the other: installs each, starts it
# on free ports of 127.0.0.1 in a temporary directory, and stops it by its process ids. A server that cannot be installed
# is a printed skip; for Ceph, which every Debian has, it is a failure. The last line is "N passed, N failed, N skipped".
#
#   .ci/servers.sh              all of them
#   .ci/servers.sh rgw minio    only these

set -u
export NO_COLOR=1
cd "$(dirname "${BASH_SOURCE[0]}")/.."

servers=("$@")
[[ ${#servers[@]} -gt 0 ]] || servers=(rgw fake-gcs-server versitygw swift minio)
limit=${STOWAGE_SERVERS_SECONDS:-1740} # .ci/run allows 1800
work=$(mktemp -d)
bin=$work/bin
mkdir "$bin"
source .ci/servers/lifecycle.sh

builder=
clean_up() {
  [[ -n $builder ]] && kill "$builder" 2>/dev/null && wait "$builder"
  rm -rf "$work"
}
trap clean_up EXIT
trap 'exit 130' INT TERM

build_go_servers() { # in the background, while the first servers are tried
  trap '[[ -n ${go_install_pid:-} ]] && kill "$go_install_pid"; exit 1' TERM
  local server
  for server in "${servers[@]}"; do
    grep -q go_install ".ci/servers/$server.sh" || continue
    source ".ci/servers/$server.sh"
    install_server >"$bin/$server.reason" 2>&1
    echo $? >"$bin/$server.done"
  done
}

install_or_wait() { # prints the reason if it fails
  if ! grep -q go_install ".ci/servers/$1.sh"; then install_server; return; fi
  until [[ -f $bin/$1.done ]]; do
    if [[ $SECONDS -ge $((limit - 120)) ]]; then echo "it was still being built after $SECONDS s"; return 1; fi
    sleep 1
  done
  [[ $(<"$bin/$1.done") -eq 0 ]] && return 0
  cat "$bin/$1.reason"
  return 1
}

run_suite() { # run_suite SERVER: the fast and remote cases by the suite's own command, beside it the slow ones by vitest
  local variable=STOWAGE_TEST_S3_URL status=0 left=$((limit - SECONDS)) started=$SECONDS
  [[ $url == gs:* ]] && variable=STOWAGE_TEST_GCS_URL
  export STOWAGE_TEST_SERVER=$1 STOWAGE_TEST_SERVER_VERSION STOWAGE_TEST_TIERS=slow "$variable=$url"
  STOWAGE_TEST_SERVER_VERSION=$(server_version)
  start command env NODE_OPTIONS=--disable-warning=Warning timeout --kill-after=10 "$left" \
    node contract-tests/dist/command.js packages/cli/test/live-harness.mjs --tier fast --tier remote
  local command=$!
  timeout --foreground --kill-after=10 "$left" \
    node_modules/.bin/vitest run --mode slow --reporter=dot packages/cli/test/live.slow.test.ts || status=1
  run_locked || status=1
  wait "$command" || status=1
  sed -i '$d' "$dir/pids" # it has ended
  printf 'fast and remote cases without a runner, but for those that pass, in %d s:\n' $((SECONDS - started))
  grep -v '^passed ' "$dir/command.log"
  return $status
}

run_locked() { # a manager over buckets with object lock, where the server has it
  [[ -n $locked_urls ]] || return 0
  STOWAGE_TEST_LOCKED_S3_URLS=$locked_urls timeout --foreground --kill-after=10 120 \
    node_modules/.bin/vitest run --mode slow --reporter=dot packages/cli/test/live-object-lock.slow.test.ts
}

run_main_job() { # backs up, restores and compares some 40 MB, so that the archive is sent in parts
  mkdir "$dir/main-job"
  cp -r packages/core/src "$dir/main-job/core"
  head -c 40000000 /dev/urandom >"$dir/main-job/random"
  timeout --foreground --kill-after=10 300 npm start -- "$dir/main-job" --to "$url"
}

try_server() { # try_server SERVER, in a subshell; status 0 for success, 2 for a skip
  local reason
  dir=$work/$1 url="" locked_urls=""
  mkdir "$dir"
  trap stop_server EXIT
  trap 'exit 130' INT TERM
  source ".ci/servers/$1.sh"
  if ! reason=$(install_or_wait "$1" 2>&1); then
    printf 'SKIPPED: %s\n' "$reason"
    [[ $1 != rgw ]] || return 1
    return 2
  fi
  if [[ $SECONDS -ge $((limit - 60)) ]]; then echo "SKIPPED: no time is left after $SECONDS s"; return 2; fi
  printf 'version: %s\n' "$(server_version)"
  start_server || start_again || { echo "it did not start"; return 1; }
  printf 'url: %s\n' "$url"
  run_suite "$1" && run_main_job
}

start_again() { # a server that dies while it starts says nothing about our drivers
  echo "it did not start; one more try"
  stop_server
  rm -rf "$dir" && mkdir "$dir" && start_server
}

build_go_servers &
builder=$!

passed=0 failed=0 skipped=0
for server in "${servers[@]}"; do
  printf '\n── %s\n' "$server"
  started=$SECONDS
  (try_server "$server")
  case $? in
    0) passed=$((passed + 1)); printf '✓ %s (%d s)\n' "$server" $((SECONDS - started)) ;;
    2) skipped=$((skipped + 1)); printf -- '- %s: skipped\n' "$server" ;;
    *) failed=$((failed + 1)); printf '✗ %s (%d s)\n' "$server" $((SECONDS - started)) ;;
  esac
done

printf '\n%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
[[ $failed -eq 0 ]]
