import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { expect, it } from 'vitest'
import { s3ReportStore } from '../../functions/aws/report-store.ts'
import { aPlatform } from './a-platform.ts'
import { useTable } from './a-table.ts'

const { stack } = useTable()

it('keeps the report of an incident, the last one when it is put twice', async () => {
  const endpoints = stack()?.endpoints ?? {}
  const Bucket = stack()?.environment['REPORTS_BUCKET'] ?? ''
  const reports = s3ReportStore(aPlatform({ endpoints }).platform, Bucket)
  await reports.put('inc-1', 'report.md', '# first')
  const Key = await reports.put('inc-1', 'report.md', '# second')
  expect(Key).toBe('incidents/inc-1/report.md')
  const client = new S3Client({
    endpoint: endpoints['s3'] ?? '',
    region: 'eu-central-1',
    forcePathStyle: true,
    credentials: { accessKeyId: 'EXAMPLE', secretAccessKey: 'example' },
  })
  const { Body, ContentType } = await client.send(new GetObjectCommand({ Bucket, Key }))
  expect(await Body?.transformToString()).toBe('# second')
  expect(ContentType).toBe('text/markdown; charset=utf-8')
})
