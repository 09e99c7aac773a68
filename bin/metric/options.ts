import { parseArgs } from 'node:util'

export const help = `Asks a running gateway a question and prints the answer.

  npm run metric -- --list
  npm run metric -- NAME [--from TIME] [--to TIME] [--filter 'country is DE,AT' …] [--json] …

  --list           every metric with its version and question, and which NAME asks it
  --from TIME      start, such as 2026-11-01 or 2026-11-01T08:00:00Z; a date is midnight in UTC (default: 30 days before --to)
  --to TIME        end, exclusive (default: now)
  --site ID        only this site; may be repeated
  --filter F       DIMENSION is|is not|contains|does not contain VALUE,VALUE …; may be repeated, and all must hold.
                   (none) is what is absent; a property of the event is property:KEY
  --segment S      only what people of this segment did: the id of a saved one, or JSON such as
                   '{"rules": [{"filters": [{"dimension": "DIMENSION_EVENT_NAME", "operator": "FILTER_OPERATOR_IS",
                   "values": ["search"]}], "atLeast": 2, "lastDays": 14}]}'
  --people P       visitors or users, where a metric counts either
  --search TEXT    users: whose id contains it; --order last-seen (default), first-seen, sessions or events
  --user ID        user_timeline: whose; with --people visitors a visitor's id
  --first F, --return F   retention: filters of a person's first event and of coming back; may be repeated
  --by DIMENSION   breakdown, page_speed_breakdown, funnel: by what, such as channel or property:plan
  --order O        breakdown: visitors, sessions or events (default visitors); content: views, visitors, sessions, entries,
                   exits or time; clicked_elements: clicks, rages or dead; page_speed_breakdown: samples or p75; funnel: loose (default) or strict
  --page PATH      page_series, heat_map: which page (default /)
  --step STEP      journeys, top_paths: where to start, steps_around: around what; a path, or 'event NAME'
  --steps N        journeys, top_paths: how many steps, 2 to 10
  --with-events    journeys, top_paths, steps_around: custom events are steps too
  --measure M      page_speed_breakdown, page_speed_series: lcp (default), inp, cls, fcp, ttfb or load
  --through F      funnel: a step, as 'event_name is signup && country is DE', or any; @1 behind it: on the next day
                   experiment: the goal, without @
  --saved NAME     funnel, funnel_trend, funnel_members: the way that is saved under this name
  --window TIME    funnel, experiment: how long after the entry steps count, such as 30m, 12h or 7d (default 7d; to --to)
  --experiment X, --value KEY   experiment: which, and a property of the goal to compare too
  --person P       funnel, experiment: visitor (default), user or session
  --group VALUE    funnel_trend, funnel_members: only this value of --by
  --at N, --dropped  funnel_members: who reached step N, or got no further
  --interval I     time_series, funnel_trend, page_series, page_speed_series: hour, day, week or month (default day); retention: day, week (default) or month
  --time-zone Z    such as Europe/Berlin (default: the site's, if one is asked for; else UTC)
  --compare C      overview, time_series: previous-period or previous-year
  --session ID     session_events: which
  --event NAME     user_statistics: the event of signing up (default signup); adoption: the event of the feature; event_properties: of which event
  --limit N, --offset N, --after NEXT   which rows, where there are many; retention: --limit intervals
  --bots           count bots too
  --explain        the plan too; needs the scope "admin"
  --json           JSON, as the HTTP door answers
  --format F       csv, ndjson or parquet: only the rows, for a file; CSV is safe to open in a spreadsheet
  --grpc H:P       the gateway's gRPC door (default 127.0.0.1:50051)

Needs the secret key: BOOTSTRAP_SECRET_KEY, or keys.json of \`npm start\`.`

const text = { type: 'string' } as const
const flag = { type: 'boolean', default: false } as const
const many = { type: 'string', multiple: true, default: [] as string[] } as const

/** What to ask, as it was written. */
export type Options = NonNullable<ReturnType<typeof readOptions>>

/** Reads the command line; undefined when help is asked for. @throws Error saying what is wrong. */
export function readOptions(args: readonly string[]) {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      list: flag,
      from: text,
      to: text,
      site: many,
      filter: many,
      by: text,
      segment: text,
      people: text,
      search: text,
      user: text,
      first: many,
      return: many,
      order: text,
      through: many,
      saved: text,
      experiment: text,
      value: text,
      window: text,
      person: text,
      group: text,
      at: text,
      dropped: flag,
      interval: text,
      'time-zone': text,
      compare: text,
      session: text,
      page: text,
      step: text,
      steps: text,
      'with-events': flag,
      measure: text,
      event: text,
      limit: text,
      offset: text,
      after: text,
      bots: flag,
      explain: flag,
      json: flag,
      format: text,
      grpc: text,
      help: { ...flag, short: 'h' },
    },
  })
  if (values.help) return undefined
  const [name, ...more] = positionals
  if (more.length > 0) throw new Error(`"${more[0]}" is too much: one question at a time.`)
  if (!name && !values.list) throw new Error('Say which metric, or --list.')
  return { ...values, name: name ?? '' }
}

/** A whole number of an option. @throws Error naming the option. */
export function wholeNumber(option: string, written: string | undefined): number {
  const number = Number(written ?? 0)
  if (Number.isInteger(number) && number >= 0 && number <= 0xffff_ffff) return number
  throw new Error(`--${option}: "${written}" is not a whole number`)
}
