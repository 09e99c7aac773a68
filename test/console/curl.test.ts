import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { callOf, curlOf } from '../../console/parts/curl.ts'
import { AnalyticsService } from '../../proto/gen/userflow/v1/analytics_pb.ts'
import { Dimension, FilterOperator } from '../../proto/gen/userflow/v1/question_pb.ts'

test('a terminal sends exactly the question, whatever a stranger wrote into its filter', () => {
  const hostile = `a'; touch /tmp/x; echo "$HOME" \`id\` \\`
  const filters = [{ dimension: Dimension.PAGE, operator: FilterOperator.IS, values: [hostile] }]
  const line = curlOf(callOf(AnalyticsService.method.overview, { filters, siteIds: [7] }), 'https://example.com')
  // Instead of curl, print the last word: the body as a shell hands it on.
  const body = execFileSync('sh', [
    '-c',
    `last() { for word; do :; done; printf %s "$word"; }; ${line.replace('curl', 'last')}`,
  ])
  expect(JSON.parse(body.toString())).toEqual({
    siteIds: [7],
    filters: [{ dimension: 'DIMENSION_PAGE', operator: 'FILTER_OPERATOR_IS', values: [hostile] }],
  })
  expect(line).toContain("'https://example.com/userflow.v1.AnalyticsService/Overview'")
})
