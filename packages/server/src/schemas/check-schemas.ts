import { Type } from 'typebox'

const problemOfCheckSchema = Type.Object(
  {
    kind: Type.String({ description: 'Which promise is broken.' }),
    message: Type.String(),
    subnetId: Type.Optional(Type.String()),
    subnetPoolId: Type.Optional(Type.String()),
    addressScopeId: Type.Optional(Type.String()),
  },
  { title: 'CheckProblem', additionalProperties: false },
)

export const checkReportSchema = Type.Object(
  {
    ok: Type.Boolean(),
    checked: Type.Object(
      {
        addressScopes: Type.Integer(),
        subnetPools: Type.Integer(),
        subnets: Type.Integer(),
        allocations: Type.Integer(),
      },
      { additionalProperties: false, description: 'How many of each were looked at.' },
    ),
    problems: Type.Array(problemOfCheckSchema, { description: 'The first 1,000.' }),
  },
  { title: 'CheckReport', additionalProperties: false },
)
