/** What a statistic as large as this has for a chance when nothing is wrong. */

/** P(chi-square with `degrees` of freedom >= value): the regularized upper incomplete gamma function. */
export function chiSquareTail(value: number, degrees: number): number {
  const [a, x] = [degrees / 2, value / 2]
  if (x <= 0) return 1
  return x < a + 1 ? 1 - gammaSeries(a, x) : gammaFraction(a, x)
}

// Lower part by its series; good below the mean, where the tail is no matter of fine digits.
function gammaSeries(a: number, x: number): number {
  let term = 1 / a
  let sum = term
  for (let n = a + 1; term > sum * 1e-15; n += 1) {
    term *= x / n
    sum += term
  }
  return sum * Math.exp(a * Math.log(x) - x - logGamma(a))
}

// Upper part by its continued fraction (Lentz); keeps its relative precision far out in the tail.
function gammaFraction(a: number, x: number): number {
  let b = x + 1 - a
  let c = 1e300
  let d = 1 / b
  let fraction = d
  for (let n = 1; n < 1000; n += 1) {
    const step = -n * (n - a)
    b += 2
    d = 1 / (step * d + b)
    c = b + step / c
    fraction *= c * d
    if (Math.abs(c * d - 1) < 1e-14) break
  }
  return fraction * Math.exp(a * Math.log(x) - x - logGamma(a))
}

const lanczos = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313,
  -176.61502916214059, 12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6,
  1.5056327351493116e-7,
]

export function logGamma(value: number): number {
  if (value < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * value)) - logGamma(1 - value)
  const x = value - 1
  const sum = lanczos.reduce((total, part, n) => total + (n === 0 ? part : part / (x + n)))
  const t = x + 7.5
  return 0.5 * Math.log(2 * Math.PI) + (x + 0.5) * Math.log(t) - t + Math.log(sum)
}

/** P(sqrt(n) * D >= value) of the Kolmogorov–Smirnov distance D, for large n; an upper bound where values are discrete. */
export function kolmogorovTail(value: number): number {
  if (value < 0.3) return 1
  let sum = 0
  for (let n = 1; n <= 100; n += 1)
    sum += (n % 2 === 1 ? 2 : -2) * Math.exp(-2 * n * n * value * value)
  return Math.min(1, Math.max(0, sum))
}

/** P(at least `hits` of `trials` with this chance each), exactly. */
export function binomialTail(trials: number, chance: number, hits: number): number {
  if (hits <= 0 || chance >= 1) return 1
  if (chance <= 0) return 0
  let sum = 0
  for (let k = hits; k <= trials; k += 1)
    sum += Math.exp(
      logGamma(trials + 1) -
        logGamma(k + 1) -
        logGamma(trials - k + 1) +
        k * Math.log(chance) +
        (trials - k) * Math.log1p(-chance),
    )
  return Math.min(1, sum)
}
