import { dataOf, type FreeholdClient } from '@freehold/client'
import type { Ipam, Plan } from '@freehold/engine'
import type { Plan as PlanBody, PlanReport } from './api-records.ts'
import type { CommandContext } from './command-context.ts'
import { CommandError } from './command-error.ts'
import { type ConfirmationOptions, confirmed } from './confirmation.ts'
import { counted } from './output/count-text.ts'

export interface PlanRun {
  readonly report: PlanReport
  /** `planned`: only looked at, or nothing to do. */
  readonly state: 'applied' | 'planned' | 'refused'
}

/**
 * Looks at what a plan would change, and applies it in one transaction where it is not a dry run, contradicts nothing that
 * is stored and changes anything at all. Asks first where the store holds something already. Throws CommandError when a
 * person says no, or nobody can be asked.
 */
export async function runPlan(
  context: CommandContext,
  plan: Plan,
  options: ConfirmationOptions,
): Promise<PlanRun> {
  const { client, ipam } = await context.connect()
  const preview = await compare(context, client, plan)
  const { create, conflict } = preview.counts
  if (conflict > 0) return { report: preview, state: 'refused' }
  if (options.dryRun || create === 0) return { report: preview, state: 'planned' }
  if (!(await isEmpty(client)))
    await confirmed(
      context,
      `add ${counted(create, 'record')} to a store that holds others`,
      options,
    )
  return { report: await apply(context, client, ipam, plan), state: 'applied' }
}

/** What a caller throws after it has printed the report of a refused plan. */
export function conflictError(conflicts: number): CommandError {
  return new CommandError(
    'conflict',
    'PLAN_CONFLICT',
    `${conflicts} ${conflicts === 1 ? 'entry contradicts' : 'entries contradict'} what is stored; nothing was changed.`,
    { fix: 'Change or delete what is in the way, or correct the plan; the report names each one.' },
  )
}

async function compare(
  context: CommandContext,
  client: FreeholdClient,
  plan: Plan,
): Promise<PlanReport> {
  const progress = context.progress('Comparing')
  try {
    progress.update(0, null)
    return await dataOf(
      client.POST('/v1/plan', { params: { query: { dryRun: true } }, body: plan as PlanBody }),
    )
  } finally {
    progress.finish()
  }
}

// Over HTTP nothing is heard of the import until it is done; on a store of our own it tells how far it is. The API has
// judged the plan's form by then.
async function apply(
  context: CommandContext,
  client: FreeholdClient,
  ipam: Ipam | null,
  plan: Plan,
): Promise<PlanReport> {
  const progress = context.progress('Importing')
  try {
    progress.update(0, null)
    if (ipam === null)
      return await dataOf(
        client.POST('/v1/plan', { params: { query: { dryRun: false } }, body: plan as PlanBody }),
      )
    const report = await ipam.plans.apply(plan, {
      onProgress: (done, total) => progress.update(done, total),
    })
    return { counts: { ...report.counts }, entries: report.entries.map((entry) => ({ ...entry })) }
  } finally {
    progress.finish()
  }
}

// The two built-in scopes are always there and hold nothing by themselves.
async function isEmpty(client: FreeholdClient): Promise<boolean> {
  const query = { params: { query: { limit: 1 } } }
  const pages = await Promise.all([
    dataOf(client.GET('/v1/subnets', query)),
    dataOf(client.GET('/v1/subnet-pools', query)),
  ])
  return pages.every(({ items }) => items.length === 0)
}
