// The ES2025 type library does not know it yet; Node 22 and later have it.
declare global {
  interface JSON {
    rawJSON(text: string): unknown
  }
}

/**
 * JSON in which a bigint is a number with all its digits: a /64 has 18446744073709551615 addresses to hand out, which a
 * double would round. Linear in the value.
 */
export function jsonText(value: unknown): string {
  return JSON.stringify(value, (_key, field: unknown) =>
    typeof field === 'bigint' ? JSON.rawJSON(field.toString()) : field,
  )
}
