#!/bin/sh
# A private Docker: dockerd in mount, process and network namespaces of its own, so that whatever it starts or mounts ends
# with it. It ends when its stdin does: when those who started it stop it, or are gone.
#
#   daemon.sh try                 ends with 0 when such namespaces can be made
#   daemon.sh start FOLDER GROUP  GROUP: the cgroup that containers go below
#
# `start` says `ready`, then reads the address for eth0, which is put into its network namespace from outside.
set -eu
case $1 in
  try) exec unshare --mount --net --pid --fork --mount-proc mount -t tmpfs tmpfs /run ;;
  start)
    shift
    exec unshare --mount --net --pid --fork --mount-proc sh "$0" inside "$@"
    ;;
esac
# From here on: process 1 of the namespaces.
folder=$2
group=$3

# Hides the socket of another Docker's containerd, and takes away with it what is left there.
mount -t tmpfs tmpfs /run

# Where nobody has mounted cgroups, they are mounted here, for this Docker alone.
if ! grep -q ' /sys/fs/cgroup[/ ].* cgroup2\{0,1\} ' /proc/self/mounts; then
  mount -t tmpfs tmpfs /sys/fs/cgroup
  while read -r controller _ _ enabled; do
    if [ "$enabled" != 1 ]; then continue; fi
    mkdir "/sys/fs/cgroup/$controller"
    mount -t cgroup -o "$controller" cgroup "/sys/fs/cgroup/$controller" || rmdir "/sys/fs/cgroup/$controller"
  done </proc/cgroups
fi

ip link set lo up
echo ready
read -r address
ip addr add "$address" dev eth0
ip link set eth0 up

exec 3<&0
echo '{}' >"$folder/daemon.json"
# 10.213.0.0/16 is where hosts of these networks are: a registry of a test may listen there.
{
  cat <&3 >/dev/null
  : >"$folder/stopping"
  kill -KILL -1
} &
# One that is killed is started again, as a service manager does.
status=137
while [ "$status" -eq 137 ] && [ ! -e "$folder/stopping" ]; do
  status=0
  dockerd --config-file "$folder/daemon.json" --data-root "$folder/data" --exec-root "$folder/exec" \
    -p "$folder/docker.pid" -H "unix://$folder/docker.sock" --cgroup-parent "/$group" --label disk=ssd \
    --insecure-registry 10.213.0.0/16 >>"$folder/dockerd.log" 2>&1 3<&- || status=$?
done

# Nothing else may be left when this ends: the kernel would end it, but its cgroups would stay.
kill -KILL -1 2>/dev/null || true
for cgroup in "/sys/fs/cgroup/$group" /sys/fs/cgroup/*/"$group"; do
  tries=0
  while [ -d "$cgroup" ] && [ "$tries" -lt 100 ]; do
    find "$cgroup" -depth -type d -exec rmdir {} + 2>/dev/null || sleep 0.02
    tries=$((tries + 1))
  done
done
exit "$status"
