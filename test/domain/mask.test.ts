import { expect, it } from 'vitest'
import { maskSecrets } from '../../functions/domain/mask.ts'

it.each([
  ['using AKIAIOSFODNN7EXAMPLE', 'using [masked]'],
  ['Authorization: Bearer abcdef123456', 'Authorization: [masked]'],
  ['sent bearer abcdef123456 on', 'sent bearer [masked] on'],
  ['password: "a b c", user: me', 'password: [masked], user: me'],
  ['GITLAB_TOKEN=glpat-abcdefgh12345678', 'GITLAB_TOKEN=[masked]'],
  ['registered with glrt-abcdefgh12345678', 'registered with [masked]'],
  ['./config.sh --token ABCDEF --url https://github.com', './config.sh --token [masked] --url https://github.com'],
  ['cloning https://user:pass@example.com/repo.git', 'cloning https://[masked]@example.com/repo.git'],
  ['GET /?X-Amz-Signature=abc123&X-Amz-Date=1', 'GET /?X-Amz-Signature=[masked]&X-Amz-Date=1'],
  ['jwt eyJhbGciOi.eyJzdWIi.c2ln ends', 'jwt [masked] ends'],
])('masks %j', (line, masked) => {
  expect(maskSecrets(line)).toBe(masked)
})

it.each([
  'ExpiredToken: The provided token is malformed',
  'UnrecognizedClientException: The security token included in the request is invalid',
  'arn:aws:secretsmanager:eu-central-1:111122223333:secret:agents/runner-AbCdEf',
  'No space left on device',
  'Main process exited, code=exited, status=137/n/a',
])('leaves %j for the diagnosis', (line) => {
  expect(maskSecrets(line)).toBe(line)
})
