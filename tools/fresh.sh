#!/usr/bin/env bash
# What a person with a new machine sees: a Debian with nothing in it, a clean clone of HEAD,
# ./dev run until the chat answers, ./dev test. Its argument is the Debian: bookworm (12, as if none
# were given) or trixie (13). Needs root. The folder is build/fresh/DEBIAN or $GATEHOUSE_FRESH_DIR;
# the bare system is kept there as a tarball, downloaded packages beside it.
#
# Everything is mounted in a mount namespace of our own, which ends with us however we end: no
# /dev of the host is left bound in a folder that somebody deletes.
set -eEuo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

mirror=http://deb.debian.org
debian=${1:-bookworm}
place=$(realpath -m "${GATEHOUSE_FRESH_DIR:-build/fresh/$debian}")
system=$place/system

say() { printf 'fresh: %s\n' "$*" >&2; }

# A run that fails before it counts anything still ends in the line that scripts read.
fail() {
  say "$*"
  echo "0 passed, 1 failed"
  exit 1
}

trap 'fail "stopped at line $LINENO of tools/fresh.sh"' ERR

make_base() {
  if [[ -s $place/base.tar ]]; then return 0; fi
  say "debootstrap of $debian (minbase) into $place, once"
  rm -rf "$place/base"
  debootstrap --variant=minbase "$debian" "$place/base" "$mirror/debian" >&2
  tar -C "$place/base" -cf "$place/base.new" .
  mv "$place/base.new" "$place/base.tar"
  rm -rf "$place/base"
}

# The host's way to the network: names, proxies, how old an archive's index may be.
copy_network() {
  cp -L /etc/resolv.conf "$system/etc/resolv.conf"
  printf '127.0.0.1 localhost\n::1 localhost\n' >"$system/etc/hosts" # debootstrap makes none
  apt-config dump | grep -iE '^Acquire::(https?::Proxy|Check-(Valid-Until|Date)) ' \
    >"$system/etc/apt/apt.conf.d/90host" || true
  cat >"$system/etc/apt/sources.list" <<END
deb $mirror/debian $debian main
deb $mirror/debian $debian-updates main
deb $mirror/debian-security $debian-security main
END
}

make_system() {
  say "unpacking the bare system into $system"
  rm -rf "$system"
  mkdir -p "$system" "$place/archives/partial"
  tar -C "$system" -xf "$place/base.tar"
  copy_network
  if [[ -n $(git status --porcelain) ]]; then say "uncommitted changes are not in the clone"; fi
  say "cloning $(git rev-parse --short HEAD)"
  git clone -q --no-hardlinks . "$system/root/gatehouse"
}

# In a namespace of its own: mounts, then the other half of this file inside the chroot.
enter() {
  mount --rbind /dev "$system/dev"
  mount -t proc proc "$system/proc"
  mount -t sysfs -o ro sysfs "$system/sys"
  mount --bind "$place/archives" "$system/var/cache/apt/archives"
  exec chroot "$system" /usr/bin/env -i HOME=/root TERM=dumb LANG=C.UTF-8 \
    PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
    ${http_proxy:+"http_proxy=$http_proxy"} ${https_proxy:+"https_proxy=$https_proxy"} \
    /root/gatehouse/tools/fresh.sh inside </dev/null
}

# The first line of the answer to a WebSocket upgrade of the chat.
upgrade() {
  exec 3<>"/dev/tcp/127.0.0.1/$1"
  printf '%s\r\n' 'GET /production HTTP/1.1' "Host: localhost:$1" 'Upgrade: websocket' \
    'Connection: Upgrade' 'Sec-WebSocket-Version: 13' \
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==' '' >&3
  head -n 1 <&3
}

# ./dev run: waits for it to be ready, talks to it, stops it by its pid.
run_inside() {
  local pid port answer code=0 ready=/tmp/ready.json
  say "./dev run --port 0 --ready-file $ready"
  ./dev run --port 0 --data :memory: --ready-file "$ready" </dev/null &
  pid=$!
  while [[ ! -s $ready ]]; do
    kill -0 "$pid" 2>/dev/null || fail "./dev run ended before it was ready"
    if ((SECONDS > 2400)); then fail "./dev run is not ready after 40 minutes"; fi
    sleep 0.1
  done
  say "ready after $SECONDS s, packages and build included: $(cat "$ready")"
  port=$(sed 's/.*"port": *\([0-9]*\).*/\1/' "$ready")
  answer=$(timeout 10 bash -c "$(declare -f upgrade); upgrade $port" | tr -d '\r') || true
  say "WebSocket upgrade of /production: $answer"
  [[ $answer == "HTTP/1.1 101"* ]] || fail "that is no 101"
  kill -TERM "$pid"
  wait "$pid" || code=$?
  say "stopped with exit code $code"
  ((code == 0 || code == 143)) || fail "that is no orderly stop"
}

inside() {
  run_inside
  say "./dev test"
  exec ./dev test
}

whole() {
  if ((EUID != 0)); then fail "debootstrap and chroot need root: sudo ./dev test fresh"; fi
  mkdir -p "$place"
  make_base
  make_system
  exec unshare --mount --pid --fork --kill-child --propagation private \
    env GATEHOUSE_FRESH_DIR="$place" tools/fresh.sh enter
}

case $debian in
  bookworm | trixie) whole ;;
  enter) enter ;;   # the second half, in the namespace
  inside) inside ;; # the third, in the new system
  *) fail "bookworm or trixie, not $debian" ;;
esac
