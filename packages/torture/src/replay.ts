import { CallRecorder } from './call-recorder.ts'
import type { HistoryRecord, InvokeRecord } from './history-record.ts'
import { isAway, type TargetClient } from './target-client.ts'

const mostAttempts = 200
const sampleSize = 200

/**
 * Sends every request with a key whose outcome nobody knows once more, and a sample of those that succeeded: the answers
 * have to be the first ones. The calls go into a history of their own.
 */
export async function replayCalls(
  client: TargetClient,
  records: readonly HistoryRecord[],
  path: string,
  runId: string,
): Promise<number> {
  const recorder = new CallRecorder(client, path, { runId, worker: -1, incarnation: 0 })
  let replayed = 0
  for (const invoke of callsToReplay(records)) {
    replayed += 1
    for (let attempt = 1; attempt <= mostAttempts; attempt += 1) {
      const { outcome, code } = await recorder.make(invoke)
      // A target that is just coming back says nothing about the request.
      if (outcome !== 'unknown' && !isAway(code)) break
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
  }
  recorder.close()
  return replayed
}

function callsToReplay(records: readonly HistoryRecord[]): InvokeRecord[] {
  const outcomes = new Map<string, string>()
  for (const record of records)
    if (record.event === 'complete') outcomes.set(record.call, record.outcome)
  const unknown = new Map<string, InvokeRecord>()
  const succeeded = new Map<string, InvokeRecord>()
  for (const record of records) {
    if (record.event !== 'invoke' || record.idempotencyKey === null) continue
    const outcome = outcomes.get(record.call)
    if (outcome === 'ok') succeeded.set(record.operationId, record)
    else if (outcome !== 'fail') unknown.set(record.operationId, record)
  }
  for (const id of succeeded.keys()) unknown.delete(id)
  const step = Math.max(1, Math.floor(succeeded.size / sampleSize))
  const sample = [...succeeded.values()].filter((_, index) => index % step === 0)
  return [...unknown.values(), ...sample]
}
