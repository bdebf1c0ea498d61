import type { TextStyle } from './text-style.ts'

const eighths = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉']

/**
 * A bar of `width` columns, filled by `ratio` (0 to 1) in eighths of a column. Anything above 0 shows at least the
 * thinnest line, and only exactly 1 fills the bar: nearly full must not look full.
 */
export function utilizationBar(ratio: number, width: number): string {
  const steps = width * 8
  const filled =
    ratio <= 0
      ? 0
      : ratio >= 1
        ? steps
        : Math.min(steps - 1, Math.max(1, Math.round(ratio * steps)))
  const bar = '█'.repeat(Math.floor(filled / 8)) + (eighths[filled % 8] ?? '')
  return bar.padEnd(width, '░')
}

/** Green, yellow from 80 % on, red from 95 % on. */
export function colouredByRatio(text: string, ratio: number, style: TextStyle): string {
  if (ratio >= 0.95) return style.red(text)
  return ratio >= 0.8 ? style.yellow(text) : style.green(text)
}

/** For example `7.6 %`; never rounded up to `100 %`, nor down to `0 %` when something is held. */
export function percentText(ratio: number): string {
  if (ratio <= 0) return '0 %'
  if (ratio >= 1) return '100 %'
  if (ratio < 0.001) return '<0.1 %'
  if (ratio > 0.999) return '>99.9 %'
  return `${(ratio * 100).toFixed(1)} %`
}
