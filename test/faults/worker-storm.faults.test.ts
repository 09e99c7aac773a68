// Must survive: workers killed, stopped and started twice a second: partitions change hands, events do not.
import { test } from 'vitest'
import { expectSurvived, faultTimeoutMs } from '../support/fault-trial.ts'

test('on the embedded log', () => expectSurvived('worker-storm', { log: 'embedded' }), faultTimeoutMs)
