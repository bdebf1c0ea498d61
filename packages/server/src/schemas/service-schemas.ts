import { Type } from 'typebox'

export const healthSchema = Type.Object(
  { status: Type.Unsafe<'ok'>({ type: 'string', const: 'ok' }) },
  { title: 'Health', additionalProperties: false },
)

/** RFC 9457. Further members depend on the code. */
export const problemSchema = Type.Object(
  {
    type: Type.String({ description: 'A URN that names the code.' }),
    title: Type.String({ description: 'What the code means, the same every time.' }),
    status: Type.Integer(),
    detail: Type.String({ description: 'What happened this time.' }),
    code: Type.String({ description: 'What a program decides by, such as SUBNET_EXHAUSTED.' }),
    kind: Type.Unsafe<string>({
      type: 'string',
      enum: [
        'invalid',
        'not-found',
        'conflict',
        'exhausted',
        'over-quota',
        'unavailable',
        'internal',
      ],
    }),
    requestId: Type.String({ description: 'The same as in the log.' }),
    pointer: Type.Optional(
      Type.String({ description: 'RFC 6901 pointer to the field at fault, where one is.' }),
    ),
    in: Type.Optional(
      Type.Unsafe<'query'>({ type: 'string', const: 'query', description: 'Not in the body.' }),
    ),
    fix: Type.Optional(Type.String({ description: 'What to do instead.' })),
  },
  { title: 'Problem', additionalProperties: true },
)
