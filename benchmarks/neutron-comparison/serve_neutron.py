#!/usr/bin/python3
"""Runs OpenStack Neutron's API server alone: no Keystone, no message broker, no agents.

Debian 12: apt-get install neutron-server python3-pymysql

  /usr/bin/python3 serve_neutron.py --folder SCRATCH --port 9696 \
      --url 'mysql+pymysql://USER@HOST:PORT/EMPTY_DATABASE?charset=utf8'

Writes its configuration into the folder, makes the tables, and becomes the server; it ends with SIGTERM.
"""
import argparse
import os
import subprocess

MAIN = """[DEFAULT]
bind_host = 127.0.0.1
bind_port = {port}
auth_strategy = noauth
core_plugin = ml2
service_plugins =
api_paste_config = /etc/neutron/api-paste.ini
state_path = {folder}
transport_url = fake://
api_workers = {workers}
rpc_workers = 0
rpc_state_report_workers = 0
notify_nova_on_port_status_changes = False
notify_nova_on_port_data_changes = False
dhcp_agent_notification = False

[database]
connection = {url}

[quotas]
quota_network = -1
quota_subnet = -1
quota_port = -1

[oslo_concurrency]
lock_path = {folder}

[oslo_messaging_notifications]
driver = noop

[oslo_policy]
policy_file = {folder}/policy.yaml
"""

ML2 = """[ml2]
type_drivers = local
tenant_network_types = local
mechanism_drivers =
extension_drivers =
"""


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--folder', required=True)
    parser.add_argument('--url', required=True)
    parser.add_argument('--port', type=int, required=True)
    parser.add_argument('--workers', type=int, default=1)
    values = vars(parser.parse_args())
    folder = values['folder']
    texts = {'neutron.conf': MAIN.format(**values), 'ml2.ini': ML2, 'policy.yaml': '{}\n'}
    for name, text in texts.items():
        with open(os.path.join(folder, name), 'w', encoding='utf-8') as file:
            file.write(text)
    configuration = ['--config-file', f'{folder}/neutron.conf', '--config-file', f'{folder}/ml2.ini']
    with open(os.path.join(folder, 'migration.log'), 'w', encoding='utf-8') as log:
        subprocess.run(['/usr/bin/neutron-db-manage', *configuration, 'upgrade', 'heads'],
                       check=True, stdout=log, stderr=log)
    with open(os.path.join(folder, 'server.log'), 'w', encoding='utf-8') as log:
        os.dup2(log.fileno(), 1)
        os.dup2(log.fileno(), 2)
        os.execv('/usr/bin/neutron-server', ['/usr/bin/neutron-server', *configuration])


if __name__ == '__main__':
    main()
