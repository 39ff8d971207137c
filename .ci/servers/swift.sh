# OpenStack Swift behind its S3 API: one proxy, one device, memcached for the tokens.

install_server() { apt_install swift-proxy swift-account swift-container swift-object python3-swift memcached curl; }

server_version() { echo "OpenStack Swift s3api $(package_version python3-swift)"; }

start_server() {
  local proxy_port object_port container_port account_port memcached_port
  read -r proxy_port object_port container_port account_port memcached_port < <(free_ports 5)
  export AWS_ACCESS_KEY_ID=test:tester AWS_SECRET_ACCESS_KEY=swift-test-secret
  local endpoint=http://127.0.0.1:$proxy_port
  mkdir -p "$dir/etc" "$dir/devices/d1" "$dir/cache"
  configure_hashes >"$dir/etc/swift.conf"
  start memcached memcached -u "$(id -un)" -l 127.0.0.1 -p "$memcached_port" -m 32
  start_storage object "$object_port" && start_storage container "$container_port" &&
    start_storage account "$account_port" || return 1
  configure_proxy "$proxy_port" "$memcached_port" >"$dir/etc/proxy.conf"
  start proxy swift-proxy-server "$dir/etc/proxy.conf"
  wait_until 30 curl -fs "$endpoint/healthcheck" || return 1
  create_bucket "$endpoint" || return 1
  url="s3://stowage/ci?endpoint=$endpoint&conditionalCreate=false&checksums=when-required"
}

configure_hashes() {
  cat <<END
[swift-hash]
swift_hash_path_suffix = suffix
swift_hash_path_prefix = prefix

[storage-policy:0]
name = only
default = yes
END
}

configure_server() { # configure_server PORT
  cat <<END
[DEFAULT]
bind_ip = 127.0.0.1
bind_port = $1
workers = 0
user = $(id -un)
swift_dir = $dir/etc
devices = $dir/devices
mount_check = false
recon_cache_path = $dir/cache
log_address = /dev/null
log_level = WARNING
disable_fallocate = true
END
}

start_storage() { # start_storage KIND PORT
  local ring=$dir/etc/$1.builder
  {
    swift-ring-builder "$ring" create 4 1 0
    swift-ring-builder "$ring" add --region 1 --zone 1 --ip 127.0.0.1 --port "$2" --device d1 --weight 1
    swift-ring-builder "$ring" rebalance
  } >"$dir/$1-ring.log" 2>&1
  { configure_server "$2"; printf '[pipeline:main]\npipeline = %s-server\n[app:%s-server]\nuse = egg:swift#%s\n' "$1" "$1" "$1"; } \
    >"$dir/etc/$1.conf"
  start "$1" "swift-$1-server" "$dir/etc/$1.conf"
}

configure_proxy() { # configure_proxy PORT MEMCACHED_PORT
  configure_server "$1"
  cat <<END
[pipeline:main]
pipeline = catch_errors gatekeeper healthcheck cache bulk s3api tempauth copy slo dlo versioned_writes proxy-server
[app:proxy-server]
use = egg:swift#proxy
account_autocreate = true
[filter:cache]
use = egg:swift#memcache
memcache_servers = 127.0.0.1:$2
[filter:s3api]
use = egg:swift#s3api
location = us-east-1
s3_acl = false
min_segment_size = 5242880
max_upload_part_num = 10000
[filter:tempauth]
use = egg:swift#tempauth
user_${AWS_ACCESS_KEY_ID/:/_} = $AWS_SECRET_ACCESS_KEY .admin
[filter:slo]
use = egg:swift#slo
max_manifest_segments = 10000
[filter:versioned_writes]
use = egg:swift#versioned_writes
allow_versioned_writes = true
END
  local filter
  for filter in catch_errors gatekeeper healthcheck bulk copy dlo; do
    printf '[filter:%s]\nuse = egg:swift#%s\n' "$filter" "$filter"
  done
}
