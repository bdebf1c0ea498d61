/** A count with its thousands separated, or as a power of two where it is too long to read. */
export function countText(count: string): string {
  if (count.length <= 15) return count.replaceAll(/\B(?=(\d{3})+$)/g, ',')
  const exponent = Math.round(Math.log2(Number(count)))
  return BigInt(count) === 1n << BigInt(exponent) ? `2^${exponent}` : `~2^${exponent}`
}

/** A count with what is counted, as in `1 subnet` and `2 prefixes`; `noun` is the word for one. */
export function counted(count: number | string, noun: string): string {
  const text = String(count)
  return `${countText(text)} ${text === '1' ? noun : pluralOf(noun)}`
}

function pluralOf(noun: string): string {
  return /[sx]$/.test(noun) ? `${noun}es` : `${noun}s`
}
