/** Uniform random integers. The engine's own draws from the operating system's generator; tests may pass a scripted one. */
export interface RandomSource {
  /** An integer from 0 to `bound` - 1, each equally likely. `bound` is 1 or more, to any size. */
  below(bound: bigint): bigint
}
