import { maskSecrets } from '../domain/mask.ts'

/** Control characters, among them line ends and the marks that turn the direction of text. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: removing them is this function's purpose.
const unprintable = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]+/g

/** Text from outside as one bounded line, with what looks like a secret masked. It stays untrusted: whoever shows it escapes it for where it is shown. */
export const cleanText = (text: unknown, limit = 1000): string => {
  const whole = String(typeof text === 'string' ? text : (JSON.stringify(text) ?? ''))
  // Bounded before the patterns run over it, and far enough behind the limit that no cut secret is shown.
  const line = maskSecrets(whole.slice(0, limit * 4).replace(unprintable, ' ')).trim()
  return line.length > limit ? `${line.slice(0, limit - 1)}…` : line
}
