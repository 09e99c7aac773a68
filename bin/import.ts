import { parseArgs } from 'node:util'
import { openStream } from '../clients/node/stream.ts'
import { processEnv } from '../runtime/env.ts'
import { describe, exportLines, importFile, logLines, type Origin, sizesOf } from './import/import-files.ts'
import { readBalance, waitUntilTaken } from './running/balance.ts'
import { BatchSender } from './running/batch-sender.ts'
import { startProgress } from './running/progress.ts'
import { findTarget, need } from './running/target.ts'

const help = `Imports through the public contract: combined access logs, a page view for each line, or events that were exported.

  npm run import -- FILE … [--format log|ndjson] [--site https://host] [--strict] [--grpc host:port]

  FILE       access logs or NDJSON exports, *.gz too
  --format   log, or ndjson: what \`npm run export\` wrote, with the ids and times of its events (default: by FILE's ending)
  --site     what paths are put behind (default https://imported.example)
  --strict   exit with 1 when a line could not be read or was rejected
  --grpc     the gateway's gRPC door (default 127.0.0.1:50051)

The id of a logged request comes from its line, and from its number among identical lines of the same file. Importing a file again, or the
files in another order, adds nothing. Needs the secret key: BOOTSTRAP_SECRET_KEY, or keys.json of \`npm start\`.`

const shownProblems = 20

const { values: flags, positionals: files } = parseArgs({
  allowPositionals: true,
  options: {
    format: { type: 'string' },
    site: { type: 'string', default: 'https://imported.example' },
    strict: { type: 'boolean', default: false },
    grpc: { type: 'string' },
    help: { type: 'boolean', short: 'h', default: false },
  },
})

function isExport(file: string): boolean {
  const format = flags.format ?? (/\.ndjson(\.gz)?$/.test(file) ? 'ndjson' : 'log')
  if (format !== 'ndjson' && format !== 'log') throw new Error(`--format: "${format}" is none of log, ndjson`)
  return format === 'ndjson'
}

async function run(): Promise<number> {
  const target = await findTarget(processEnv(), flags.grpc ? { grpc: flags.grpc } : {})
  const key = need(target, 'secretKey')
  const sizes = await sizesOf(files)
  const before = await readBalance(target)
  const problems: string[] = []
  let bad = 0
  let lines = 0
  const note = (problem: string): void => void (problems.length < shownProblems && problems.push(problem))
  const bar = startProgress(
    sizes.reduce((sum, size) => sum + size, 0),
    'bytes',
  )
  const stream = openStream({ address: target.grpc, key, maxUnacknowledged: 8 })
  const sender = new BatchSender<Origin>(stream, {
    batchSize: 500,
    onVerdict: (noted, verdict) => note(describe(noted.note, verdict)),
  })
  try {
    let read = 0
    for (const [index, file] of files.entries()) {
      lines += await importFile(file, sender, {
        lines: isExport(file) ? exportLines : logLines(flags.site.replace(/\/+$/, '')),
        onBytes: (bytes) => bar.update(read + bytes, `${sender.tally.accepted} accepted`),
        onBad: (origin, problem) => {
          bad++
          note(`${origin.file}:${origin.line}: ${problem}`)
        },
      })
      read += sizes[index]!
    }
    await sender.finish()
  } finally {
    bar.stop()
    await stream[Symbol.asyncDispose]()
  }
  const { tally } = sender
  const settled = await waitUntilTaken(target, before, { expected: tally.accepted + tally.rejected, withinMs: 60_000 })
  for (const problem of problems) console.error(problem)
  console.log(`${lines} lines, ${tally.sent} sent, ${tally.accepted} accepted, ${tally.rejected} rejected, ${bad} bad`)
  console.log(`${settled.stored} stored new, ${settled.duplicate} duplicates`)
  if (tally.undecided > 0)
    console.error(`${tally.undecided} events are undecided; import again, nothing will count twice.`)
  if (!settled.complete)
    console.error(`The workers took ${settled.taken} of ${tally.accepted + tally.rejected} within 60 s.`)
  const refused = flags.strict && bad + tally.rejected > 0
  return tally.undecided > 0 || !settled.complete || refused ? 1 : 0
}

if (flags.help || files.length === 0) {
  console.log(help)
  process.exitCode = flags.help ? 0 : 2
} else {
  process.exitCode = await run().catch((error: Error) => {
    console.error(error.message)
    return 1
  })
}
