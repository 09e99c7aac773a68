import { execFile } from 'node:child_process'
import { access, mkdir, rename, rm } from 'node:fs/promises'
import { resolve } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)
const here = import.meta.dirname
const kafkaVersion = '4.2.0'

/** Folder with the jars of Kafka 4.2, fetched from Maven Central into `.cache/kafka` when it is not there yet. */
export async function kafkaJars(): Promise<string> {
  const folder = resolve(here, '../../../.cache/kafka', kafkaVersion)
  const present = await access(folder).then(
    () => true,
    () => false,
  )
  if (present) return folder
  const fetching = `${folder}.${process.pid}`
  await mkdir(fetching, { recursive: true })
  const pom = resolve(here, 'pom.xml')
  const goal = ['-q', '-B', '-f', pom, 'dependency:copy-dependencies', `-DoutputDirectory=${fetching}`]
  try {
    await runTool('mvn', [...goal, `-Dkafka.version=${kafkaVersion}`])
    // Renamed as a whole: a folder half full after a lost connection would look finished for ever.
    await rename(fetching, folder).catch(async (error: unknown) => {
      await access(folder).catch(() => {
        throw error
      })
    })
  } finally {
    await rm(fetching, { recursive: true, force: true })
  }
  return folder
}

/** Runs a tool to its end; its error says how to get the tool if it is not installed. Returns its standard output. */
export async function runTool(tool: 'mvn' | 'java', args: readonly string[]): Promise<string> {
  try {
    const { stdout } = await run(tool, args, { timeout: 300_000, maxBuffer: 16 * 1024 * 1024 })
    return stdout
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') throw new Error(missing(tool), { cause: error })
    throw new Error(`${tool} failed: ${(error as { stderr?: string }).stderr?.slice(-2_000)}`)
  }
}

/** What to do when a tool is not there. */
function missing(tool: string): string {
  const get = tool === 'java' ? 'a Java runtime, version 17 or later' : 'Apache Maven'
  return `A real Kafka broker is started here, which needs ${tool}: install ${get}, or set KAFKA_BROKERS to a broker.`
}
