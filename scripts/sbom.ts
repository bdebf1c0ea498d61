/**
 * Writes the software bill of materials: a CycloneDX document of everything that is installed with Freehold, with
 * versions and hashes, as the lock file has them.
 *
 *   npm run --silent sbom > freehold.cdx.json
 */
import { lockedPackage, packageName, runTimeDependencies } from './run-time-dependencies.ts'

function component(path: string) {
  const { name = packageName(path), version = '', license, integrity = '' } = lockedPackage(path)
  const purl = `pkg:npm/${name.replace('@', '%40')}@${version}`
  return {
    type: 'library',
    'bom-ref': purl,
    name,
    version,
    purl,
    ...(license === undefined ? {} : { licenses: [{ license: { name: license } }] }),
    hashes: [
      {
        alg: 'SHA-512',
        content: Buffer.from(integrity.replace(/^sha512-/, ''), 'base64').toString('hex'),
      },
    ],
  }
}

const { version } = lockedPackage('packages/cli')
const components = runTimeDependencies({ peers: true }).map(component)
const document = {
  bomFormat: 'CycloneDX',
  specVersion: '1.6',
  version: 1,
  metadata: {
    component: { type: 'application', 'bom-ref': 'freehold', name: 'freehold', version },
  },
  // The same package at the same version may lie in several folders.
  components: [...new Map(components.map((each) => [each.purl, each])).values()],
}
process.stdout.write(`${JSON.stringify(document, null, 2)}\n`)
