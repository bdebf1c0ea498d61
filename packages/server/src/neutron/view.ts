/** A record as the API shows it: attribute names and order are Neutron's. */
export type View = Readonly<Record<string, unknown>> & { readonly id: string }

/** `2026-01-31T12:00:00Z`: Neutron's times have seconds. */
export function viewTime(time: string): string {
  return `${time.slice(0, 19)}Z`
}

/** Only these attributes; all when none is named. Unknown names are passed over. */
export function pickFields(
  view: Readonly<Record<string, unknown>>,
  fields: readonly string[],
): object {
  if (fields.length === 0) return view
  return Object.fromEntries(Object.entries(view).filter(([name]) => fields.includes(name)))
}
