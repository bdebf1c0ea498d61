import { expect } from 'vitest'
import type { AppFixture } from './app-fixture.ts'

/** A request that has to be refused. */
export interface BadRequest {
  readonly method?: string
  readonly path: string
  /** A string is sent as it is. */
  readonly body?: unknown
  readonly headers?: Record<string, string>
  readonly status: number
  readonly code: string
  readonly pointer?: string
}

/**
 * Expects the stated status and code in a problem document that repeats no raw bytes, and that nothing has changed: no
 * record and no event.
 */
export async function expectRefusal(fixture: AppFixture, request: BadRequest): Promise<void> {
  const { method = 'POST', path, body, headers, status, code, pointer } = request
  const before = await fixture.state()
  const answer = await fixture.call(method, path, body, headers)
  expect(answer.body).toMatchObject({
    status,
    code,
    ...(pointer === undefined ? {} : { pointer }),
  })
  expect(answer.status).toBe(status)
  expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/)
  expect(Object.keys(answer.body)).toEqual(
    expect.arrayContaining(['type', 'title', 'status', 'detail', 'code', 'kind', 'requestId']),
  )
  const text = JSON.stringify(answer.body)
  expect(text).not.toMatch(/[^\x20-\x7e\u2019]|\\u|\\n|\\r|SQLITE|node_modules|\bat .*:\d+:\d+/)
  expect(text.length).toBeLessThan(2000)
  expect(await fixture.state()).toBe(before)
}
