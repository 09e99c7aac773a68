import { hash, randomBytes, randomInt, randomUUID } from 'node:crypto'
import { openStream } from '../../clients/node/stream.ts'
import { makeTemplates } from '../load/templates.ts'

/** What is to be sent. Companies take their turns, a batch each, every batch over a stream of its own. */
export interface GrowthJob {
  readonly grpc: string
  /** The key of the nth company is this and n. */
  readonly keyPrefix: string
  readonly companies: number
  readonly events: number
  readonly batch: number
  /** Visitors that are stored; half of the sessions are of such, the others are of new visitors. */
  readonly visitors: number
}

const streamsUnderWay = 16
const eventsPerSession = 5

/** The process that sends: one job a life, told and answered over IPC, so that its CPU is not the system's. */
process.once('message', (job: GrowthJob) => {
  send(job).then(
    (accepted) => process.send?.(accepted, () => process.exit(0)),
    (error: unknown) => {
      console.error(error)
      process.exit(1)
    },
  )
})

/** Resolves with how many events were accepted. */
async function send(job: GrowthJob): Promise<number> {
  const make = createEventMaker(job)
  const batches = Math.ceil(job.events / job.batch)
  let next = 0
  let accepted = 0
  const lane = async (): Promise<void> => {
    while (next < batches) {
      // Evenly over all companies, however few batches there are.
      const company = Math.floor((next++ * job.companies) / batches) % job.companies
      await using stream = openStream({ address: job.grpc, key: `${job.keyPrefix}${company}`, maxUnacknowledged: 1 })
      const answer = await stream.sendEncoded(make(company))
      accepted += answer.accepted
    }
  }
  await Promise.all(Array.from({ length: streamsUnderWay }, lane))
  return accepted
}

/** Batches of a company, encoded by filling ids into encoded templates. */
function createEventMaker({ companies, batch, visitors }: GrowthJob): (company: number) => Uint8Array[] {
  const templates = makeTemplates(100)
  const [idHead, sessionHead, visitorHead] = [templates.idHead, templates.sessionHead, templates.visitorHead].map(
    (head) => Buffer.from(head, 'base64'),
  ) as [Buffer, Buffer, Buffer]
  const rests = templates.bytes.map((rest) => Buffer.from(rest, 'base64'))
  const ofCompany = Math.floor(visitors / companies)
  const newName = (): Buffer => Buffer.from(randomBytes(6).toString('hex'))
  const stored = (company: number): Buffer =>
    Buffer.from(hash('md5', `v${company + companies * randomInt(ofCompany)}`).slice(0, 12))
  let number = 0
  return (company) => {
    let session = newName()
    let visitor = newName()
    return Array.from({ length: batch }, (_, nth) => {
      if (nth % eventsPerSession === 0) {
        session = newName()
        visitor = ofCompany > 0 && randomInt(2) === 0 ? stored(company) : newName()
      }
      const rest = rests[number++ % rests.length]!
      return Buffer.concat([idHead, Buffer.from(timedId()), sessionHead, session, visitorHead, visitor, rest])
    })
  }
}

/** A version 7 id: it carries the event's time, which the templates leave out. */
function timedId(): string {
  const time = Date.now().toString(16).padStart(12, '0')
  return `${time.slice(0, 8)}-${time.slice(8)}-7${randomUUID().slice(15)}`
}
