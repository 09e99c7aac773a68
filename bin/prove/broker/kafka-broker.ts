import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { closeSync, openSync } from 'node:fs'
import { access, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Kafka, logLevel } from 'kafkajs'
import { freePorts } from '../free-ports.ts'
import { kafkaJars, runTool } from './kafka-jars.ts'

/** Kafka tells its whole configuration at the level below. */
const quiet = '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn'

/** A running Apache Kafka broker in KRaft mode, with its controller in the same process. */
export interface Broker extends AsyncDisposable {
  /** `host:port`, as `KAFKA_BROKERS` wants it; stays the same over restarts. */
  readonly brokers: string
  /** Process id of the present run; undefined while it is down. */
  readonly pid: number | undefined
  /** Sends a signal; with one that ends the process, resolves when it has ended. */
  kill(signal: NodeJS.Signals): Promise<void>
  /** Ends it (SIGTERM) if it still runs, starts it again on the same data and port, and waits until it answers. */
  restart(): Promise<void>
  /** Starts it again if it has ended by itself, as a supervisor does. */
  startIfEnded(): Promise<void>
}

/** Starts a broker on this data folder, formatting it the first time; port 0 takes a free one. Resolves when it answers. */
export async function startBroker(options: { dataDir: string; port: number }): Promise<Broker> {
  const jars = await kafkaJars()
  const [freePort, controllerPort] = (await freePorts(2)) as [number, number]
  const port = options.port || freePort
  const config = await format({ dataDir: options.dataDir, jars, port, controllerPort })
  const logFile = join(options.dataDir, 'broker.log')
  const brokers = `127.0.0.1:${port}`
  let child: ChildProcess | undefined

  const run = async (): Promise<void> => {
    child = launch({ jars, config, logFile })
    await answering({ brokers, child, logFile })
  }
  const kill = async (signal: NodeJS.Signals): Promise<void> => {
    const victim = child
    if (!victim || victim.exitCode !== null || victim.signalCode !== null) return
    const ended = once(victim, 'exit')
    victim.kill(signal)
    if (!['SIGTERM', 'SIGKILL', 'SIGINT'].includes(signal)) return
    await ended
    child = undefined
  }

  await run()
  return {
    brokers,
    get pid() {
      return child?.pid
    },
    kill,
    async restart() {
      await kill('SIGTERM')
      await run()
    },
    async startIfEnded() {
      if (!child || child.exitCode !== null || child.signalCode !== null) await run()
    },
    async [Symbol.asyncDispose]() {
      await kill('SIGKILL')
    },
  }
}

/** Writes the configuration and formats the storage once; answers the configuration's path. */
async function format(at: { dataDir: string; jars: string; port: number; controllerPort: number }): Promise<string> {
  const config = join(at.dataDir, 'server.properties')
  await mkdir(at.dataDir, { recursive: true })
  await writeFile(config, properties(at))
  const formatted = await access(join(at.dataDir, 'log', 'meta.properties')).then(
    () => true,
    () => false,
  )
  if (formatted) return config
  // Its text must not begin with "-", or the tool takes it for an option.
  const idBytes = randomBytes(16)
  idBytes[0]! &= 0x7f
  const clusterId = idBytes.toString('base64url')
  const tool = [
    '-Xmx128m',
    quiet,
    '-cp',
    join(at.jars, '*'),
    'kafka.tools.StorageTool',
    'format',
    '--cluster-id',
    clusterId,
  ]
  await runTool('java', [...tool, '--config', config])
  return config
}

/** A broker for tests: one replica of everything, no waiting for group members, no topic made by accident. */
function properties(at: { dataDir: string; port: number; controllerPort: number }): string {
  return [
    'process.roles=broker,controller',
    'node.id=1',
    `listeners=PLAINTEXT://127.0.0.1:${at.port},CONTROLLER://127.0.0.1:${at.controllerPort}`,
    `advertised.listeners=PLAINTEXT://127.0.0.1:${at.port}`,
    'controller.listener.names=CONTROLLER',
    `controller.quorum.voters=1@127.0.0.1:${at.controllerPort}`,
    `log.dirs=${join(at.dataDir, 'log')}`,
    'auto.create.topics.enable=false',
    'offsets.topic.replication.factor=1',
    'offsets.topic.num.partitions=4',
    'transaction.state.log.replication.factor=1',
    'transaction.state.log.min.isr=1',
    'share.coordinator.state.topic.replication.factor=1',
    'share.coordinator.state.topic.min.isr=1',
    'group.initial.rebalance.delay.ms=0',
    // A killed broker may register again only when its former self has timed out: 9 s by default.
    'broker.session.timeout.ms=6000',
    'broker.heartbeat.interval.ms=1000',
    'num.network.threads=2',
    'num.io.threads=4',
    'log.retention.check.interval.ms=1000',
    'log.initial.task.delay.ms=500',
    '',
  ].join('\n')
}

/** Starts the process; its output goes to the log file, and it ends with this process. */
function launch(at: { jars: string; config: string; logFile: string }): ChildProcess {
  const output = openSync(at.logFile, 'a')
  const flags = ['-Xmx512m', '-Xms128m', quiet, '-cp', join(at.jars, '*')]
  const child = spawn('java', [...flags, 'kafka.Kafka', at.config], {
    stdio: ['ignore', output, output],
    // A group of its own: Ctrl-C in a terminal must not reach it before those who still use it.
    detached: true,
  })
  closeSync(output)
  const endWithUs = (): void => void child.kill('SIGKILL')
  process.once('exit', endWithUs)
  child.once('exit', () => process.removeListener('exit', endWithUs))
  return child
}

/** Waits until the broker answers a metadata request; 120 s at most. */
async function answering(at: { brokers: string; child: ChildProcess; logFile: string }): Promise<void> {
  const client = new Kafka({ brokers: [at.brokers], logLevel: logLevel.NOTHING, retry: { retries: 0 } })
  const giveUpAt = Date.now() + 120_000
  while (Date.now() < giveUpAt) {
    if (at.child.exitCode !== null || at.child.signalCode !== null) break
    const admin = client.admin()
    const up = await admin
      .connect()
      .then(() => admin.describeCluster())
      .then(
        (cluster) => cluster.brokers.length > 0,
        () => false,
      )
    await admin.disconnect().catch(() => undefined)
    if (up) return
    await sleep(200)
  }
  at.child.kill('SIGKILL')
  const log = await readFile(at.logFile, 'utf8')
  throw new Error(`The Kafka broker did not come up; the end of its log:\n${log.slice(-2_000)}`)
}
