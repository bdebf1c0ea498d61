import { type TSchema, Type } from 'typebox'

/** JSON Schema building blocks that several nouns share. A `title` makes a schema a named component of the document. */

export const ipVersionSchema = Type.Unsafe<4 | 6>({ type: 'integer', enum: [4, 6] })

export const uuidSchema = (description: string) =>
  Type.Unsafe<string>({ type: 'string', format: 'uuid', description })

/** An id in a body or a query. Case and form are the engine's to judge, so that a wrong one is told as missing. */
export const idInput = (description: string) => Type.String({ description, maxLength: 64 })

export const timeSchema = (description: string) =>
  Type.Unsafe<string>({ type: 'string', format: 'date-time', description })

export const nullableTimeSchema = (description: string) =>
  Type.Unsafe<string | null>({ type: ['string', 'null'], format: 'date-time', description })

export const nullableString = (description: string) =>
  Type.Unsafe<string | null>({ type: ['string', 'null'], description })

/** A count of addresses: up to 2^128, so a string of decimal digits. */
export const countSchema = (description: string) =>
  Type.Unsafe<string>({ type: 'string', pattern: '^[0-9]+$', description })

export const labelsSchema = Type.Unsafe<Record<string, string>>({
  type: 'object',
  additionalProperties: { type: 'string' },
  description: 'Strings by name: at most 64, names of 1 to 63 characters, values of 0 to 255.',
})

export const nameInput = Type.String({
  description: '1 to 255 characters without control or bidirectional ones; kept in Unicode NFC.',
})

export const allocationPoolSchema = Type.Object(
  {
    first: Type.String({ description: 'First address of the range.' }),
    last: Type.String({ description: 'Last address of the range, included.' }),
  },
  {
    title: 'AllocationPool',
    description: 'Inclusive range from which any, next and bulk draw.',
    additionalProperties: false,
  },
)

export const gatewayInput = Type.Unsafe<string | null>({
  type: ['string', 'null'],
  description:
    '`auto` (default): the first address after the network address. `null`: none. Or an address.',
})

export const coolingSecondsInput = Type.Integer({
  description: 'How long a released address rests before it is handed out again: 0 to 31,536,000.',
})

/** What every named record answers. */
export const recordFields = {
  id: uuidSchema('Lower-case UUID.'),
  name: Type.String({ description: 'For people; may be empty, need not be unique.' }),
  projectId: Type.String({ description: 'The project that owns the record.' }),
  labels: labelsSchema,
  createdAt: timeSchema('RFC 3339, UTC.'),
  updatedAt: timeSchema('RFC 3339, UTC.'),
  revision: Type.Integer({
    description: 'Grows by one with every change; the ETag is made of it.',
  }),
}

/** What every named record takes. */
export const namedInputFields = {
  name: Type.Optional(nameInput),
  labels: Type.Optional(labelsSchema),
}

/** Query parameters of every list. */
export const listQueryFields = {
  limit: Type.Optional(
    Type.Integer({ minimum: 1, maximum: 1000, description: 'Page size; default 100.' }),
  ),
  cursor: Type.Optional(
    Type.String({
      description: '`nextCursor` of the page before, with the same filters and sort.',
    }),
  ),
}

export const sortField = (...fields: readonly string[]) => ({
  sort: Type.Optional(
    Type.Unsafe<string>({
      type: 'string',
      enum: fields.flatMap((field) => [field, `-${field}`]),
      description: 'Field to sort by; a leading `-` turns the order round.',
    }),
  ),
})

export const recordFilterFields = {
  name: Type.Optional(Type.String({ description: 'Exact name.' })),
  projectId: Type.Optional(Type.String({ description: 'Owner.' })),
  label: Type.Optional(
    Type.Array(Type.String(), {
      maxItems: 64,
      description: '`name:value`; can be given several times, all must match.',
    }),
  ),
}

export const sharedFilter = Type.Optional(
  Type.Boolean({
    description: 'Only records that other projects may use, or only those they may not.',
  }),
)

export const ipVersionFilter = Type.Optional(ipVersionSchema)

/** A page of a list, as a component of its own. */
export function pageOf<Item extends TSchema>(title: string, item: Item) {
  return Type.Object(
    {
      items: Type.Array(item),
      nextCursor: nullableString('`cursor` of the next page; null on the last.'),
    },
    { title, additionalProperties: false },
  )
}
