import type { Attribute } from './attribute-map.ts'
import { line, listOf, withoutDuplicates } from './attribute-readers.ts'

/** Tags are changed under `/tags`, and shown with their record. */
export const tags: Attribute<readonly string[]> = {
  read: withoutDuplicates(listOf(line(255), 50)),
  create: 'refused',
  update: false,
}
