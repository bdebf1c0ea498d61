import { ApiError } from './api-error.ts'

/** RFC 9112, section 3.2: neither two hosts nor what cannot be one. Links of the Networking API are made of it. */
export function isHostHeader(host: string | undefined): boolean {
  return host === undefined || /^(\[[0-9A-Fa-f:.]+\]|[\w.-]*)(:\d{1,5})?$/.test(host)
}

export function invalidHost(header: 'Host' | 'X-Forwarded-Host'): ApiError {
  return new ApiError('INVALID_HEADER', `${header} must name one host.`, { header })
}
