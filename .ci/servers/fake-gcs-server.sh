# fake-gcs-server: the JSON API of Google Cloud Storage over a directory, for anybody who asks.

install_server() { go_install fake-gcs-server github.com/fsouza/fake-gcs-server@latest 600; }

server_version() { echo "fake-gcs-server $(go_version_of fake-gcs-server)"; }

start_server() {
  local port
  port=$(free_ports 1)
  mkdir -p "$dir/data/stowage"
  start fake-gcs-server "$bin/fake-gcs-server" -scheme http -host 127.0.0.1 -port "$port" \
    -backend filesystem -filesystem-root "$dir/data" -external-url "http://127.0.0.1:$port"
  wait_until 30 curl -fs "http://127.0.0.1:$port/storage/v1/b/stowage" || return 1
  url="gs://stowage/ci?apiEndpoint=http://127.0.0.1:$port"
}
