/** Makes a value on first use and keeps it: for what an execution environment needs once and an import must not make. */
export const once = <T>(make: () => T): (() => T) => {
  let made: { value: T } | undefined
  return () => {
    made ??= { value: make() }
    return made.value
  }
}
