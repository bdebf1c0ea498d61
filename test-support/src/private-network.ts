import { type ChildProcess, spawn, spawnSync } from 'node:child_process'

/** Some places that reach one another through a switch, and nothing else; the system's own network has no part in it. */
export interface PrivateNetwork {
  readonly places: readonly NetworkPlace[]
  /** Ends it when nothing runs in it any more. */
  stop(): void
}

/** Root unless it says otherwise. */
export interface SystemUser {
  readonly uid?: number
  readonly gid?: number
}

export interface NetworkPlace {
  readonly address: string
  /** What a command has to be preceded by to run there as this user. */
  commandPrefix(user: SystemUser): readonly string[]
  /** Loses every packet between this place and all others, in both directions, and tells nobody; or no more. */
  loseAll(isLost: boolean): void
}

/** Whether this process may make networks, which root on Linux may, unless it is kept from it or has no `ip`. */
export function canMakeNetworks(): boolean {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return false
  const script = 'ip link add switch type bridge && ip link add port type veth peer name wire'
  return spawnSync('unshare', ['--net', 'sh', '-c', script]).status === 0
}

/** Makes a network of so many places. Throws Error where that is not allowed. It ends with this process, however that ends. */
export async function privateNetwork(count: number): Promise<PrivateNetwork> {
  const [hub, ...spaces] = await Promise.all(Array.from({ length: count + 1 }, networkSpace))
  if (hub === undefined) throw new Error('there is no switch')
  const stop = (): void => {
    for (const space of [hub, ...spaces]) space.end()
  }
  try {
    hub.ip('link', 'add', 'switch', 'type', 'bridge')
    hub.ip('link', 'set', 'switch', 'up')
    const places = spaces.map((space, index) => {
      const [port, address] = [`port${index}`, `10.0.0.${index + 1}`]
      hub.ip('link', 'add', port, 'type', 'veth', 'peer', 'name', 'wire', 'netns', `${space.pid}`)
      hub.ip('link', 'set', port, 'master', 'switch', 'up')
      space.ip('address', 'add', `${address}/24`, 'dev', 'wire')
      for (const device of ['lo', 'wire']) space.ip('link', 'set', device, 'up')
      return {
        address,
        commandPrefix: ({ uid = 0, gid = 0 }: SystemUser) => [
          ...space.command,
          `--setuid=${uid}`,
          `--setgid=${gid}`,
        ],
        // The cable stays in, on both of its ends; its packets lead nowhere.
        loseAll: (isLost: boolean) =>
          hub.ip('link', 'set', port, ...(isLost ? ['nomaster'] : ['master', 'switch'])),
      }
    })
    return { places, stop }
  } catch (error) {
    stop()
    throw error
  }
}

/** A network namespace that is there as long as a process of ours, or anything else that runs in it. */
interface NetworkSpace {
  readonly pid: number
  readonly command: readonly string[]
  ip(...args: string[]): void
  end(): void
}

async function networkSpace(): Promise<NetworkSpace> {
  // It reads what nobody writes: until this process closes its input, which the system does for it however it ends.
  const holder = spawn('unshare', ['--net', 'sh', '-c', 'echo; read -r _'], {
    detached: true,
    stdio: ['pipe', 'pipe', 'ignore'],
  })
  await begun(holder)
  const pid = holder.pid ?? 0
  const place = `--net=/proc/${pid}/ns/net`
  holder.unref()
  for (const pipe of [holder.stdin, holder.stdout]) (pipe as unknown as { unref(): void }).unref()
  return {
    pid,
    command: ['nsenter', place],
    ip(...args) {
      const { status, stderr } = spawnSync('nsenter', [place, 'ip', ...args], { encoding: 'utf8' })
      if (status !== 0) throw new Error(`ip ${args.join(' ')} failed: ${stderr}`)
    },
    end: () => void holder.stdin?.end(),
  }
}

function begun(holder: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    holder.stdout?.once('data', () => resolve())
    holder.once('error', reject)
    holder.once('exit', () => reject(new Error('a network namespace cannot be made')))
  })
}
