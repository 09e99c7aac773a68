// Must survive: a stored offset beyond the log's end: the partition stops, says so, and goes on where an operator says.
import { test } from 'vitest'
import { expectSurvived, faultTimeoutMs } from '../support/fault-trial.ts'

test('on the embedded log', () => expectSurvived('stored-offset-past-end', { log: 'embedded' }), faultTimeoutMs)
