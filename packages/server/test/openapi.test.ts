import { readFileSync } from 'node:fs'
import { createConfig, lintFromString } from '@redocly/openapi-core'
import { describe, expect, test } from 'vitest'
import { openApiFile } from '../generate/openapi-file.ts'
import { openApiDocument, routeTable } from '../src/index.ts'
import { openApp } from './app-fixture.ts'

const document = openApiDocument(routeTable)

describe('the OpenAPI document', () => {
  test('passes the linter without a remark', async () => {
    const config = await createConfig({ extends: ['recommended-strict'] })
    const source = openApiFile()
    const problems = await lintFromString({ source, absoluteRef: 'openapi.json', config })
    expect(problems.map(({ ruleId, message }) => `${ruleId}: ${message}`)).toEqual([])
  })

  test('is committed as the routes make it', () => {
    const committed = readFileSync(new URL('../openapi.json', import.meta.url), 'utf8')
    expect(committed).toBe(openApiFile())
  })

  test('is what the server answers', async () => {
    const fixture = await openApp()
    expect((await fixture.call('GET', '/openapi.json')).body).toEqual(
      JSON.parse(JSON.stringify(document)),
    )
    await fixture.close()
  })

  test('describes every route once, with an operation id of its own', () => {
    const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, { operationId }]) => ({ path, method, operationId })),
    )
    expect(operations).toHaveLength(routeTable.length)
    expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(routeTable.length)
  })

  test('lets no body have unknown fields', () => {
    const open = Object.entries(document.components.schemas).filter(
      ([name, schema]) =>
        name !== 'Problem' &&
        schema['type'] === 'object' &&
        schema['oneOf'] === undefined &&
        schema['additionalProperties'] === undefined,
    )
    expect(open.map(([name]) => name)).toEqual([])
    for (const { body, operationId } of routeTable)
      if (body !== undefined)
        expect(body, operationId).toHaveProperty('additionalProperties', false)
  })
})
