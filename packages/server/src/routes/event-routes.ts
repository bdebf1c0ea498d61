import { ApiError } from '../api-error.ts'
import { eventStream, eventStreamType, maxEventStreams, readEventPage } from '../event-stream.ts'
import { tooMuchAtOnce } from '../rate-limits.ts'
import { defineRoute, RawReply } from '../route-definition.ts'
import { eventPageSchema, eventQuerySchema, wireEvent } from '../schemas/event-schemas.ts'

export const eventRoutes = [
  defineRoute({
    operationId: 'listEvents',
    method: 'GET',
    path: '/v1/events',
    tag: 'Events',
    summary: 'Read what changed, in order',
    description:
      'With `Accept: text/event-stream` the answer has no end while the token is good: events arrive as they happen, and `Last-Event-ID` resumes.',
    access: { rule: 'event:read' },
    query: eventQuerySchema,
    success: {
      status: 200,
      description: 'One page, or an endless stream.',
      schema: eventPageSchema,
      mediaTypes: [eventStreamType],
    },
    handler: async ({ ipam, query, headers, services, isStillLetIn }) => {
      if (!wantsStream(headers.accept)) {
        const { items, nextCursor } = await ipam.events.list(query)
        return { items: items.map(wireEvent), nextCursor }
      }
      const after = headers['last-event-id']?.toString() ?? query.after
      const firstPage = await readEventPage(ipam, after)
      const { isAdmin, projectId } = ipam.caller
      const release = services.eventStreams.take(isAdmin ? undefined : projectId)
      if (release === 'project') throw tooMuchAtOnce()
      if (release === 'all')
        throw new ApiError('SERVER_BUSY', `${maxEventStreams} event streams are open already.`)
      const stream = eventStream({ ...services, ipam, isStillLetIn }, firstPage)
      stream.once('close', release)
      return new RawReply(eventStreamType, stream)
    },
  }),
]

function wantsStream(accept: string | undefined): boolean {
  return (accept ?? '').split(',').some((range) => range.trim().startsWith(eventStreamType))
}
