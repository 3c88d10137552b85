import { maskSecrets } from '../domain/mask.ts'

// biome-ignore lint/suspicious/noControlCharactersInRegex: removing them is this function's purpose.
const unprintable = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]+/g

/** Text from outside for a plain-text body: one line, no control characters, and once more no secrets. */
export const clean = (text: string): string => maskSecrets(text.replace(/[\t\r\n]+/g, ' ').replace(unprintable, ''))

/** For Markdown and chat: what could become a link, a mention, an image or markup is shown as it is. */
export const cleanMarkdown = (text: string): string =>
  clean(text)
    .replace(/[\\`*_{}[\]()#+!|~>-]/g, '\\$&')
    .replace(/</g, '&lt;')
    .replace(/@/g, '@\u200b')

/** A mail header: printable ASCII, at most 100 characters (SNS refuses others). */
export const cleanSubject = (text: string): string =>
  clean(text)
    .replace(/[^\x20-\x7e]/g, '?')
    .slice(0, 100)
