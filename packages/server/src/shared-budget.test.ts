import { describe, expect, test } from 'vitest'
import { SharedBudget } from './shared-budget.ts'

function taken(result: ReturnType<SharedBudget['take']>): () => void {
  if (typeof result === 'string') throw new Error(`refused because of ${result}`)
  return result
}

describe('a shared budget', () => {
  test('lets one project have a quarter, and others what is left', () => {
    const budget = new SharedBudget(8)
    const releases = [budget.take('north'), budget.take('north')].map(taken)
    expect(budget.take('north')).toBe('project')
    const others = ['a', 'b', 'c'].flatMap((name) => [budget.take(name), budget.take(name)])
    others.map(taken)
    expect(budget.take('south')).toBe('all')
    for (const release of releases) release()
    taken(budget.take('south'))
  })

  test('counts what is given back once', () => {
    const budget = new SharedBudget(4)
    const release = taken(budget.take('north'))
    release()
    release()
    taken(budget.take('north'))
    expect(budget.take('north')).toBe('project')
  })

  test('asks nothing of a share where there is no project', () => {
    const budget = new SharedBudget(4)
    for (let count = 0; count < 4; count += 1) taken(budget.take(undefined))
    expect(budget.take(undefined)).toBe('all')
  })

  test('gives more than a share, and more than all, to whoever has nothing yet', () => {
    const budget = new SharedBudget(100)
    const release = taken(budget.take('north', 60))
    expect(budget.take('north', 1)).toBe('project')
    expect(budget.take('south', 60)).toBe('all')
    release()
    taken(budget.take('south', 200))
  })
})
