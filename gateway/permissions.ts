import type { DescMethod } from '@bufbuild/protobuf'
import type { Scope } from './keys.ts'

/** What a member may do: look; also make and change what is saved; also manage sites, keys, dead letters and members. */
export type RoleName = 'viewer' | 'editor' | 'admin'

/** Who may call an RPC. */
export interface Permission {
  /** Of a key; absent: no key may. */
  readonly scope?: Scope
  /** The least one of a person; absent: no person may. */
  readonly role?: RoleName
  /** Whoever has a shared link may, within what it is locked to; see gateway/links/within-lock.ts. */
  readonly shared?: true
  /** Anybody may, from a page of this gateway or from none: it brings a proof of its own. */
  readonly open?: true
  /** Whether it changes something, and so is noted in the audit log. */
  readonly changes?: true
}

/** Every kind of permission there is. */
const kinds = {
  /** Events, for which people have no use. */
  ingest: { scope: 'ingest' },
  /** Questions about many people at once. */
  shared: { scope: 'read', role: 'viewer', shared: true },
  /** Questions that name people, or show what they did one by one. */
  read: { scope: 'read', role: 'viewer' },
  /** What every page of the console needs to know of the company, and what a key that only asks questions does not. */
  browse: { scope: 'admin', role: 'viewer' },
  /** Makes and changes what is saved. */
  edit: { scope: 'admin', role: 'editor', changes: true },
  /** What those see who make and change it. */
  review: { scope: 'admin', role: 'editor' },
  /** What only those see who manage. */
  oversee: { scope: 'admin', role: 'admin' },
  /** Manages. */
  admin: { scope: 'admin', role: 'admin', changes: true },
  /** About the person who asks. */
  own: { role: 'viewer' },
  ownChange: { role: 'viewer', changes: true },
  /** About the link itself. */
  link: { shared: true },
  open: { open: true },
} as const satisfies Record<string, Permission>

/** Who may call which RPC; `gateway/permissions.test.ts` holds that every RPC of the contract stands here. */
const table: Readonly<Record<string, keyof typeof kinds>> = {
  'IngestService.RecordEvents': 'ingest',
  'IngestService.StreamEvents': 'ingest',
  'AnalyticsService.Overview': 'shared',
  'AnalyticsService.EventBreakdown': 'read',
  'AnalyticsService.RecentEvents': 'read',
  'AnalyticsService.TimeSeries': 'shared',
  'AnalyticsService.Breakdown': 'shared',
  'AnalyticsService.Live': 'read',
  'AnalyticsService.StreamLive': 'read',
  'AnalyticsService.Activity': 'shared',
  'AnalyticsService.ListSessions': 'read',
  'AnalyticsService.ListSessionEvents': 'read',
  'AnalyticsService.UserStatistics': 'shared',
  'AnalyticsService.Retention': 'shared',
  'AnalyticsService.Churn': 'shared',
  'AnalyticsService.Funnel': 'shared',
  'AnalyticsService.FunnelTrend': 'shared',
  'AnalyticsService.ListFunnelMembers': 'read',
  'AnalyticsService.Experiment': 'shared',
  'AnalyticsService.ListExperiments': 'shared',
  'AnalyticsService.Journeys': 'shared',
  'AnalyticsService.TopPaths': 'shared',
  'AnalyticsService.StepsAround': 'shared',
  'AnalyticsService.Content': 'shared',
  'AnalyticsService.PageSeries': 'shared',
  'AnalyticsService.EventProperties': 'read',
  'AnalyticsService.HeatMap': 'shared',
  'AnalyticsService.ClickedElements': 'shared',
  'AnalyticsService.PageSpeed': 'shared',
  'AnalyticsService.PageSpeedBreakdown': 'shared',
  'AnalyticsService.PageSpeedSeries': 'shared',
  'PipelineService.Balance': 'read',
  'PipelineService.FindEvent': 'read',
  'PipelineService.ListDeadLetters': 'read',
  'PipelineService.ListDeadLetterGroups': 'read',
  'PipelineService.ReplayDeadLetters': 'admin',
  'AdminService.ListSites': 'browse',
  'AdminService.CreateSite': 'admin',
  'AdminService.UpdateSite': 'admin',
  'AdminService.ListKeys': 'oversee',
  'AdminService.CreateKey': 'admin',
  'AdminService.RotateKey': 'admin',
  'AdminService.RevokeKey': 'admin',
  'SchemaService.ListSchemas': 'read',
  'SchemaService.PutSchema': 'edit',
  'SchemaService.SetSchemaMode': 'edit',
  'SchemaService.TrySchema': 'read',
  'SegmentService.ListSegments': 'read',
  'SegmentService.PutSegment': 'edit',
  'SegmentService.DeleteSegment': 'edit',
  'SegmentService.SegmentMembers': 'read',
  'FunnelService.ListFunnels': 'read',
  'FunnelService.PutFunnel': 'edit',
  'FunnelService.DeleteFunnel': 'edit',
  'AnnotationService.ListAnnotations': 'read',
  'AnnotationService.PutAnnotation': 'edit',
  'AnnotationService.DeleteAnnotation': 'edit',
  'UserService.ListUsers': 'read',
  'UserService.ListUserEvents': 'read',
  'UserService.Adoption': 'shared',
  'UserService.Forms': 'shared',
  'UserService.Stickiness': 'shared',
  'InstallationService.ReadInstallation': 'browse',
  'InstallationService.FillDemo': 'admin',
  'LinkService.CreateLink': 'edit',
  'LinkService.ListLinks': 'review',
  'LinkService.RevokeLink': 'edit',
  'LinkService.ReadLink': 'link',
  'PeopleService.SignIn': 'open',
  'PeopleService.Refresh': 'open',
  'PeopleService.SignOut': 'own',
  'PeopleService.SignOutEverywhere': 'ownChange',
  'PeopleService.Me': 'own',
  'PeopleService.ChangePassword': 'ownChange',
  'PeopleService.ListMembers': 'browse',
  'PeopleService.InviteMember': 'admin',
  'PeopleService.RevokeInvitation': 'admin',
  'PeopleService.ReadInvitation': 'open',
  'PeopleService.AcceptInvitation': 'open',
  'PeopleService.ChangeRole': 'admin',
  'PeopleService.RemoveMember': 'admin',
  'PeopleService.ListAudit': 'oversee',
}

/** Who may call an RPC. @throws for one that nobody has decided about */
export function permissionOf({ parent, name }: DescMethod): Permission {
  const kind = table[`${parent.name}.${name}`]
  if (kind === undefined) throw new Error(`${parent.name}.${name} is open to nobody: say it in gateway/permissions.ts`)
  return kinds[kind]
}

const order: readonly RoleName[] = ['viewer', 'editor', 'admin']

/** Whether a role is at least another. */
export const reaches = (role: RoleName, least: RoleName): boolean => order.indexOf(role) >= order.indexOf(least)

/** Names of all RPCs the table decides about, such as "AdminService.ListSites", in order. */
export const decided: readonly string[] = Object.keys(table).sort()
