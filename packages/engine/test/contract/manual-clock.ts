/** A clock that stands still until a test moves it. */
export class ManualClock {
  #now = Date.UTC(2026, 0, 1)

  /** What an engine takes as its clock. */
  readonly read = (): number => this.#now

  forward(seconds: number): void {
    this.#now += seconds * 1000
  }

  get time(): string {
    return new Date(this.#now).toISOString()
  }
}
