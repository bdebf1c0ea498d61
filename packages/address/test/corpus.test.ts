// Questions and answers kept in corpus/vectors.tsv, so that no change alters an answer unseen. A
// change that is meant is written by corpus/generate-vectors.ts and shows in review as changed lines.

import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { answerOf, lineOf, operations, vectorOf } from './corpus/vector-answer.ts'
import { textOf, valueOf } from './model.ts'

const lines = readFileSync(new URL('corpus/vectors.tsv', import.meta.url), 'utf8')
  .trimEnd()
  .split('\n')
const vectors = lines.map(vectorOf)

test('every frozen answer is still given', () => {
  const now = vectors.map((vector) =>
    lineOf({ ...vector, answer: answerOf(vector.operation, vector.args) }),
  )
  expect(now).toEqual(lines)
})

test('the corpus is large, asks every operation and holds answers as well as refusals', () => {
  expect(vectors.length).toBeGreaterThanOrEqual(2000)
  for (const operation of Object.keys(operations)) {
    const asked = vectors.filter((vector) => vector.operation === operation)
    const answered = asked.filter(({ answer }) => !answer.startsWith('!'))
    expect(asked.length, operation).toBeGreaterThanOrEqual(40)
    expect(answered.length, operation).toBeGreaterThanOrEqual(20)
  }
  const refusals = vectors.filter(({ answer }) => answer.startsWith('!'))
  expect(refusals.length).toBeGreaterThan(300)
})

test('the frozen addresses are those that the model reads and writes', () => {
  for (const { operation, args, answer } of vectors) {
    if (operation !== 'address' || answer.startsWith('!')) continue
    const [version, value, text] = answer.split(' ')
    const number = valueOf(args[0]!)
    expect([value, text], args[0]).toEqual([
      String(number),
      textOf(version === '4' ? 4 : 6, number),
    ])
  }
})
