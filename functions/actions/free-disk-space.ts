import { hostCommandAction } from './host-command-action.ts'

/** Removes package caches, rotated logs and job workspaces that are old and not in use. */
export const freeDiskSpace = hostCommandAction({
  kind: 'free-disk-space',
  document: 'free-disk-space',
  undo: "Can't be undone: caches, rotated logs and old workspaces are gone; caches fill again by themselves.",
  deadlineSeconds: 360,
})
