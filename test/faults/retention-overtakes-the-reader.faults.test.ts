// Must survive: retention deleting unread records: exactly that range is reported lost, and nothing else is.
import { test } from 'vitest'
import { expectSurvived, faultTimeoutMs } from '../support/fault-trial.ts'

test('on the embedded log', () => expectSurvived('retention-overtakes-the-reader', { log: 'embedded' }), faultTimeoutMs)

test('on Kafka', () => expectSurvived('retention-overtakes-the-reader', { log: 'kafka' }), faultTimeoutMs)
