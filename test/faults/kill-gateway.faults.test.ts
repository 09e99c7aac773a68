// Must survive: a gateway killed with unanswered batches: senders send again, and what it had written counts once.
import { test } from 'vitest'
import { expectSurvived, faultTimeoutMs } from '../support/fault-trial.ts'

test('on the embedded log', () => expectSurvived('kill-gateway', { log: 'embedded' }), faultTimeoutMs)
