/** Guards against paths that exist on one machine only. */

/** Folders of one person or one machine, as they would look in a text file of the repository. */
export interface MachineFolders {
  /** The checkout itself. */
  readonly root: string
  /** The home of whoever runs the check. */
  readonly home: string
}

/**
 * The absolute paths in a text that lead into the checkout or into somebody's home, each with its
 * line. A checkout that lies directly under `/` is not looked for: its name could be any word.
 */
export function findMachinePaths(path: string, text: string, folders: MachineFolders): string[] {
  const prefixes = [folders.root, folders.home]
    .filter((folder) => folder.split('/').length > 2 || folder === '/root')
    .map((folder) => `${folder}/`)
  const pattern = new RegExp(
    `(?<![\\w.~-])(?:${[...prefixes.map((prefix) => RegExp.escape(prefix)), '/(?:home|Users)/\\w+/'].join('|')})`,
  )
  return text.split('\n').flatMap((line, index) => {
    const found = pattern.exec(line)?.[0]
    return found === undefined ? [] : [`${path}:${index + 1} holds a path of one machine: ${found}`]
  })
}
