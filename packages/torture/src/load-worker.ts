import { eui64Address, MacAddress, Prefix } from '@freehold/address'
import type { CallRecorder } from './call-recorder.ts'
import { type Command, commandStream } from './command-stream.ts'
import type { CompleteRecord, Operation, RequestedAddresses } from './history-record.ts'
import { isAway, type TargetClient } from './target-client.ts'
import {
  extraPrefix,
  loadProject,
  poolLayouts,
  quotaProjects,
  type SubnetRole,
  type Topology,
} from './topology.ts'

const mostRepeats = 3
// So few that requests for their addresses meet.
const interfaces = 8

interface Held {
  readonly subnetId: string
  readonly address: string
}

/** Works through one command stream with several calls under way at a time, until it is stopped. */
export class LoadWorker {
  readonly #client: TargetClient
  readonly #recorder: CallRecorder
  readonly #topology: Topology
  readonly #commands: Generator<Command, never>
  readonly #held: Held[] = []
  #isStopped = false

  constructor(
    client: TargetClient,
    recorder: CallRecorder,
    topology: Topology,
    stream: { readonly seed: string; readonly worker: number; readonly incarnation: number },
  ) {
    this.#client = client
    this.#recorder = recorder
    this.#topology = topology
    this.#commands = commandStream(stream.seed, stream.worker, stream.incarnation)
  }

  /** Runs `lanes` calls at a time, and a sweep now and then; resolves when all are answered after `stop`. */
  async run(lanes: number, sweepMs: number): Promise<void> {
    await Promise.all([
      ...Array.from({ length: lanes }, () => this.#lane()),
      this.#sweepEvery(sweepMs),
    ])
  }

  stop(): void {
    this.#isStopped = true
  }

  async #lane(): Promise<void> {
    while (!this.#isStopped) await this.#execute(this.#commands.next().value)
  }

  async #sweepEvery(milliseconds: number): Promise<void> {
    while (!this.#isStopped) {
      await this.#call({ kind: 'reap' })
      await new Promise((resolve) => setTimeout(resolve, milliseconds))
    }
  }

  async #execute(command: Command): Promise<void> {
    switch (command.kind) {
      case 'allocate':
        return this.#allocate(command)
      case 'release':
        return this.#release(command.pick, command.isRepeated)
      case 'release-found':
        return this.#releaseFound(command.role, command.pick)
      case 'get':
        return this.#get(command.role, command.pick)
      case 'utilization':
        await this.#call({ kind: 'utilization', subnetId: this.#subnet(command.role).id })
        return
      case 'cut':
        return this.#cut(command)
      case 'delete-found':
        return this.#deleteFound(command)
      case 'allocate-in-found':
        return this.#allocateInFound(command)
      case 'set-allocation-pools':
        await this.#call({
          kind: 'set-allocation-pools',
          subnetId: this.#subnet('edited').id,
          allocationPools: poolLayouts[command.layout] ?? [],
        })
        return
      case 'set-prefixes': {
        const pool = this.#subnetPool('cut')
        const prefixes = command.withExtra ? [...pool.prefixes, extraPrefix] : pool.prefixes
        await this.#call({ kind: 'set-prefixes', subnetPoolId: pool.id, prefixes })
      }
    }
  }

  async #allocate(command: Extract<Command, { kind: 'allocate' }>): Promise<void> {
    const subnets = command.roles.map((role) => this.#subnet(role))
    const operation: Operation = {
      kind: 'allocate',
      subnetIds: subnets.map(({ id }) => id),
      request: requestOf(command, subnets[0]?.cidr ?? ''),
      ...(command.ttlSeconds === null ? {} : { ttlSeconds: command.ttlSeconds }),
    }
    await this.#keep(operation, command.hasKey, command.isRepeated)
  }

  /** Allocates, and repeats under the same key when asked to or when the outcome is not known. */
  async #keep(operation: Operation, hasKey: boolean, isRepeated: boolean): Promise<void> {
    const records = await this.#callWithKey(operation, loadProject, hasKey, isRepeated)
    const answer = records.find(({ outcome }) => outcome === 'ok')?.answer
    if (answer?.kind !== 'allocate') return
    for (const address of answer.addresses) this.#held.push({ subnetId: answer.subnetId, address })
  }

  async #release(pick: number, isRepeated: boolean): Promise<void> {
    const held = this.#takeHeld(pick)
    if (held === undefined) return
    const call = () => this.#call({ kind: 'release', ...held })
    await Promise.all(isRepeated ? [call(), call()] : [call()])
  }

  async #releaseFound(role: SubnetRole, pick: number): Promise<void> {
    const subnetId = this.#subnet(role).id
    const address = await this.#chosen(() => this.#client.listHeldAddresses(subnetId), pick)
    if (address !== undefined) await this.#call({ kind: 'release', subnetId, address })
  }

  async #get(role: SubnetRole, pick: number): Promise<void> {
    const { id, cidr } = this.#subnet(role)
    const own = this.#held[Math.floor(pick * this.#held.length)]
    const address = addressAt(cidr, pick)
    await this.#call({ kind: 'get', ...(own ?? { subnetId: id, address }) })
  }

  async #cut({ role, project, hasKey }: Extract<Command, { kind: 'cut' }>): Promise<void> {
    const { id, prefixLength } = this.#subnetPool(role)
    const projectId = role === 'quota' ? (quotaProjects[project] ?? loadProject) : loadProject
    const operation = { kind: 'create-subnet', subnetPoolId: id, prefixLength } as const
    await this.#callWithKey(operation, projectId, hasKey, false)
  }

  async #deleteFound(command: Extract<Command, { kind: 'delete-found' }>): Promise<void> {
    const pool = this.#subnetPool(command.role)
    const subnetId = await this.#chosen(() => this.#client.listSubnetIds(pool.id), command.pick)
    if (subnetId === undefined) return
    await this.#call({ kind: 'delete-subnet', subnetId, cascade: command.cascade })
  }

  async #allocateInFound(command: Extract<Command, { kind: 'allocate-in-found' }>): Promise<void> {
    const pool = this.#subnetPool('cut')
    const subnetId = await this.#chosen(() => this.#client.listSubnetIds(pool.id), command.pick)
    if (subnetId === undefined) return
    const request = command.pick < 0.3 ? ({ kind: 'next' } as const) : ({ kind: 'any' } as const)
    await this.#keep({ kind: 'allocate', subnetIds: [subnetId], request }, command.hasKey, false)
  }

  async #call(operation: Operation): Promise<void> {
    await this.#callWithKey(operation, loadProject, false, false)
  }

  async #callWithKey(
    operation: Operation,
    projectId: string,
    hasKey: boolean,
    isRepeated: boolean,
  ): Promise<CompleteRecord[]> {
    const operationId = this.#recorder.nextOperationId()
    const idempotencyKey = hasKey ? operationId : null
    const call = { operationId, projectId, idempotencyKey, operation }
    const records = await Promise.all(
      isRepeated
        ? [this.#recorder.make(call), this.#recorder.make(call)]
        : [this.#recorder.make(call)],
    )
    for (let repeats = 0; hasKey && repeats < mostRepeats && !this.#isStopped; repeats += 1) {
      if (records.at(-1)?.outcome !== 'unknown') break
      records.push(await this.#recorder.make(call))
    }
    // A target that is away refuses thousands of calls a second, which prove nothing.
    if (records.every(({ code }) => isAway(code)))
      await new Promise((resolve) => setTimeout(resolve, 20))
    return records
  }

  /** Reads to choose from; a failing one chooses nothing. */
  async #chosen(list: () => Promise<string[]>, pick: number): Promise<string | undefined> {
    const found = await list().catch(() => [])
    return found[Math.floor(pick * found.length)]
  }

  #takeHeld(pick: number): Held | undefined {
    const [held] = this.#held.splice(Math.floor(pick * this.#held.length), 1)
    return held
  }

  #subnet(role: SubnetRole) {
    return this.#topology.subnets.find((subnet) => subnet.role === role) as Topology['subnets'][0]
  }

  #subnetPool(role: 'cut' | 'quota') {
    return this.#topology.subnetPools.find(
      (pool) => pool.role === role,
    ) as Topology['subnetPools'][0]
  }
}

function requestOf(
  { request, count, pick }: Extract<Command, { kind: 'allocate' }>,
  cidr: string,
): RequestedAddresses {
  switch (request) {
    case 'specific':
      return { kind: request, address: addressAt(cidr, pick) }
    case 'bulk':
      return { kind: request, count }
    case 'eui64': {
      const mac = `00:16:3e:00:00:0${Math.floor(pick * interfaces)}`
      const address = eui64Address(Prefix.parse(cidr), MacAddress.parse(mac)).toString()
      return { kind: request, mac, address }
    }
    default:
      return { kind: request }
  }
}

/** An assignable address of one of the topology's subnets that is not its gateway. */
function addressAt(cidr: string, pick: number): string {
  const [base = '', length = ''] = cidr.split('/')
  if (base.includes(':'))
    return `${base.replace(/::$/, '')}::${(2 + Math.floor(pick * 60)).toString(16)}`
  const usable = 2 ** (32 - Number(length)) - 3
  return base.replace(/\d+$/, (last) => String(Number(last) + 2 + Math.floor(pick * usable)))
}
