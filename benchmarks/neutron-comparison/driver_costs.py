#!/usr/bin/python3
"""What one allocation costs in OpenStack Neutron's own database-backed IPAM driver.

Drives the installed, unchanged `neutron` package, without a server around it: makes its tables in an empty
database, a network and a subnet through its plugin, and then, for each number of addresses, writes that many
rows into the driver's table and times single requests, each in a transaction of its own, as Neutron's port
path makes them.

Debian 12: apt-get install python3-neutron python3-pymysql

  /usr/bin/python3 driver_costs.py --url 'mysql+pymysql://USER@HOST:PORT/EMPTY_DATABASE?charset=utf8' \
      --held 0,1000,10000 --seconds 20

Prints one JSON object a line: {"held": N, "milliseconds": [...]}, or {"error": "..."} and exit code 1.
"""
import argparse
import ipaddress
import json
import logging
import sys
import time


def parsed_arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument('--url', required=True, help='SQLAlchemy URL of an empty database')
    parser.add_argument('--held', default='0,1000')
    parser.add_argument('--cidr', default='10.0.0.0/16')
    parser.add_argument('--repetitions', type=int, default=20)
    parser.add_argument('--seconds', type=float, default=20.0, help='at most, for each number of addresses')
    return parser.parse_args()


class Driver:
    """Neutron's plugin and driver on one database, and one subnet in it."""

    def __init__(self, url, cidr):
        from neutron.common import config
        from neutron import manager
        from neutron_lib.db import api, model_base
        from neutron_lib.plugins import directory
        from oslo_config import cfg
        from oslo_db import options

        # Imported so that every table is known before they are made.
        from neutron.db.migration.models import head  # noqa: F401

        config.register_common_config_options()
        options.set_defaults(cfg.CONF, connection=url)
        cfg.CONF([], project='neutron', default_config_files=[])
        cfg.CONF.set_override('core_plugin', 'neutron.db.db_base_plugin_v2.NeutronDbPluginV2')
        cfg.CONF.set_override('service_plugins', [])
        self.api = api
        self.engine = api.CONTEXT_WRITER.get_engine()
        model_base.BASEV2.metadata.create_all(self.engine)
        manager.init()
        self.plugin = directory.get_plugin()
        self.subnet_id = self._make_subnet(cidr)

    def _make_subnet(self, cidr):
        from neutron_lib import constants

        unset = constants.ATTR_NOT_SPECIFIED
        project = 'benchmark'
        network = self.plugin.create_network(self._context(), {'network': {
            'name': 'benchmark', 'tenant_id': project, 'shared': False, 'admin_state_up': True}})
        wanted = dict.fromkeys(
            ['gateway_ip', 'allocation_pools', 'dns_nameservers', 'host_routes', 'ipv6_ra_mode',
             'ipv6_address_mode'], unset)
        wanted.update(name='benchmark', tenant_id=project, network_id=network['id'], cidr=cidr,
                      ip_version=4, enable_dhcp=True)
        return self.plugin.create_subnet(self._context(), {'subnet': wanted})['id']

    @staticmethod
    def _context():
        from neutron_lib import context
        return context.get_admin_context()

    def table(self):
        from neutron.ipam.drivers.neutrondb_ipam import db_models
        return db_models.IpamAllocation.__table__

    def own_subnet_id(self):
        import sqlalchemy
        from neutron.ipam.drivers.neutrondb_ipam import db_models
        with self.engine.begin() as connection:
            return connection.execute(
                sqlalchemy.select(db_models.IpamSubnet.id).where(
                    db_models.IpamSubnet.neutron_subnet_id == self.subnet_id)).scalar()

    def hold(self, addresses):
        """Makes exactly these addresses held."""
        subnet = self.own_subnet_id()
        table = self.table()
        with self.engine.begin() as connection:
            connection.execute(table.delete().where(table.c.ipam_subnet_id == subnet))
            for start in range(0, len(addresses), 5000):
                connection.execute(table.insert(), [
                    {'ip_address': address, 'status': 'ALLOCATED', 'ipam_subnet_id': subnet}
                    for address in addresses[start:start + 5000]])

    def allocate_any(self):
        from neutron.ipam import requests
        from neutron.ipam.drivers.neutrondb_ipam import driver

        context = self._context()
        with self.api.CONTEXT_WRITER.using(context):
            subnet = driver.NeutronDbPool(None, context).get_subnet(self.subnet_id)
            return subnet.allocate(requests.AnyAddressRequest())

    def release(self, address):
        table = self.table()
        with self.engine.begin() as connection:
            connection.execute(table.delete().where(table.c.ip_address == str(address)))


def measured(driver, repetitions, seconds):
    times = []
    until = time.perf_counter() + seconds
    while len(times) < repetitions and (len(times) < 2 or time.perf_counter() < until):
        start = time.perf_counter()
        address = driver.allocate_any()
        times.append((time.perf_counter() - start) * 1000)
        driver.release(address)
    return times


def main():
    arguments = parsed_arguments()
    logging.disable(logging.ERROR)
    try:
        driver = Driver(arguments.url, arguments.cidr)
    except ImportError as error:
        print(json.dumps({'error': str(error)}))
        return 1
    lowest = int(ipaddress.ip_network(arguments.cidr).network_address) + 2
    # Fills the mapper's caches, which a long-running server has filled too.
    driver.release(driver.allocate_any())
    for held in (int(text) for text in arguments.held.split(',')):
        driver.hold([str(ipaddress.ip_address(lowest + index)) for index in range(held)])
        times = measured(driver, arguments.repetitions, arguments.seconds)
        print(json.dumps({'held': held, 'milliseconds': times}), flush=True)
    return 0


if __name__ == '__main__':
    sys.exit(main())
