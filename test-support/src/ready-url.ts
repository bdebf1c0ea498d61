import type { ChildProcess } from 'node:child_process'

/**
 * The URL in the line that `freehold serve` prints once it is ready. Throws Error when the process ends before. What it
 * prints later is read on, and by whoever listens.
 */
export function readyUrl(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = ''
    const hear = (part: Buffer): void => {
      text += part.toString()
      // A line may come in pieces.
      const [, url] = /(https?:\/\/\S+).*\n/.exec(text) ?? []
      if (url === undefined) return
      settle()
      resolve(url)
    }
    const end = (reason: unknown): void => {
      settle()
      reject(new Error(`the server ended before it was ready (${String(reason)}): ${text}`))
    }
    const settle = (): void => {
      child.stdout?.off('data', hear)
      child.off('close', end).off('error', end)
    }
    child.stdout?.on('data', hear)
    child.once('close', end).once('error', end)
  })
}
