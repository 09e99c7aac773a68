import { parseArgs } from 'node:util'

export const help = `The sites, keys and members of a company.

  npm run admin -- sites list
  npm run admin -- sites create --name N --kind web|server|app [--time-zone Z] [--origin O …] [privacy]
  npm run admin -- sites update --site ID [--name N] [--origin O … | --any-origin] [privacy]
  npm run admin -- keys list [--site ID] [--all]
  npm run admin -- keys create --site ID --kind write|secret [--scope S …] [--label L] [--limit N] [--expires T]
  npm run admin -- keys rotate --key ID [--overlap 12h]
  npm run admin -- keys revoke --key ID
  npm run admin -- members list
  npm run admin -- members add --email E --role viewer|editor|admin [--name N]
  npm run admin -- members password --email E     a new one, for a lost one; ends everything signed in with the old one
  npm run admin -- members remove --email E

  --name N       name of the site or the member, 1 to 200 characters
  --time-zone Z  IANA time zone of its reports (default UTC)
  --origin O     a browser may send from there, such as https://example.com; may be repeated, and says all of them
  --any-origin   browsers may send from anywhere
  --scope S      of a secret key: ingest, read or admin; may be repeated (default ingest and read)
  --label L      what the key is for
  --limit N      events a second at each gateway (default: no limit)
  --expires T    when the key ends by itself, such as 2027-01-31T00:00:00Z (default: never)
  --overlap D    for how long the old key goes on: 0, 30m, 12h or 7d; at most 30d (default 1d)
  --all          also keys that have ended

Privacy; what is not said stays as it is, and of a new site as docs/administration.md says:
  --ip MODE      what is kept of IP addresses: cut, full or none
  --cookieless yes|no
  --query-parameter P   stays in addresses; may be repeated, and says all of them. --all-query-parameters: every one stays
  --deny-property P     is taken out of events; may be repeated, and says all of them; '' alone: none
  --respect-do-not-track yes|no

  --grpc H:P     the gateway's gRPC door (default 127.0.0.1:50051)
  --company ID   whose members (default: the first company)
  --json         JSON

Sites and keys are asked of a running gateway, with a secret key of the scope "admin": BOOTSTRAP_SECRET_KEY, or keys.json of
\`npm start\`. Members are changed in the database: DATABASE_URL, or that of a running \`npm start\`.`

const text = { type: 'string' } as const
const list = { type: 'string', multiple: true } as const
const flag = { type: 'boolean' } as const

const all = {
  name: text,
  kind: text,
  'time-zone': text,
  origin: list,
  'any-origin': flag,
  ip: text,
  cookieless: text,
  'query-parameter': list,
  'all-query-parameters': flag,
  'deny-property': list,
  'respect-do-not-track': text,
  site: text,
  all: flag,
  scope: list,
  label: text,
  limit: text,
  expires: text,
  key: text,
  overlap: text,
  email: text,
  role: text,
  company: text,
  grpc: text,
  json: flag,
} as const

type Name = keyof typeof all

const privacyFlags: readonly Name[] = [
  'ip',
  'cookieless',
  'query-parameter',
  'all-query-parameters',
  'deny-property',
  'respect-do-not-track',
]

/** What each command takes besides --grpc and --json; what it needs ends with "!". */
const commands = {
  'sites list': [],
  'sites create': ['name!', 'kind!', 'time-zone', 'origin', ...privacyFlags],
  'sites update': ['site!', 'name', 'origin', 'any-origin', ...privacyFlags],
  'keys list': ['site', 'all'],
  'keys create': ['site!', 'kind!', 'scope', 'label', 'limit', 'expires'],
  'keys rotate': ['key!', 'overlap'],
  'keys revoke': ['key!'],
  'members list': ['company'],
  'members add': ['email!', 'role!', 'name', 'company'],
  'members password': ['email!', 'company'],
  'members remove': ['email!', 'company'],
} as const satisfies Record<string, readonly (Name | `${Name}!`)[]>

/** One of the commands. */
export type CommandName = keyof typeof commands

/** One that works on the database. */
export type MemberCommand = Extract<CommandName, `members ${string}`>

export const isAboutMembers = (command: CommandName): command is MemberCommand => command.startsWith('members ')

/** What is to be done, in the words of the command line. */
export interface Options {
  readonly command: CommandName
  readonly said: Said
}

/** The flags that were given. */
export type Said = ReturnType<typeof parse>['values']

const parse = (args: readonly string[]) =>
  parseArgs({ args: [...args], allowPositionals: true, options: { ...all, help: { ...flag, short: 'h' } } })

/** Reads the command line; undefined when help is asked for. @throws Error saying what is wrong. */
export function readOptions(args: readonly string[]): Options | undefined {
  const { values, positionals } = parse(args)
  if (values.help) return undefined
  const words = positionals.join(' ')
  if (!Object.hasOwn(commands, words)) throw new Error(`Say one of: ${Object.keys(commands).join(', ')}.`)
  const command = words as CommandName
  const taken: readonly string[] = commands[command]
  for (const one of Object.keys(values)) {
    if (one === 'grpc' || one === 'json' || taken.includes(one) || taken.includes(`${one}!`)) continue
    throw new Error(`"${command}" takes no --${one}.`)
  }
  for (const one of taken) {
    const name = one.slice(0, -1)
    if (one.endsWith('!') && values[name as Name] === undefined) throw new Error(`"${command}" needs --${name}.`)
  }
  if (values.origin && values['any-origin']) throw new Error('Say --origin or --any-origin, not both.')
  if (values['query-parameter'] && values['all-query-parameters']) {
    throw new Error('Say --query-parameter or --all-query-parameters, not both.')
  }
  return { command, said: values }
}
