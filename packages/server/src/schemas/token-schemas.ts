import { Type } from 'typebox'
import {
  listQueryFields,
  nullableString,
  nullableTimeSchema,
  pageOf,
  timeSchema,
  uuidSchema,
} from './field-schemas.ts'

const roles = ['admin', 'operator', 'reader', 'metrics'] as const

const role = Type.Unsafe<(typeof roles)[number]>({
  type: 'string',
  enum: [...roles],
  description:
    '`reader` reads what its project may see, `operator` also changes what its project owns, `admin` does everything in every project. `metrics` reads /metrics alone.',
})

const tokenFields = {
  id: uuidSchema('Names the token in lists and events; no secret.'),
  projectId: Type.String({ description: 'The project that its bearer acts for.' }),
  role,
  description: Type.String({ description: 'For people; may be empty.' }),
  familyId: uuidSchema('The same for a token and those that it was rotated into.'),
  createdAt: timeSchema('RFC 3339, UTC.'),
  expiresAt: nullableTimeSchema('null: never.'),
  lastUsedAt: nullableTimeSchema('To the minute; null: not yet.'),
  createdBy: nullableString('Who made it, where that is known.'),
}

export const tokenSchema = Type.Object(tokenFields, {
  title: 'Token',
  description: 'What lets a caller in. Its text is shown once and stored nowhere.',
  additionalProperties: false,
})

export const newTokenSchema = Type.Object(
  {
    ...tokenFields,
    secret: Type.String({
      pattern: '^fh_[0-9A-Za-z]{49}$',
      description: 'The token itself. It is told here and never again.',
    }),
  },
  { title: 'NewToken', additionalProperties: false },
)

export const tokenPageSchema = pageOf('TokenPage', tokenSchema)

export const tokenInputSchema = Type.Object(
  {
    role,
    projectId: Type.Optional(Type.String({ description: 'Default: the project of the caller.' })),
    description: Type.Optional(
      Type.String({ description: '1 to 255 characters without control or bidirectional ones.' }),
    ),
    expiresInSeconds: Type.Optional(
      Type.Unsafe<number | null>({
        type: ['integer', 'null'],
        description: '1 to 315,360,000; null: never expires. Default: a year.',
      }),
    ),
  },
  { title: 'TokenInput', additionalProperties: false },
)

export const tokenQuerySchema = Type.Object(
  {
    ...listQueryFields,
    projectId: Type.Optional(Type.String({ description: 'Project that the tokens are for.' })),
    familyId: Type.Optional(
      Type.String({
        maxLength: 64,
        description: 'Only tokens that were rotated from one another.',
      }),
    ),
  },
  { additionalProperties: false },
)

export const tokenRevocationQuerySchema = Type.Object(
  {
    family: Type.Optional(
      Type.Boolean({ description: 'Also all that were rotated from the same token.' }),
    ),
  },
  { additionalProperties: false },
)
