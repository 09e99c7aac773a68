import { processEnv } from '../runtime/env.ts'
import { exportFile } from './export/export-file.ts'
import { type ExportOptions, help, readOptions } from './export/options.ts'
import { runCommand } from './running/command.ts'
import { startProgress } from './running/progress.ts'
import { findTarget, need } from './running/target.ts'

const hourMs = 3_600_000

async function run(options: ExportOptions): Promise<void> {
  const target = await findTarget(processEnv(), options.http ? { http: options.http } : {})
  const key = need(target, 'secretKey')
  const { fromMs, toMs } = options
  const bar = startProgress(Math.max(1, Math.ceil((toMs - fromMs) / hourMs)), 'hours')
  const startedMs = performance.now()
  try {
    const { rows, receivedBefore } = await exportFile(options, {
      http: target.http,
      key,
      onPart: ({ after, rows }) => {
        const atMs = Number(after.slice(0, after.indexOf('/'))) / 1e3
        bar.update(Math.max(0, Math.floor((atMs - fromMs) / hourMs)), `${rows.toLocaleString('en')} events`)
      },
    })
    bar.stop()
    const seconds = (performance.now() - startedMs) / 1e3
    console.log(`${rows} events, everything that was received before ${receivedBefore}`)
    console.log(`${seconds.toFixed(1)} s, ${Math.round(rows / seconds)} events/s`)
  } finally {
    bar.stop()
  }
}

await runCommand({ help, readOptions, run })
