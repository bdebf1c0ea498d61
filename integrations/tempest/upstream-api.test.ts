import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { credentialAuthentication, KeystoneVerifier } from '@freehold/server'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  type FreeholdServer,
  hasProgram,
  runClient,
  startFreehold,
} from '../openstack-client/freehold-server.ts'
import { knownDifferences, selected } from './known-differences.ts'

/** The distribution's Python, which sees Debian's tempest and neutron-tempest-plugin. */
const python = '/usr/bin/python3'
const plugin = '/usr/lib/python3/dist-packages/neutron_tempest_plugin'
const isReady = hasProgram(python) && hasProgram(plugin)

let server: FreeholdServer
let identity: Identity

interface Identity {
  readonly url: string
  /** Puts the network service into the catalogue. */
  serve(networkUrl: string): Promise<void>
  stop(): Promise<void>
}

async function startIdentity(): Promise<Identity> {
  const script = fileURLToPath(new URL('identity_stand_in.py', import.meta.url))
  const child = spawn(python, [script], { stdio: ['pipe', 'pipe', 'inherit'] })
  const exited = new Promise((resolve) => child.once('exit', resolve))
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]()
  const { value: port } = await lines.next()
  return {
    url: `http://127.0.0.1:${port}/v3`,
    async serve(networkUrl) {
      child.stdin.write(`${networkUrl}\n`)
      await lines.next()
    },
    async stop() {
      child.stdin.end()
      await exited
    },
  }
}

beforeAll(async () => {
  if (!isReady) return
  identity = await startIdentity()
  const credentials = {
    username: 'admin',
    password: 'any',
    userDomain: 'Default',
    project: 'admin',
    projectDomain: 'Default',
  }
  const verifier = new KeystoneVerifier({ url: identity.url, credentials })
  server = await startFreehold('everybody', {
    authentication: credentialAuthentication([verifier]),
  })
  await identity.serve(server.url)
})

afterAll(async () => {
  if (!isReady) return
  await server.stop()
  await identity.stop()
})

async function writeConfiguration(): Promise<void> {
  const response = await fetch(`${server.url}/v2.0/extensions`)
  const { extensions } = (await response.json()) as { extensions: { alias: string }[] }
  const text = `[auth]
use_dynamic_credentials = true
admin_username = admin
admin_project_name = admin
admin_password = any
admin_domain_name = Default
[identity]
uri_v3 = ${identity.url}
auth_version = v3
region = RegionOne
v3_endpoint_type = public
[service_available]
neutron = true
nova = false
glance = false
cinder = false
swift = false
[network]
project_networks_reachable = false
[network-feature-enabled]
ipv6 = true
ipv6_subnet_attributes = true
api_extensions = ${extensions.map(({ alias }) => alias).join(',')}
[neutron_plugin_options]
max_mtu = 65535
[oslo_concurrency]
lock_path = ${server.folder}
`
  writeFileSync(join(server.folder, 'tempest.conf'), text)
}

/** What became of each test, by its name behind `neutron_tempest_plugin.api.` */
function outcomes(log: string): Map<string, string> {
  const found = new Map<string, string>()
  const line = /^neutron_tempest_plugin\.api\.([\w.]+)\[.*\] \.\.\. (ok|FAIL|ERROR|skipped)/gm
  for (const [, name = '', outcome = ''] of log.matchAll(line)) found.set(name, outcome)
  return found
}

describe.skipIf(!isReady)('upstream’s API tests', () => {
  test('pass, but for the known differences', async () => {
    await writeConfiguration()
    const args = ['-m', 'unittest', '-v', ...selected]
    const { stderr } = await runClient(server, python, args, {
      TEMPEST_CONFIG_DIR: server.folder,
    })
    const results = [...outcomes(stderr)]
    const named = (...wanted: string[]) =>
      results.filter(([, outcome]) => wanted.includes(outcome)).map(([name]) => name)
    expect(named('FAIL', 'ERROR').toSorted(), stderr.slice(-20_000)).toEqual(
      Object.keys(knownDifferences).toSorted(),
    )
    expect(named('ok').length).toBeGreaterThan(150)
    // Nothing of a class may be left out because its fixture failed, which no line above tells.
    expect(stderr).toMatch(/^FAILED \(failures=\d+, skipped=\d+\)$/m)
    expect((await server.ipam.check()).problems).toEqual([])
  }, 600_000)
})
