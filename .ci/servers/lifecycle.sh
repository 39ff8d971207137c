# What every server script uses. Sourced by .ci/servers.sh, which sets `dir`, a directory of its own for each server, and
# `bin`, a directory for what is built, and then sources one script that defines:
#
#   install_server   installs it; prints the reason and fails if that does not work
#   start_server     starts it, waits until it answers, makes the bucket "stowage"
#   server_version   prints its version
#
# start_server sets `url`, and `locked_urls` if the server has object lock, and exports the credentials. What it started is in $dir/pids, one process id per line.

start() { # start NAME COMMAND…: runs a daemon in the background, its output in $dir/NAME.log
  local name=$1
  shift
  "$@" >"$dir/$name.log" 2>&1 </dev/null &
  echo $! >>"$dir/pids"
}

wait_until() { # wait_until SECONDS COMMAND…: repeats a command until it succeeds
  local deadline=$((SECONDS + $1))
  shift
  until "$@" >/dev/null 2>&1; do
    if [[ $SECONDS -ge $deadline ]]; then
      echo "gave up waiting for: $*"
      tail -n 15 "$dir"/*.log
      return 1
    fi
    sleep 0.2
  done
}

stop_server() { # the last one started first; SIGKILL after 10 s
  local pids=() pid try
  [[ -f $dir/pids ]] || return 0
  mapfile -t pids < <(tac "$dir/pids")
  for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null; done
  for pid in "${pids[@]}"; do
    for ((try = 0; try < 50; try++)); do
      kill -0 "$pid" 2>/dev/null || break
      sleep 0.2
    done
    kill -KILL "$pid" 2>/dev/null
    wait "$pid" 2>/dev/null
  done
  rm "$dir/pids"
}

free_ports() { # free_ports COUNT
  node .ci/servers/ports.mjs "$1"
}

apt_install() {
  local missing=() package
  for package in "$@"; do dpkg -s "$package" >/dev/null 2>&1 || missing+=("$package"); done
  [[ ${#missing[@]} -eq 0 ]] && return 0
  command -v apt-get >/dev/null || { echo "there is no apt-get"; return 1; }
  [[ $(id -u) -eq 0 ]] || { echo "apt-get needs root"; return 1; }
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq && apt-get install -y -qq --no-install-recommends "${missing[@]}" >"$dir/apt.log" 2>&1 && return 0
  tail -n 5 "$dir/apt.log"
  return 1
}

package_version() { dpkg-query -W -f='${Version}' "$1"; }

go_install() { # go_install BINARY MODULE SECONDS: builds into $bin
  command -v go >/dev/null || { echo "there is no Go"; return 1; }
  GOBIN=$bin timeout "$3" nice go install "$2" >"$bin/$1.log" 2>&1 &
  go_install_pid=$!
  wait "$go_install_pid" && return 0
  printf 'go install %s failed, or took more than %s s: %s\n' "$2" "$3" "$(grep -v downloading "$bin/$1.log" | tail -n 3)"
  return 1
}

go_version_of() { # go_version_of BINARY: the version of the module that it was built from
  go version -m "$bin/$1" | awk '$1 == "mod" { print $3 }'
}

create_bucket() { # create_bucket ENDPOINT: makes the bucket "stowage" with the exported credentials, once the server can
  wait_until 60 timeout 20 node .ci/servers/create-bucket.mjs "$1" stowage
}

create_locked_buckets() { # create_locked_buckets ENDPOINT PARAMETERS [retaining]: sets locked_urls, of a bucket with a rule too if asked for
  node .ci/servers/create-bucket.mjs "$1" stowage-locked --locked || return 1
  locked_urls="s3://stowage-locked/ci?endpoint=$1&objectLockMode=compliance&objectLockDays=1$2"
  [[ ${3:-} == retaining ]] || return 0
  node .ci/servers/create-bucket.mjs "$1" stowage-retaining --retaining || return 1
  locked_urls+=" s3://stowage-retaining/ci?endpoint=$1$2"
}

is_up() { # is_up URL: whether anything answers there over HTTP
  curl -s -o /dev/null --max-time 2 "$1"
}
