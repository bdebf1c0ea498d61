import { notFound } from './neutron-error.ts'
import type { NeutronRequest, NeutronRoute } from './neutron-route.ts'
import { readList } from './request-body.ts'
import type { Resource } from './resource.ts'
import { getRecord, readRevisionCondition } from './resource-routes.ts'
import { tags as tagList } from './tag-attribute.ts'

/** The routes for the tags of a resource. */
export function tagRoutes(resource: Resource): NeutronRoute[] {
  const listPath = `/v2.0/${resource.collection}/{id}/tags`
  const tagPath = `${listPath}/{tag}`
  const read = { rule: resource.rules.read }
  const write = { rule: resource.rules.write }
  const { read: readTags } = tagList
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
        const wanted = readList(request.body, 'tags', readTags)
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
        const [tag = ''] = readList({ tags: [tagOf(request)] }, 'tags', readTags)
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
  const view = await getRecord(resource, ipam, params)
  return view['tags'] as readonly string[]
}

async function changeTags(
  resource: Resource,
  request: NeutronRequest,
  change: (tags: readonly string[]) => readonly string[],
): Promise<unknown> {
  const condition = readRevisionCondition(request)
  const view = await request.ipam.transaction(async (transaction) => {
    const before = await getRecord(resource, transaction, request.params)
    const tags = change(before['tags'] as readonly string[])
    return resource.update(transaction, before.id, { tags }, condition)
  })
  return view['tags']
}

function checkHas(tags: readonly string[], tag: string): void {
  if (!tags.includes(tag)) throw notFound('Tag', tag)
}

function tagOf({ params }: NeutronRequest): string {
  return params['tag'] ?? ''
}
