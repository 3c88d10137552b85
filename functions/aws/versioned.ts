import type { Key, Table } from './table.ts'

/**
 * Reads an item, edits it and writes it on the version that was read, until nobody came in between: two never pass as one.
 * An edit that answers null leaves the item as it is. Answers the item as it was written.
 */
export const changeVersioned = async <T extends { version: number }>(
  table: Table,
  key: Key,
  empty: T,
  edit: (item: T) => T | null,
): Promise<T | null> => {
  for (;;) {
    const found = (await table.get(key)) as T | undefined
    const edited = edit(found ?? empty)
    if (!edited) return null
    const written = await table.put(
      { ...key, ...edited, version: (found?.version ?? 0) + 1 },
      found
        ? { expression: 'version = :version', values: { ':version': found.version } }
        : { expression: 'attribute_not_exists(pk)' },
    )
    if (written) return edited
  }
}
