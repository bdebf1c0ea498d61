import type { Prefix } from '@freehold/address'

/**
 * A prefix among those of one address scope. `container`: split into others, so it becomes a subnet pool. `network`: in
 * use itself, so it becomes a subnet, unless others lie inside it.
 */
export interface PrefixEntry {
  readonly prefix: Prefix
  readonly role: 'aggregate' | 'container' | 'network'
  readonly source: string
}

export interface PrefixNode<E extends PrefixEntry> {
  readonly entry: E
  readonly parent: PrefixNode<E> | null
  readonly children: PrefixNode<E>[]
}

const depthOf = { container: 0, aggregate: 1, network: 2 }

/**
 * Arranges prefixes by containment. Of two equal ones a container is outside a network; equal ones of the same role, and
 * an aggregate equal to a container, are handed to `onDuplicate` and left out. Cost: that of sorting.
 */
export function prefixTree<E extends PrefixEntry>(
  entries: readonly E[],
  onDuplicate: (entry: E, first: E) => void,
): PrefixNode<E>[] {
  const sorted = [...entries].sort(
    (a, b) => a.prefix.compare(b.prefix) || depthOf[a.role] - depthOf[b.role],
  )
  const nodes: PrefixNode<E>[] = []
  let parent: PrefixNode<E> | null = null
  for (const entry of sorted) {
    while (parent !== null && !parent.entry.prefix.contains(entry.prefix)) parent = parent.parent
    if (parent !== null && isDuplicate(parent.entry, entry)) {
      onDuplicate(entry, parent.entry)
      continue
    }
    const node: PrefixNode<E> = { entry, parent, children: [] }
    parent?.children.push(node)
    nodes.push(node)
    parent = node
  }
  return nodes
}

function isDuplicate(outer: PrefixEntry, inner: PrefixEntry): boolean {
  return (
    outer.prefix.equals(inner.prefix) && (outer.role === inner.role || inner.role === 'aggregate')
  )
}
