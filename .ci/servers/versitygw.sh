# Versity's gateway: S3 over a directory.

install_server() { go_install versitygw github.com/versity/versitygw/cmd/versitygw@latest 600; }

server_version() { echo "versitygw $(go_version_of versitygw)"; }

start_server() {
  local port
  port=$(free_ports 1)
  export AWS_ACCESS_KEY_ID=versity-test AWS_SECRET_ACCESS_KEY=versity-test-secret
  mkdir -p "$dir/data"
  start versitygw env ROOT_ACCESS_KEY_ID="$AWS_ACCESS_KEY_ID" ROOT_SECRET_ACCESS_KEY="$AWS_SECRET_ACCESS_KEY" \
    "$bin/versitygw" --port "127.0.0.1:$port" --quiet posix "$dir/data"
  create_bucket "http://127.0.0.1:$port" || return 1
  # It removes a folder with its last object, and refuses one that is written into it at that moment ("Existing Object is
  # a directory"). The folders of the cases come and go below this one.
  mkdir "$dir/data/stowage/ci" && touch "$dir/data/stowage/ci/keep" || return 1
  # A rule of a bucket retains there, but dates no object.
  create_locked_buckets "http://127.0.0.1:$port" "" || return 1
  url="s3://stowage/ci?endpoint=http://127.0.0.1:$port"
}
