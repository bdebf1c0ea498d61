// Controls, bidirectional marks, line separators, invisible tag and zero-width characters: written out raw they could move
// the cursor, recolour the screen or make one name look like another.
const hidden =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|[\u{e0000}-\u{e0fff}]|\p{Surrogate}/gu

/**
 * The text with each character that a terminal would obey, or not show, written as an escape such as `\x1b` or `\u202e`.
 * What is left is safe to print in one line.
 */
export function visibleText(text: string): string {
  return text.replaceAll(hidden, (character) => {
    const code = character.codePointAt(0) ?? 0
    if (code <= 0xff) return `\\x${code.toString(16).padStart(2, '0')}`
    return code <= 0xffff ? `\\u${code.toString(16).padStart(4, '0')}` : `\\u{${code.toString(16)}}`
  })
}

const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' })
// East Asian wide and full-width blocks (Unicode Standard Annex 11) and characters shown as emoji by default.
const wide =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|[\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}|\ufe0f/u
const markOnly = /^[\p{Mark}]+$/u
const plain = /^[\x20-\x7e]*$/

/** How many terminal columns the visible text takes: 2 for a wide character, 0 for a mark that joins the one before. */
export function displayWidth(text: string): number {
  if (plain.test(text)) return text.length
  let width = 0
  for (const { segment } of segmenter.segment(text))
    width += markOnly.test(segment) ? 0 : wide.test(segment) ? 2 : 1
  return width
}

export type Alignment = 'left' | 'right'

/** Fills up with spaces to a width in columns; wider text stays as it is. */
export function alignText(text: string, width: number, alignment: Alignment): string {
  const gap = ' '.repeat(Math.max(0, width - displayWidth(text)))
  return alignment === 'left' ? text + gap : gap + text
}

/** Shortens to a width in columns, with an ellipsis where something is cut off. */
export function truncateText(text: string, width: number): string {
  if (displayWidth(text) <= width) return text
  let kept = ''
  let used = 0
  for (const { segment } of segmenter.segment(text)) {
    const next = displayWidth(segment)
    if (used + next > width - 1) break
    kept += segment
    used += next
  }
  return `${kept}…`
}
