import type { Ipam } from '@freehold/engine'
import { AttributeReason } from './attribute-readers.ts'
import { invalidInput, isNeutronError, NeutronError, notFound } from './neutron-error.ts'
import type { NeutronRequest, NeutronRoute } from './neutron-route.ts'
import { pythonText } from './python-text.ts'
import { isObject } from './request-body.ts'
import type { Resource } from './resource.ts'
import { getRecord, readRevisionCondition } from './resource-routes.ts'
import { tags as tagList } from './tag-attribute.ts'

/** The routes for the tags of a resource. */
export function tagRoutes(resource: Resource): NeutronRoute[] {
  const listPath = `/v2.0/${resource.collection}/{id}/tags`
  const tagPath = `${listPath}/{tag}`
  const read = { rule: resource.rules.read }
  const write = { rule: resource.rules.write }
  return [
    {
      method: 'GET',
      path: listPath,
      access: read,
      handler: async (request) => ({
        status: 200,
        body: { tags: await tagsOf(resource, request) },
      }),
    },
    {
      method: 'PUT',
      path: listPath,
      access: write,
      handler: async (request) => {
        const wanted = readTags(request.body)
        return { status: 200, body: { tags: await changeTags(resource, request, () => wanted) } }
      },
    },
    {
      method: 'DELETE',
      path: listPath,
      access: write,
      handler: async (request) => {
        await changeTags(resource, request, () => [])
        return { status: 204 }
      },
    },
    {
      method: 'GET',
      path: tagPath,
      access: read,
      handler: async (request) => {
        checkHas(await tagsOf(resource, request), tagOf(request))
        return { status: 204 }
      },
    },
    {
      method: 'PUT',
      path: tagPath,
      access: write,
      handler: async (request) => {
        const [tag = ''] = readTags({ tags: [tagOf(request)] })
        await changeTags(resource, request, (tags) => (tags.includes(tag) ? tags : [...tags, tag]))
        return { status: 201 }
      },
    },
    {
      method: 'DELETE',
      path: tagPath,
      access: write,
      handler: async (request) => {
        const tag = tagOf(request)
        await changeTags(resource, request, (tags) => {
          checkHas(tags, tag)
          return tags.filter((one) => one !== tag)
        })
        return { status: 204 }
      },
    },
  ]
}

async function tagsOf(resource: Resource, { ipam, params }: NeutronRequest) {
  const view = await getTagged(resource, ipam, params)
  return view['tags'] as readonly string[]
}

async function changeTags(
  resource: Resource,
  request: NeutronRequest,
  change: (tags: readonly string[]) => readonly string[],
): Promise<unknown> {
  const condition = readRevisionCondition(request)
  const view = await request.ipam.transaction(async (transaction) => {
    const before = await getTagged(resource, transaction, request.params)
    const old = before['tags'] as readonly string[]
    const tags = change(old)
    if (tags.length === old.length && tags.every((tag) => old.includes(tag))) return before
    return resource.update(transaction, before.id, { tags }, condition)
  })
  return view['tags']
}

/** The record whose tags a path speaks of. Throws NeutronError TagResourceNotFound. */
async function getTagged(resource: Resource, ipam: Ipam, params: NeutronRequest['params']) {
  try {
    return await getRecord(resource, ipam, params)
  } catch (error) {
    if (!isNeutronError(error, 404)) throw error
    throw new NeutronError(
      404,
      'TagResourceNotFound',
      `Resource ${resource.collection} ${pythonText(params['id'])} could not be found.`,
    )
  }
}

function readTags(body: unknown): readonly string[] {
  if (!isObject(body) || !Object.hasOwn(body, 'tags')) throw invalidInput('Invalid tags body')
  try {
    return tagList.read(body['tags'])
  } catch (error) {
    if (error instanceof AttributeReason) throw invalidInput(error.message)
    throw error
  }
}

function checkHas(tags: readonly string[], tag: string): void {
  if (!tags.includes(tag)) throw notFound('Tag', tag)
}

function tagOf({ params }: NeutronRequest): string {
  return params['tag'] ?? ''
}
