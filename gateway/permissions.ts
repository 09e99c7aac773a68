import type { DescMethod } from '@bufbuild/protobuf'
import type { Scope } from './keys.ts'

/** Which scope of a key an RPC asks for; `gateway/permissions.test.ts` holds that every RPC of the contract stands here. */
const scopes: Readonly<Record<string, Scope>> = {
  'IngestService.RecordEvents': 'ingest',
  'IngestService.StreamEvents': 'ingest',
  'AnalyticsService.Overview': 'read',
  'AnalyticsService.EventBreakdown': 'read',
  'AnalyticsService.RecentEvents': 'read',
  'AnalyticsService.TimeSeries': 'read',
  'AnalyticsService.Breakdown': 'read',
  'AnalyticsService.Live': 'read',
  'AnalyticsService.Activity': 'read',
  'AnalyticsService.ListSessions': 'read',
  'AnalyticsService.ListSessionEvents': 'read',
  'AnalyticsService.UserStatistics': 'read',
  'AnalyticsService.Retention': 'read',
  'AnalyticsService.Churn': 'read',
  'PipelineService.Balance': 'read',
  'PipelineService.FindEvent': 'read',
  'PipelineService.ListDeadLetters': 'read',
  'PipelineService.ListDeadLetterGroups': 'read',
  'PipelineService.ReplayDeadLetters': 'admin',
  'AdminService.ListSites': 'admin',
  'AdminService.CreateSite': 'admin',
  'AdminService.UpdateSite': 'admin',
  'AdminService.ListKeys': 'admin',
  'AdminService.CreateKey': 'admin',
  'AdminService.RotateKey': 'admin',
  'AdminService.RevokeKey': 'admin',
  'SchemaService.ListSchemas': 'read',
  'SchemaService.PutSchema': 'admin',
  'SchemaService.SetSchemaMode': 'admin',
  'SchemaService.TrySchema': 'read',
  'SegmentService.ListSegments': 'read',
  'SegmentService.PutSegment': 'admin',
  'SegmentService.DeleteSegment': 'admin',
  'SegmentService.SegmentMembers': 'read',
}

/** The scope an RPC asks for. @throws for an RPC that nobody has decided about */
export function scopeOf({ parent, name }: DescMethod): Scope {
  const scope = scopes[`${parent.name}.${name}`]
  if (scope === undefined) throw new Error(`${parent.name}.${name} has no scope: say it in gateway/permissions.ts`)
  return scope
}
