import openapiTS, { astToString } from 'openapi-typescript'

/** Content of `src/generated/v1.ts`, from the text of an OpenAPI document. */
export async function v1Types(document: string): Promise<string> {
  const types = await openapiTS(document, { alphabetize: false })
  return `// Made from packages/server/openapi.json by \`npm run generate\`.\n\n${astToString(types)}`
}
