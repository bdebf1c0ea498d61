/** Puts the schema's SQL files beside the built engine: `tsc` writes only what it compiles. */
import { cpSync, existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

const engine = join(import.meta.dirname, '..', 'packages', 'engine')

for (const database of readdirSync(join(engine, 'src', 'store'))) {
  const folder = join('store', database, 'migrations')
  if (existsSync(join(engine, 'src', folder)))
    cpSync(join(engine, 'src', folder), join(engine, 'dist', folder), { recursive: true })
}
