import { hash } from 'node:crypto'
import type { OpenApiDocument, OpenApiOperation } from './openapi-document.ts'

const style = `
:root { color-scheme: light dark }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 0 auto; padding: 1rem }
code, pre { font-family: ui-monospace, monospace; font-size: .9em }
pre { overflow-x: auto; padding: .75rem; border: 1px solid; border-radius: 4px }
table { border-collapse: collapse; width: 100% }
th, td { text-align: left; vertical-align: top; padding: .25rem .75rem .25rem 0; border-bottom: 1px solid #8886 }
h3 { margin: 2rem 0 .25rem }
nav ul { columns: 2 }
:target { outline: 2px solid; outline-offset: 4px }
`

/** Nothing on the page may be loaded from anywhere, and no script runs; only this very style sheet applies. */
export const docsPolicy = `default-src 'none'; style-src 'sha256-${hash('sha256', style, 'base64')}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`

/** The document as one page of HTML without scripts. */
export function docsPage(document: OpenApiDocument): string {
  const info = document.info as { title: string; description: string }
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  )
  const sections = document.tags.map(({ name, description }) => {
    const own = operations.filter(({ operation }) => operation.tags.includes(name))
    return `<h2>${escape(name)}</h2><p>${escape(description)}</p>${own.map(operationHtml).join('')}`
  })
  const contents = operations
    .map(({ operation }) => `<li>${link(operation.operationId, operation.summary)}</li>`)
    .join('')
  const schemas = Object.entries(document.components.schemas)
    .map(([name, schema]) => schemaHtml(name, schema))
    .join('')
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${escape(info.title)} API</title><style>${style}</style></head>
<body><main><h1>${escape(info.title)} API</h1><p>${prose(info.description)}</p>
<p>For programs: <a href="/openapi.json">openapi.json</a>.</p>
<nav aria-label="Operations"><ul>${contents}</ul></nav>
${sections.join('\n')}
<h2>Shapes</h2>${schemas}</main></body></html>
`
}

interface DocumentedOperation {
  readonly path: string
  readonly method: string
  readonly operation: OpenApiOperation
}

function operationHtml({ path, method, operation }: DocumentedOperation): string {
  const { operationId, summary, description, parameters = [], requestBody, responses } = operation
  const rows = parameters.map(
    (parameter) =>
      `<tr><td><code>${escape(parameter['name'])}</code></td><td>${escape(parameter['in'])}</td><td>${prose(parameter['description'])}</td></tr>`,
  )
  const answers = Object.entries(responses).map(
    ([status, response]) =>
      `<tr><td>${escape(status)}</td><td>${prose(response['description'] ?? 'A problem.')} ${shapeOf(response)}</td></tr>`,
  )
  return `<section id="${escape(operationId)}"><h3>${escape(summary)}</h3>
<p><code>${escape(method.toUpperCase())} ${escape(path)}</code></p>
${description === undefined ? '' : `<p>${prose(description)}</p>`}
${rows.length === 0 ? '' : `<table><thead><tr><th>Parameter</th><th>In</th><th>Meaning</th></tr></thead><tbody>${rows.join('')}</tbody></table>`}
${requestBody === undefined ? '' : `<p>Body: ${shapeOf(requestBody)}</p>`}
<table><thead><tr><th>Status</th><th>Answer</th></tr></thead><tbody>${answers.join('')}</tbody></table></section>`
}

function schemaHtml(name: string, schema: Readonly<Record<string, unknown>>): string {
  const text = JSON.stringify(schema, null, 2)
  return `<section id="${escape(name)}"><h3>${escape(name)}</h3><pre>${escape(text)}</pre></section>`
}

/** Links to the components that a response or a body refers to. */
function shapeOf(part: Readonly<Record<string, unknown>>): string {
  const references = JSON.stringify(part).matchAll(/#\/components\/(?:schemas|responses)\/(\w+)/g)
  return [...new Set([...references].map(([, name]) => name))].map((name) => link(name)).join(', ')
}

function link(id: unknown, text: unknown = id): string {
  return `<a href="#${escape(id)}">${escape(text)}</a>`
}

/** Text in which back quotes mark code. */
function prose(text: unknown): string {
  return escape(text).replaceAll(/`([^`]+)`/g, '<code>$1</code>')
}

function escape(value: unknown): string {
  const text = typeof value === 'string' ? value : ''
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
}
