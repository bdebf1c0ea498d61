import { isIP } from 'node:net'
import { type Command, InvalidArgumentError, Option } from 'commander'
import { positiveInteger } from './declaration.ts'

/** Options of `serve` about who is let in, over what, and how often. */
export function addServeSecurityOptions(serve: Command): Command {
  return serve
    .option('--tls-cert <file>', 'serve HTTPS with this certificate chain (PEM)')
    .option('--tls-key <file>', 'its private key (PEM); both are read again when they change')
    .option(
      '--trusted-proxy <address>',
      'believe X-Forwarded-* of this address or network (repeatable)',
      collectNetwork,
    )
    .addOption(
      new Option('--rate-limit <count>', 'requests per second and caller').argParser(
        positiveInteger,
      ),
    )
    .addOption(
      new Option('--allocation-limit <count>', 'addresses per minute and project').argParser(
        positiveInteger,
      ),
    )
    .addOption(
      new Option(
        '--max-in-flight <count>',
        'requests served at once, more are answered 503; default: 400',
      ).argParser(positiveInteger),
    )
    .option('--oidc-issuer <url>', 'also let in bearers of tokens of this OpenID Connect issuer')
    .option('--oidc-audience <audience>', 'what those tokens must be for')
    .option('--oidc-project-claim <claim>', 'where they name the project; default: project')
    .option('--oidc-role-claim <claim>', 'where they name roles; default: roles')
    .option('--oidc-role <name=role>', 'what a role of theirs is here (repeatable)', collectRole)
    .option('--keystone-url <url>', 'also let in bearers of tokens of this OpenStack Keystone')
    .option('--keystone-role <name=role>', 'what a role of its is here (repeatable)', collectRole)
}

function collectNetwork(text: string, before: readonly string[] = []): string[] {
  const [address = '', length, ...rest] = text.split('/')
  const most = { 0: -1, 4: 32, 6: 128 }[isIP(address)] ?? -1
  const isNetwork = length === undefined || (/^\d{1,3}$/.test(length) && Number(length) <= most)
  if (most < 0 || !isNetwork || rest.length > 0)
    throw new InvalidArgumentError('Give an address or a network, such as 192.0.2.0/24.')
  return [...before, text]
}

function collectRole(
  text: string,
  before: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const [, name = '', role = ''] = /^(.+)=(admin|operator|reader)$/.exec(text) ?? []
  if (name === '')
    throw new InvalidArgumentError('Give it as NAME=admin, NAME=operator or NAME=reader.')
  return { ...before, [name]: role }
}
