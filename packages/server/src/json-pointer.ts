/** One token of an RFC 6901 pointer; a key with lone surrogates or control characters is not repeated. */
export function escapePointer(key: string): string {
  return printable(key).replaceAll('~', '~0').replaceAll('/', '~1')
}

/** Input is repeated only where it is short, printable ASCII: anything else could forge a line or a screen. */
export function printable(text: string): string {
  return /^[\x20-\x7e]{1,80}$/.test(text) ? text : 'a field'
}

/** A pointer into a body, each key of it as `escapePointer` shows it. */
export function printablePointer(pointer: string): string {
  return pointer
    .split('/')
    .map((key, index) =>
      index === 0 ? key : escapePointer(key.replaceAll('~1', '/').replaceAll('~0', '~')),
    )
    .join('/')
}
