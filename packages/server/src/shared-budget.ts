/** A project's part of what all use together. */
const shareOfOne = 1 / 4

/** Whose use stands in the way: that of the project itself, or that of all together. */
export type BudgetRefusal = 'project' | 'all'

/**
 * Something that everybody uses together, of which no project may have more than a quarter at a time: whoever takes all
 * that there is for one should not be able to shut the others out.
 */
export class SharedBudget {
  readonly #total: number
  readonly #share: number
  readonly #usedBy = new Map<string, number>()
  #used = 0

  constructor(total: number) {
    this.#total = total
    this.#share = Math.max(1, Math.floor(total * shareOfOne))
  }

  /** What is taken now, by all together. */
  get used(): number {
    return this.#used
  }

  /**
   * Takes an amount until the returned function is called, once or more often. Without a project only the whole counts.
   * Nobody is refused who has nothing yet and could have had it alone: an amount above the share is one at a time.
   */
  take(project: string | undefined, amount = 1): (() => void) | BudgetRefusal {
    const own = this.#usedBy.get(project ?? '') ?? 0
    if (project !== undefined && own > 0 && own + amount > this.#share) return 'project'
    if (this.#used > 0 && this.#used + amount > this.#total) return 'all'
    this.#add(project, amount)
    let isOpen = true
    return () => {
      if (isOpen) this.#add(project, -amount)
      isOpen = false
    }
  }

  #add(project: string | undefined, amount: number): void {
    this.#used += amount
    if (project === undefined) return
    const own = (this.#usedBy.get(project) ?? 0) + amount
    if (own === 0) this.#usedBy.delete(project)
    else this.#usedBy.set(project, own)
  }
}
