import { expect, test } from 'vitest'
import { ProgressBar, progressText } from './progress-bar.ts'

test('shows count, rate and time left', () => {
  expect(progressText('Checking', 500, 2000, 2)).toBe(
    'Checking █████░░░░░░░░░░░░░░░ 500 of 2,000, 250/s, 6 s left',
  )
  expect(progressText('Comparing', 0, null, 3)).toBe('Comparing…')
  expect(progressText('Exporting', 1200, null, 3)).toBe('Exporting 1,200 400/s')
  expect(progressText('Checking', 1, 100000, 1)).toContain('27 h 46 min left')
})

test('draws on a terminal, at most ten times a second, and cleans up after itself', () => {
  const written: string[] = []
  let now = 0
  const output = { isTTY: true, columns: 80, write: (text: string) => written.push(text) }
  const bar = new ProgressBar('Checking', output, () => now)
  for (now = 0; now < 250; now += 10) bar.update(now, 1000)
  bar.finish()
  expect(written).toHaveLength(4)
  expect(written.at(-1)).toBe('\r\u001b[K')
})

test('is quiet where there is no terminal', () => {
  const written: string[] = []
  const bar = new ProgressBar('Checking', { write: (text) => written.push(text) })
  bar.update(1, 2)
  bar.finish()
  expect(written).toEqual([])
})
