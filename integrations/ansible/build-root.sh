#!/bin/sh
# Makes a folder that holds Debian 13 with its Ansible, openstacksdk and openstack client, for ansible-playbook.test.ts.
#   build-root.sh FOLDER
# Debian 12 has these packages too, but its openstack.cloud modules refuse its openstacksdk.
# Needs root and debootstrap. A folder that is complete already is left as it is.
set -eu
root=$1
packages='ansible python3-openstacksdk python3-openstackclient'
[ ! -e "$root" ] || exit 0

# Complete or not there: what is interrupted is begun anew.
half=$root.half
rm -rf "$half"
mkdir -p "$half"
debootstrap --variant=minbase trixie "$half"

# The package of all collections is large, and only one of them is used here. Nothing is compiled ahead of its use.
cat >"$half/etc/dpkg/dpkg.cfg.d/freehold" <<'CONF'
force-unsafe-io
path-exclude=/usr/share/doc/*
path-exclude=/usr/share/locale/*
path-exclude=/usr/share/man/*
path-exclude=/usr/lib/python3/dist-packages/ansible_collections/*/*
path-include=/usr/lib/python3/dist-packages/ansible_collections/openstack/*
CONF
printf '#!/bin/sh\nexit 101\n' >"$half/usr/sbin/policy-rc.d"
chmod +x "$half/usr/sbin/policy-rc.d"
install() {
  chroot "$half" env DEBIAN_FRONTEND=noninteractive \
    apt-get install --yes --quiet --no-install-recommends "$@"
}
install python3-minimal
chroot "$half" dpkg-divert --local --rename --add /usr/bin/py3compile
ln -s /bin/true "$half/usr/bin/py3compile"
# shellcheck disable=SC2086 -- a list
install $packages
chroot "$half" apt-get clean
mv "$half" "$root"
