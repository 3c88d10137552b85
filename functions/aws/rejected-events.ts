/** The queue of events that were delivered and made no sense. */
export interface RejectedEvents {
  put(event: unknown, reason: string, execution: string): Promise<void>
}
