// Must survive: a commit whose answer never arrives: the batch is neither lost nor stored twice.
import { test } from 'vitest'
import { expectSurvived, faultTimeoutMs } from '../support/fault-trial.ts'

test('on the embedded log', () => expectSurvived('lose-commit-reply', { log: 'embedded' }), faultTimeoutMs)
