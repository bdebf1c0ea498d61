import { type Static, Type } from 'typebox'
import { nullableString, nullableTimeSchema, timeSchema } from './field-schemas.ts'

const headFields = {
  epoch: Type.Integer({
    minimum: 1,
    description: 'One more for each restored backup that was accepted.',
  }),
  seq: Type.Integer({ minimum: 0, description: 'How many events are sealed.' }),
  hash: Type.String({
    pattern: '^[0-9a-f]{64}$',
    description: 'SHA-256 over the last sealed event and every one before it.',
  }),
}

export const auditHeadSchema = Type.Object(headFields, {
  title: 'AuditHead',
  additionalProperties: false,
})

export const auditVerificationSchema = Type.Object(
  {
    head: Type.Optional(
      Type.Object(headFields, {
        additionalProperties: false,
        description: 'A head that was kept elsewhere: the chain must still hold it.',
      }),
    ),
  },
  { title: 'AuditVerification', additionalProperties: false },
)

const breakKinds = ['altered', 'missing', 'unlinked', 'added', 'rewritten', 'cut'] as const

const auditBreakSchema = Type.Object(
  {
    seq: Type.Integer({ description: 'Where in the chain.' }),
    kind: Type.Unsafe<(typeof breakKinds)[number]>({
      type: 'string',
      enum: [...breakKinds],
      description:
        'altered: the event, or its place, is not the sealed one. missing: the event is gone. unlinked: its seal is gone, or stands where the record of the chain’s end has none. added: the event was put among sealed ones afterwards. rewritten: another chain than that of the kept head. cut: the chain ends before the kept head, or was cut there by a restored backup that was accepted.',
    }),
    eventId: Type.Unsafe<number | null>({ type: ['integer', 'null'] }),
    message: Type.String(),
  },
  { title: 'AuditBreak', additionalProperties: false },
)

const auditRestoreSchema = Type.Object(
  {
    epoch: Type.Integer({ description: 'The epoch that began.' }),
    at: timeSchema('When it was accepted.'),
    actor: nullableString('Who accepted it, where that is known.'),
    end: auditHeadSchema,
    kept: auditHeadSchema,
  },
  {
    title: 'AuditRestore',
    description: 'After `end`, the events of the history that had the head `kept` are lost.',
    additionalProperties: false,
  },
)

export const auditReportSchema = Type.Object(
  {
    ok: Type.Boolean(),
    head: auditHeadSchema,
    unsealed: Type.Object(
      {
        events: Type.Integer({ description: 'Committed, and not in the chain yet.' }),
        oldestAt: nullableTimeSchema('When the oldest of them happened.'),
      },
      { additionalProperties: false },
    ),
    restores: Type.Array(auditRestoreSchema, {
      description: 'Restored backups that were accepted, oldest first.',
    }),
    firstBroken: Type.Unsafe<Static<typeof auditBreakSchema> | null>({
      anyOf: [auditBreakSchema, { type: 'null' }],
      description: 'The first place where the chain does not hold.',
    }),
  },
  { title: 'AuditReport', additionalProperties: false },
)
