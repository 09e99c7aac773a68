// Must survive: Postgres killed under asynchronous commits: rows and offset are lost together and read again.
import { test } from 'vitest'
import { expectSurvived, faultTimeoutMs } from '../support/fault-trial.ts'

test('on the embedded log', () => expectSurvived('kill-postgres', { log: 'embedded' }), faultTimeoutMs)
