// Must survive: a connection that breaks in the middle of COPY: nothing of the batch is stored, then all of it.
import { test } from 'vitest'
import { expectSurvived, faultTimeoutMs } from '../support/fault-trial.ts'

test('on the embedded log', () => expectSurvived('cut-copy', { log: 'embedded' }), faultTimeoutMs)
