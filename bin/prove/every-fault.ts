import * as brokerDown from './faults/broker-down.ts'
import * as cutCopy from './faults/cut-copy.ts'
import * as cutDatabaseConnections from './faults/cut-database-connections.ts'
import * as freezeWorker from './faults/freeze-worker.ts'
import * as halfOpen from './faults/half-open.ts'
import * as killBroker from './faults/kill-broker.ts'
import * as killEverything from './faults/kill-everything.ts'
import * as killGateway from './faults/kill-gateway.ts'
import * as killPostgres from './faults/kill-postgres.ts'
import * as killWorker from './faults/kill-worker.ts'
import * as loseCommitReply from './faults/lose-commit-reply.ts'
import * as poisonOnTheLog from './faults/poison-on-the-log.ts'
import * as postgresDown from './faults/postgres-down.ts'
import * as resendBurst from './faults/resend-burst.ts'
import * as rollingRestart from './faults/rolling-restart.ts'
import * as slowPostgres from './faults/slow-postgres.ts'
import * as twoOwners from './faults/two-owners.ts'
import * as workerStorm from './faults/worker-storm.ts'
import type { Fault } from './ground.ts'
import * as otherRecordsInTheirPlace from './positions/other-records-in-their-place.ts'
import * as retentionOvertakesTheReader from './positions/retention-overtakes-the-reader.ts'
import * as storedOffsetPastEnd from './positions/stored-offset-past-end.ts'
import * as topicMadeAnew from './positions/topic-made-anew.ts'

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
