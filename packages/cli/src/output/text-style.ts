/** Colours and weights; `plainStyle` leaves text as it is. */
export interface TextStyle {
  bold(text: string): string
  red(text: string): string
  yellow(text: string): string
  green(text: string): string
}

const wrap = (open: number, close: number) => (text: string) =>
  text === '' ? '' : `\u001b[${open}m${text}\u001b[${close}m`

const colourStyle: TextStyle = {
  bold: wrap(1, 22),
  red: wrap(31, 39),
  yellow: wrap(33, 39),
  green: wrap(32, 39),
}

const same = (text: string) => text
export const plainStyle: TextStyle = { bold: same, red: same, yellow: same, green: same }

/** Colours only on a terminal, and never where NO_COLOR is set to something (no-color.org) or TERM is `dumb`. */
export function styleFor(
  stream: { isTTY?: boolean },
  environment: Readonly<Record<string, string | undefined>>,
): TextStyle {
  if (stream.isTTY !== true || environment.NO_COLOR || environment.TERM === 'dumb')
    return plainStyle
  return colourStyle
}
