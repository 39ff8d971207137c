# Ceph's object gateway over the smallest cluster there can be: one monitor, one store, no authentication among them.

install_server() { apt_install ceph-mon ceph-osd radosgw ceph-common curl; }

server_version() { echo "Ceph RGW $(package_version radosgw)"; }

start_server() {
  local monitor_port gateway_port
  read -r monitor_port gateway_port < <(free_ports 2)
  export AWS_ACCESS_KEY_ID=rgw-test AWS_SECRET_ACCESS_KEY=rgw-test-secret CEPH_CONF=$dir/ceph.conf
  local endpoint=http://127.0.0.1:$gateway_port
  mkdir -p "$dir/mon" "$dir/osd" "$dir/run"
  configure "$monitor_port" "$gateway_port" >"$CEPH_CONF"
  start_monitor "$monitor_port" || return 1
  start_store || return 1
  start rgw radosgw -f -n client.rgw
  wait_until 60 is_up "$endpoint" || return 1
  radosgw-admin -n client.rgw user create --uid=test --display-name=test --max-buckets=0 \
    --access-key="$AWS_ACCESS_KEY_ID" --secret-key="$AWS_SECRET_ACCESS_KEY" >"$dir/user.log" || return 1
  create_bucket "$endpoint" || return 1
  # In buckets with versions 16.2 ignores If-None-Match altogether.
  create_locked_buckets "$endpoint" "&conditionalCreate=false" retaining || return 1
  url="s3://stowage/ci?endpoint=$endpoint&conditionalCreateSize=8388608"
}

configure() { # configure MONITOR_PORT GATEWAY_PORT
  cat <<END
[global]
fsid = $(cat /proc/sys/kernel/random/uuid)
mon host = v1:127.0.0.1:$1
mon initial members = a
public addr = 127.0.0.1
cluster addr = 127.0.0.1
auth cluster required = none
auth service required = none
auth client required = none
run dir = $dir/run
admin socket =
log file = $dir/\$name.log
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 1
osd pool default pgp num = 1
osd pool default pg autoscale mode = off
osd crush chooseleaf type = 0
mon allow pool size one = true
mon max pg per osd = 1000
mon data avail crit = 1
mon data = $dir/mon
osd data = $dir/osd
osd objectstore = bluestore
bluestore block size = 10737418240
osd memory target = 939524096
osd class update on start = false
osd crush update on start = false

[client.rgw]
rgw frontends = beast endpoint=127.0.0.1:$2
rgw enable usage log = false
rgw gc obj min wait = 60
END
}

start_monitor() { # start_monitor PORT
  ceph-authtool --create-keyring "$dir/keyring" --gen-key -n mon. --cap mon 'allow *' >/dev/null &&
    monmaptool --create --fsid "$(ceph-conf --lookup fsid)" --addv a "[v1:127.0.0.1:$1]" "$dir/monmap" >/dev/null &&
    ceph-mon --mkfs -i a --monmap "$dir/monmap" --keyring "$dir/keyring" || return 1
  start mon ceph-mon -f -i a
  wait_until 30 timeout 5 ceph mon stat
}

start_store() {
  [[ $(ceph osd create) == 0 ]] || return 1
  ceph-osd --mkfs -i 0 --no-mon-config >"$dir/mkfs.log" 2>&1 || { tail -n 5 "$dir/mkfs.log"; return 1; }
  ceph osd crush add osd.0 1.0 root=default host=localhost >/dev/null 2>&1
  start osd ceph-osd -f -i 0
  wait_until 60 eval "ceph osd stat | grep -q '1 up'"
}
