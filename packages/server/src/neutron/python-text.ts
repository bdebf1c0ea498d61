/** A JSON value as Neutron's messages show it: `str()` of the Python value that it was read into. */
export function pythonText(value: unknown): string {
  return typeof value === 'string' ? printable(value) : representation(value)
}

function representation(value: unknown): string {
  if (value === null || value === undefined) return 'None'
  if (value === true) return 'True'
  if (value === false) return 'False'
  if (typeof value === 'string') return `'${printable(value)}'`
  if (Array.isArray(value)) return `[${value.map(representation).join(', ')}]`
  if (typeof value === 'object') {
    const pairs = Object.entries(value).map(
      ([key, field]) => `'${printable(key)}': ${representation(field)}`,
    )
    return `{${pairs.join(', ')}}`
  }
  return JSON.stringify(value)
}

const maxEcho = 255

/** What a caller sent goes back without anything that could forge a line, and not at any length. */
function printable(text: string): string {
  const short = text.length > maxEcho ? `${text.slice(0, maxEcho)}…` : text
  return short.replace(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu, '?')
}
