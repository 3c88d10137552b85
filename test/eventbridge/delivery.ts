/** What a rule does with an event that it matched, as CloudFormation describes its target. */
export interface Target {
  InputTransformer?: { InputPathsMap?: Record<string, string>; InputTemplate: string }
}

const at = (event: Record<string, unknown>, path: string): unknown =>
  path
    .replace(/^\$\.?/, '')
    .split('.')
    .filter((part) => part !== '')
    .reduce<unknown>((value, part) => (value as Record<string, unknown> | undefined)?.[part], event)

/** The input that a target gets: the event, or the template with the event's parts in it. */
export const delivered = (event: Record<string, unknown>, { InputTransformer }: Target): Record<string, unknown> => {
  if (!InputTransformer) return event
  const { InputPathsMap = {}, InputTemplate } = InputTransformer
  const filled = InputTemplate.replace(/<([A-Za-z0-9_-]+)>/g, (_all, name: string) =>
    JSON.stringify(at(event, InputPathsMap[name] ?? '') ?? ''),
  )
  return JSON.parse(filled)
}
