/**
 * The length of the shortest linear recurrence over GF(2) that makes a sequence of bits (Berlekamp and Massey). About half
 * of the sequence for one that cannot be predicted; a shift register, whatever it is built of, is stuck at its own size.
 * Quadratic in the length.
 */
export function linearComplexity(bits: Uint8Array): number {
  const current = new Uint8Array(bits.length + 1)
  let before = new Uint8Array(bits.length + 1)
  current[0] = 1
  before[0] = 1
  let length = 0
  let changedAt = -1
  for (let n = 0; n < bits.length; n += 1) {
    let discrepancy = bits[n] as number
    for (let i = 1; i <= length; i += 1)
      discrepancy ^= (current[i] as number) & (bits[n - i] as number)
    if (discrepancy === 0) continue
    const kept = current.slice()
    const shift = n - changedAt
    for (let i = 0; i + shift <= bits.length; i += 1)
      current[i + shift] = (current[i + shift] as number) ^ (before[i] as number)
    if (length * 2 > n) continue
    length = n + 1 - length
    changedAt = n
    before = kept
  }
  return length
}

export interface WeakBit {
  /** Counted from the highest bit of the values. */
  readonly bit: number
  /** Every how many values it was looked at. */
  readonly stride: number
  readonly complexity: number
}

const samples = 400
// A random sequence falls so far below half its length with a probability of about 2^-60.
const suspicious = samples / 2 - 30

/**
 * The bits of successive values that follow from bits before them. Looks at every value, every second, and so on up to every
 * 64th: generators that hand out their numbers in blocks are linear from block to block. Needs 400 values for each step.
 */
export function weakBits(values: readonly bigint[], width: number): WeakBit[] {
  const weak: WeakBit[] = []
  for (let stride = 1; stride <= 64 && values.length >= samples * stride; stride *= 2)
    for (let bit = 0; bit < width; bit += 1) {
      const place = BigInt(width - 1 - bit)
      const sequence = Uint8Array.from({ length: samples }, (_, index) =>
        Number(((values[index * stride] as bigint) >> place) & 1n),
      )
      if (isConstant(sequence)) continue
      const complexity = linearComplexity(sequence)
      if (complexity < suspicious) weak.push({ bit, stride, complexity })
    }
  return weak
}

// The version of a UUID is no secret.
function isConstant(sequence: Uint8Array): boolean {
  return sequence.every((bit) => bit === sequence[0])
}
