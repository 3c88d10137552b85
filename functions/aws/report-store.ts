import { PutObjectCommand } from '@aws-sdk/client-s3'
import type { Platform } from '../runtime/platform.ts'
import { s3Client } from './clients.ts'
import { guarded } from './failures.ts'

/** Reports in S3: `incidents/<id>/report.md` and `report.json`. */
export interface ReportStore {
  put(incidentId: string, name: 'report.md' | 'report.json', body: string): Promise<string>
}

const types = { 'report.md': 'text/markdown; charset=utf-8', 'report.json': 'application/json' }

/** The same report put twice is the same object: a retry changes nothing. */
export const s3ReportStore = (platform: Platform, Bucket: string): ReportStore => ({
  async put(incidentId, name, body) {
    const Key = `incidents/${incidentId}/${name}`
    await guarded(() =>
      s3Client(platform).send(new PutObjectCommand({ Bucket, Key, Body: body, ContentType: types[name] })),
    )
    return Key
  },
})
