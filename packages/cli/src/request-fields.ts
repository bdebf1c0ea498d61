export interface LabelOptions {
  readonly label?: Readonly<Record<string, string>>
  readonly removeLabel?: readonly string[]
}

/** The record's labels with those set and those removed; nothing when neither is asked for. */
export function labelChanges(
  before: Readonly<Record<string, string>>,
  { label, removeLabel }: LabelOptions,
): { labels?: Record<string, string> } {
  if (label === undefined && removeLabel === undefined) return {}
  const labels = { ...before, ...label }
  for (const key of removeLabel ?? []) delete labels[key]
  return { labels }
}

/** The list filter for labels: `name:value` texts. */
export function labelFilter(label: Readonly<Record<string, string>> | undefined): {
  label?: string[]
} {
  if (label === undefined) return {}
  return { label: Object.entries(label).map(([key, value]) => `${key}:${value}`) }
}

/** The same object without the fields that are undefined: an absent option is no field of a request. */
export function givenFields<T extends object>(
  fields: T,
): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>
  }
}
