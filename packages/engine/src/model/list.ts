/** A page of a list. Cursors are opaque and only good for the list, filters and sort order that they came from. */
export interface Page<T> {
  readonly items: readonly T[]
  readonly nextCursor: string | null
}

export interface ListOptions {
  /** 1 to 1,000; default 100. */
  limit?: number
  cursor?: string
  /** Field name, with a leading `-` for descending order. Default: createdAt. */
  sort?: string
}

export interface RecordFilter {
  name?: string
  projectId?: string
  /** Records that carry all of these labels. */
  labels?: Readonly<Record<string, string>>
}

export interface AddressScopeFilter extends RecordFilter {
  ipVersion?: 4 | 6
  shared?: boolean
}

export interface SubnetPoolFilter extends RecordFilter {
  ipVersion?: 4 | 6
  shared?: boolean
  isDefault?: boolean
  addressScopeId?: string
}

export interface SubnetFilter extends RecordFilter {
  ipVersion?: 4 | 6
  shared?: boolean
  addressScopeId?: string
  subnetPoolId?: string
  /** Any of these, at most 1,000. */
  ids?: readonly string[]
  /** Subnets that have no document of their own id in this collection. */
  withoutDocumentIn?: string
  cidr?: string
  /** Subnets that hold this address. */
  contains?: string
}

export interface AllocationFilter {
  state?: 'allocated' | 'cooling'
  holderKind?: string
  holderId?: string
  projectId?: string
  labels?: Readonly<Record<string, string>>
}
