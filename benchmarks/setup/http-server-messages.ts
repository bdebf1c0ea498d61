import type { ChildProcess } from 'node:child_process'

/** The next message of `workers/http-server.ts`. */
export function message<T>(child: ChildProcess): Promise<T> {
  return new Promise((resolve, reject) => {
    const onExit = (code: number | null) =>
      reject(new Error(`the server ended with ${String(code)}`))
    child.once('exit', onExit)
    child.once('message', (value) => {
      child.off('exit', onExit)
      resolve(value as T)
    })
  })
}

/** The event loop's delay in that process since the last question, in milliseconds. */
export function loopDelay(child: ChildProcess): Promise<{ p99: number }> {
  const answer = message<{ p99: number }>(child)
  child.send({})
  return answer
}
