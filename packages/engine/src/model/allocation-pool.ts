/** Inclusive range from which `any`, `next` and `bulk` draw. */
export interface AllocationPool {
  readonly first: string
  readonly last: string
}
