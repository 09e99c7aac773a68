// Must survive: the disk of Postgres full to the last block: workers wait, lose nothing and store nothing twice.
import { test } from 'vitest'
import { expectSurvivedFullDisk, faultTimeoutMs } from '../support/fault-trial.ts'

test('on the embedded log', () => expectSurvivedFullDisk('disk-full-of-postgres', 'embedded'), faultTimeoutMs)
