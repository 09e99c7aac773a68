/**
 * The columns of the temp table `stage_events` in the order of the COPY stream: what a thread of the worker writes for each
 * event and `apply_batch` reads. `session_id` may be patched in place by the sessionizer, see workers/sessionize.
 */
export type StageType =
  | 'uuid'
  | 'timestamptz'
  | 'int4'
  | 'int8'
  | 'float8'
  | 'bool'
  | 'text'
  | 'inet'
  | 'jsonb'
  | 'bytea'

/** Name and Postgres type of each column, in order. */
export const stageColumns = [
  ['company_id', 'int4'],
  ['event_timestamp', 'timestamptz'],
  ['event_id', 'uuid'],
  ['site_id', 'int4'],
  ['log_offset', 'int8'],
  ['received_at', 'timestamptz'],
  ['sequence', 'int8'],
  ['is_bot', 'bool'],
  ['text_repaired', 'bool'],
  ['event_type', 'text'],
  ['event_name', 'text'],
  ['session_id', 'text'],
  ['visitor_id', 'text'],
  ['user_id', 'text'],
  ['page_url', 'text'],
  ['page_path', 'text'],
  ['page_title', 'text'],
  ['last_page_url', 'text'],
  ['referrer_domain', 'text'],
  ['channel', 'text'],
  ['utm_source', 'text'],
  ['utm_medium', 'text'],
  ['utm_campaign', 'text'],
  ['utm_term', 'text'],
  ['utm_content', 'text'],
  ['element_selector', 'text'],
  ['element_text', 'text'],
  ['element_type', 'text'],
  ['target_url', 'text'],
  ['agent_key', 'int8'],
  ['ip_address', 'inet'],
  ['device_type', 'text'],
  ['browser', 'text'],
  ['os', 'text'],
  ['country', 'text'],
  ['region', 'text'],
  ['city', 'text'],
  ['language', 'text'],
  ['time_zone', 'text'],
  ['screen', 'text'],
  ['viewport', 'text'],
  ['x_coordinate', 'int4'],
  ['y_coordinate', 'int4'],
  /** web_vital: the measure; scroll: depth in percent; keydown: how many keys. */
  ['value', 'float8'],
  ['duration_ms', 'int8'],
  ['load_ms', 'int8'],
  ['session_duration_seconds', 'int8'],
  ['sent_skew_ms', 'int4'],
  ['bot_reason', 'text'],
  ['experiments', 'jsonb'],
  ['metadata', 'jsonb'],
  ['unread_bytes', 'bytea'],
] as const satisfies readonly (readonly [string, StageType])[]

/** Name of a staged column. */
export type StageColumn = (typeof stageColumns)[number][0]
