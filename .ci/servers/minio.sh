# MinIO on one directory.

install_server() { go_install minio github.com/minio/minio@latest 900; }

server_version() { echo "MinIO $(go_version_of minio)"; }

start_server() {
  local port console_port
  read -r port console_port < <(free_ports 2)
  export AWS_ACCESS_KEY_ID=minio-test AWS_SECRET_ACCESS_KEY=minio-test-secret
  start minio env MINIO_ROOT_USER="$AWS_ACCESS_KEY_ID" MINIO_ROOT_PASSWORD="$AWS_SECRET_ACCESS_KEY" HOME="$dir" \
    "$bin/minio" server --quiet --address "127.0.0.1:$port" --console-address "127.0.0.1:$console_port" "$dir/data"
  create_bucket "http://127.0.0.1:$port" || return 1
  create_locked_buckets "http://127.0.0.1:$port" "" retaining || return 1
  url="s3://stowage/ci?endpoint=http://127.0.0.1:$port"
}
