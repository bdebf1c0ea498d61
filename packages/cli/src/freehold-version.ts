import { readFileSync } from 'node:fs'

/** The version of this package, and so of all of Freehold: they are released together. */
export function freeholdVersion(): string {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8')
  return (JSON.parse(text) as { version: string }).version
}
