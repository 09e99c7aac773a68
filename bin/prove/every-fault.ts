import { brokerDown } from './faults/broker-down.ts'
import { cutCopy } from './faults/cut-copy.ts'
import { cutDatabaseConnections } from './faults/cut-database-connections.ts'
import { diskFullOfPostgres } from './faults/disk-full-of-postgres.ts'
import { diskFullOfTheLog } from './faults/disk-full-of-the-log.ts'
import { freezeWorker } from './faults/freeze-worker.ts'
import { halfOpen } from './faults/half-open.ts'
import { killBroker } from './faults/kill-broker.ts'
import { killEverything } from './faults/kill-everything.ts'
import { killGateway } from './faults/kill-gateway.ts'
import { killPostgres } from './faults/kill-postgres.ts'
import { killWorker } from './faults/kill-worker.ts'
import { loseCommitReply } from './faults/lose-commit-reply.ts'
import { poisonOnTheLog } from './faults/poison-on-the-log.ts'
import { postgresDown } from './faults/postgres-down.ts'
import { resendBurst } from './faults/resend-burst.ts'
import { rollingRestart } from './faults/rolling-restart.ts'
import { slowPostgres } from './faults/slow-postgres.ts'
import { twoOwners } from './faults/two-owners.ts'
import { workerStorm } from './faults/worker-storm.ts'
import type { Fault } from './ground.ts'
import { otherRecordsInTheirPlace } from './positions/other-records-in-their-place.ts'
import { retentionOvertakesTheReader } from './positions/retention-overtakes-the-reader.ts'
import { storedOffsetPastEnd } from './positions/stored-offset-past-end.ts'
import { topicMadeAnew } from './positions/topic-made-anew.ts'

/** Faults that come at random moments under load, by the names of their files. */
export const faults: Readonly<Record<string, Fault>> = {
  'kill-worker': killWorker,
  'kill-gateway': killGateway,
  'kill-broker': killBroker,
  'broker-down': brokerDown,
  'kill-postgres': killPostgres,
  'postgres-down': postgresDown,
  'freeze-worker': freezeWorker,
  'cut-database-connections': cutDatabaseConnections,
  'cut-copy': cutCopy,
  'lose-commit-reply': loseCommitReply,
  'half-open': halfOpen,
  'slow-postgres': slowPostgres,
  'worker-storm': workerStorm,
  'two-owners': twoOwners,
  'poison-on-the-log': poisonOnTheLog,
  'disk-full-of-postgres': diskFullOfPostgres,
  'disk-full-of-the-log': diskFullOfTheLog,
  'resend-burst': resendBurst,
  'rolling-restart': rollingRestart,
  'kill-everything': killEverything,
}

/**
 * Faults of the log itself, in which a partition must stop and say so, or write down what is lost. Each repairs what it did
 * as an operator would; they come after the others, one at a time.
 */
export const positionFaults: Readonly<Record<string, Fault>> = {
  'stored-offset-past-end': storedOffsetPastEnd,
  'retention-overtakes-the-reader': retentionOvertakesTheReader,
  'topic-made-anew': topicMadeAnew,
  'other-records-in-their-place': otherRecordsInTheirPlace,
}
