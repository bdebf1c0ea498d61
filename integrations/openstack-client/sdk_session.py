"""A program that keeps its networks in Freehold through openstacksdk, and checks what it gets back.

Usage: sdk_session.py URL. Prints one line of JSON with what it did.
"""

import ipaddress
import json
import sys

import openstack
from openstack import exceptions


def main(url):
    net = openstack.connect(auth_type="none", endpoint=url).network
    steps = []

    def step(name, condition):
        assert condition, name
        steps.append(name)

    scope = net.create_address_scope(name="sdk-scope", ip_version=4)
    step("address scope created", scope.ip_version == 4 and not scope.is_shared)
    scope = net.update_address_scope(scope, name="sdk-scope-2")
    step("address scope updated", net.get_address_scope(scope.id).name == "sdk-scope-2")
    step("address scope found by name", net.find_address_scope("sdk-scope-2").id == scope.id)

    pool = net.create_subnet_pool(
        name="sdk-pool",
        prefixes=["10.80.0.0/16"],
        default_prefix_length=26,
        minimum_prefix_length=24,
        maximum_prefix_length=28,
        address_scope_id=scope.id,
    )
    step("subnet pool created", int(pool.default_prefix_length) == 26)
    pool = net.update_subnet_pool(pool, prefixes=["10.80.0.0/16", "10.81.0.0/16"])
    step("subnet pool updated", pool.prefixes == ["10.80.0.0/15"])

    network = net.create_network(name="sdk-net", description="d")
    step("network created", network.status == "ACTIVE" and network.subnet_ids == [])
    network = net.update_network(network, description="e", mtu=9000)
    step("network updated", (network.description, network.mtu) == ("e", 9000))

    cut = net.create_subnet(network_id=network.id, ip_version=4, subnet_pool_id=pool.id)
    step("subnet cut from the pool", cut.cidr == "10.80.0.0/26" and cut.subnet_pool_id == pool.id)
    six = net.create_subnet(network_id=network.id, ip_version=6, cidr="2001:db8:80::/64", name="six")
    cut = net.update_subnet(cut, name="cut", dns_nameservers=["10.80.0.2"])
    step("subnet updated", net.get_subnet(cut.id).dns_nameservers == ["10.80.0.2"])
    step("network knows its subnets", set(net.get_network(network.id).subnet_ids) == {cut.id, six.id})
    step("subnets listed by network", len(list(net.subnets(network_id=network.id))) == 2)
    step("subnets listed by IP version", [s.id for s in net.subnets(ip_version=6)] == [six.id])

    ports = net.create_ports([{"network_id": network.id, "name": f"sdk-{n}"} for n in range(5)])
    ports = list(ports)
    step("ports created together", len({port.mac_address for port in ports}) == 5)
    for port in ports:
        four, sixth = sorted(port.fixed_ips, key=lambda ip: ip["subnet_id"] != cut.id)
        step("dual stack", ipaddress.ip_address(four["ip_address"]) in ipaddress.ip_network(cut.cidr))
        step("dual stack", ipaddress.ip_address(sixth["ip_address"]) in ipaddress.ip_network(six.cidr))
    step("ports come in pages", len(list(net.ports(limit=2))) == 5)
    found = list(net.ports(fixed_ips=f"subnet_id={cut.id}", name="sdk-3"))
    step("ports filtered", [port.id for port in found] == [ports[3].id])

    # Addresses are drawn at random: any one that is named beforehand may be held by now.
    held = {ip["ip_address"] for port in ports for ip in port.fixed_ips} | {cut.gateway_ip}
    named = next(str(one) for one in ipaddress.ip_network(cut.cidr).hosts() if str(one) not in held)
    port = net.update_port(
        ports[0],
        fixed_ips=[{"subnet_id": cut.id, "ip_address": named}],
        device_id="vm",
        device_owner="compute:nova",
    )
    step("port updated", [ip["ip_address"] for ip in port.fixed_ips] == [named])
    step("ports listed by device", [p.id for p in net.ports(device_id="vm")] == [port.id])
    net.set_tags(port, ["one", "two"])
    step("tags set", sorted(net.get_port(port.id).tags) == ["one", "two"])
    step("ports listed by tag", [p.id for p in net.ports(tags="one")] == [port.id])

    try:
        net.create_port(network_id=network.id, fixed_ips=[{"ip_address": named}])
        step("conflict", False)
    except exceptions.ConflictException as error:
        step("conflict told", f"{named} already allocated" in str(error))
    try:
        net.update_port(port.id, if_revision=0, name="late")
        step("stale revision", False)
    except exceptions.HttpException as error:
        step("stale revision told", error.status_code == 412)

    availability = net.get_network_ip_availability(network.id)
    step("availability is exact", availability.total_ips == 61 + 2**64 - 1)
    step("availability counts what is held", availability.used_ips == 9)

    net.update_quota("sdk-project", ports=7)
    step("quota set", net.get_quota("sdk-project").ports == 7)
    net.delete_quota("sdk-project")

    step("extension found", net.find_extension("address-scope").name == "Address scope")
    for port in list(net.ports()):
        net.delete_port(port.id, ignore_missing=False)
    for subnet in (cut, six):
        net.delete_subnet(subnet.id, ignore_missing=False)
    net.delete_network(network.id, ignore_missing=False)
    net.delete_subnet_pool(pool.id, ignore_missing=False)
    net.delete_address_scope(scope.id, ignore_missing=False)
    step("missing is told", net.find_network("sdk-net") is None)
    print(json.dumps(steps))


main(sys.argv[1])
