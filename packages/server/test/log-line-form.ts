import { neutronRoutes } from '../src/neutron/neutron-routes.ts'
import { routeTable } from '../src/route-table.ts'

const routes = new Set([...routeTable, ...neutronRoutes].map(({ path }) => path)).add('unknown')

type Check = (value: unknown) => boolean

const text =
  (pattern: RegExp): Check =>
  (value) =>
    typeof value === 'string' && pattern.test(value)
const pseudonym = (...kinds: readonly string[]): Check =>
  text(new RegExp(`^(${kinds.join('|')})_[0-9a-f]{12}$`))
const frames: Check = (value) =>
  Array.isArray(value) && value.length <= 12 && value.every(text(/^at .{1,240}$/))

const failureFields: Readonly<Record<string, Check>> = {
  errorName: text(/^[A-Za-z]{1,64}$/),
  causeCode: text(/^[A-Z0-9_]{1,64}$/),
  stack: frames,
  cause: (value) => strangeFields(value, failureFields).length === 0,
}

/** All that a line may hold, and how it must look. Nothing here has room for what a caller sent. */
const lineFields: Readonly<Record<string, Check>> = {
  ...failureFields,
  level: text(/^(info|warn|error)$/),
  time: text(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
  msg: text(/^requests were answered 503 because there was too much to do$/),
  count: Number.isSafeInteger,
  requestId: text(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
  method: text(/^(GET|HEAD|POST|PUT|PATCH|DELETE|other)$/),
  route: (value) => routes.has(value as string),
  status: (value) => Number.isSafeInteger(value) && (value as number) < 600,
  durationMs: Number.isFinite,
  errorCode: text(/^[A-Za-z_]{1,64}$/),
  project: pseudonym('prj'),
  actor: pseudonym('tok', 'act'),
  addressScope: pseudonym('scp'),
  subnetPool: pseudonym('pool'),
  subnet: pseudonym('sub'),
  network: pseudonym('net'),
  port: pseudonym('prt'),
  token: pseudonym('tok'),
  holder: pseudonym('hld'),
  addressPrefix: text(/^(\d+\.\d+\.0\.0\/16|[0-9a-f]{0,4}(:[0-9a-f]{0,4})?::\/32)$/),
}

/** The fields of a line of the log that may not be there, or not look as they do. */
export function strangeFields(
  line: unknown,
  known: Readonly<Record<string, Check>> = lineFields,
): [string, unknown][] {
  return Object.entries(line as object).filter(
    ([name, value]) => !Object.hasOwn(known, name) || known[name]?.(value) !== true,
  )
}
