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

/** The event loop's delay and the processor time of that process since the last question, in milliseconds. */
export function serverLoad(child: ChildProcess): Promise<{ p99: number; cpuMs: number }> {
  const answer = message<{ p99: number; cpuMs: number }>(child)
  child.send({})
  return answer
}
