import { expect, test } from 'vitest'
import { loadStatement, parseStatement } from './statement.ts'

const text = `-- How many?
--
-- $1 company_id integer: the company
-- $2 from_time timestamp with time zone: start
-- version: 3
select 1;
`

test('a header gives the question, the version and the parameters; the statement follows', () => {
  expect(parseStatement('many', text)).toEqual({
    name: 'many',
    version: 3,
    question: 'How many?',
    parameters: [
      { name: 'company_id', type: 'integer' },
      { name: 'from_time', type: 'timestamp with time zone' },
    ],
    sql: 'select 1;',
  })
})

test.each([
  ['no version', text.replace('-- version: 3\n', ''), /many.sql: the header needs/],
  ['no question', text.replace('How many?', 'Many.'), /many.sql: the header needs/],
  ['a gap in the parameters', text.replace('$2', '$3'), /many.sql: the header must list \$2 before \$3/],
])('%s is refused by the name of the file', (_, broken, message) => {
  expect(() => parseStatement('many', broken)).toThrow(message)
})

test('a name cannot lead out of the folder', () => {
  expect(() => loadStatement('../migrations/0001_tenants')).toThrow(/no metric can be called/)
})
