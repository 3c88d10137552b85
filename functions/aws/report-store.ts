/** Reports in S3: `incidents/<id>/report.md` and `report.json`. */
export interface ReportStore {
  put(incidentId: string, name: 'report.md' | 'report.json', body: string): Promise<string>
}
