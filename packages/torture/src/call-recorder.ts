import { HistoryFile } from './history-file.ts'
import type { Answer, CompleteRecord } from './history-record.ts'
import { completionTime, invocationTime } from './machine-clock.ts'
import { type Call, CallFailure, type TargetClient } from './target-client.ts'

/** Makes calls and writes down each before it is sent and after its answer. */
export class CallRecorder {
  readonly #client: TargetClient
  readonly #file: HistoryFile
  readonly #worker: number
  readonly #incarnation: number
  readonly #prefix: string
  #calls = 0
  readonly counts = { ok: 0, fail: 0, unknown: 0 }

  constructor(
    client: TargetClient,
    path: string,
    who: { readonly runId: string; readonly worker: number; readonly incarnation: number },
  ) {
    this.#client = client
    this.#file = new HistoryFile(path)
    this.#worker = who.worker
    this.#incarnation = who.incarnation
    this.#prefix = `${who.runId}-w${who.worker}.${who.incarnation}`
  }

  markStart(): void {
    this.#file.write({
      event: 'start',
      worker: this.#worker,
      incarnation: this.#incarnation,
      at: invocationTime(),
    })
  }

  /** An operation's id, unique in the run and beyond. */
  nextOperationId(): string {
    this.#calls += 1
    return `${this.#prefix}-${this.#calls}`
  }

  /** Never throws for a failed call: what became of it is in the record. */
  async make(call: Call): Promise<CompleteRecord> {
    this.#calls += 1
    const name = `${this.#prefix}-${this.#calls}`
    this.#file.write({
      event: 'invoke',
      call: name,
      operationId: call.operationId,
      worker: this.#worker,
      incarnation: this.#incarnation,
      at: invocationTime(),
      projectId: call.projectId,
      idempotencyKey: call.idempotencyKey,
      operation: call.operation,
    })
    const record = await this.#outcomeOf(name, call)
    this.#file.write(record)
    this.counts[record.outcome] += 1
    return record
  }

  close(): void {
    this.#file.close()
  }

  async #outcomeOf(call: string, request: Call): Promise<CompleteRecord> {
    const ended = (
      outcome: CompleteRecord['outcome'],
      code: string | null,
      answer: Answer | null,
    ) => ({ event: 'complete', call, at: completionTime(), outcome, code, answer }) as const
    try {
      const answer = await this.#client.perform(request)
      return ended('ok', null, answer)
    } catch (error) {
      if (!(error instanceof CallFailure)) throw error
      return ended(error.isUnknown ? 'unknown' : 'fail', error.code, null)
    }
  }
}
