import { isDeepStrictEqual } from 'node:util'
import type { MessageInitShape } from '@bufbuild/protobuf'
import {
  type ClickedElementRowSchema,
  ClickedElementsOrder,
  type ClickedElementsRequest,
  type ClickedElementsResponseSchema,
  type HeatMapRequest,
  type HeatMapResponseSchema,
} from '../../../proto/gen/userflow/v1/pointer_pb.ts'
import { invalid } from '../../errors.ts'
import { answer, type Caller, type Reading } from '../answer.ts'
import { numberOf, textOf } from '../columns.ts'
import { checkLimit, checkOffset } from '../parameters.ts'
import { areOfClicks } from '../question/of-clicks.ts'
import { readQuestion } from '../question/read-question.ts'
import type { Row } from '../run-statement.ts'
import { checkCount } from './check-count.ts'
import { checkPage } from './check-page.ts'

const orders = new Map<number, string>([
  [ClickedElementsOrder.UNSPECIFIED, 'clicks'],
  [ClickedElementsOrder.CLICKS, 'clicks'],
  [ClickedElementsOrder.RAGES, 'rages'],
  [ClickedElementsOrder.DEAD, 'dead'],
])

/** How sealed days judge clicks, see sql/functions/judged_clicks.sql. */
const usual = { rage_least: 3, rage_ms: 1_000, dead_ms: 3_000 }

/** Where on a page is clicked? */
export async function heatMap(
  reading: Reading,
  request: HeatMapRequest,
  caller: Caller,
): Promise<MessageInitShape<typeof HeatMapResponseSchema>> {
  const { common, ...more } = readQuestion(request.question)
  const grid = {
    columns: checkCount('columns', request.columns, { usual: 50, most: 200 }),
    row_pixels: checkCount('row_pixels', request.rowPixels, { usual: 20, most: 1_000 }),
  }
  const row_limit = checkCount('limit', request.limit, { usual: 2_000, most: 10_000 })
  const parameters = { ...common, page: checkPage(request.page), ...grid, row_limit }
  const metric = areOfClicks(more.filters) ? 'heat_map' : 'heat_map_from_events'
  const { rows, meta } = await answer(reading, { metric, caller, parameters, ...more })
  const cells = rows.filter((row) => row.is_total === 'f')
  return {
    devices: rows
      .filter((row) => row.is_total === 't')
      .map((row) => ({
        device: textOf(row, 'device'),
        cells: cells.filter((cell) => cell.device === row.device).map((cell) => cellOf(cell, grid)),
        allCells: numberOf(row, 'cells'),
        clicks: numberOf(row, 'clicks'),
        withoutPlace: numberOf(row, 'without_place'),
        sessions: numberOf(row, 'sessions'),
        medianViewportWidth: numberOf(row, 'median_width'),
        medianViewportHeight: numberOf(row, 'median_height'),
      })),
    meta,
  }
}

function cellOf(cell: Row, grid: { columns: number; row_pixels: number }) {
  const [column, row] = [numberOf(cell, 'cell_x'), numberOf(cell, 'cell_y')]
  return {
    column,
    row,
    x: (column + 0.5) / grid.columns,
    y: (row + 0.5) * grid.row_pixels,
    clicks: numberOf(cell, 'clicks'),
    sessions: numberOf(cell, 'sessions'),
  }
}

/** Which elements are clicked, and where do clicks tell of trouble? */
export async function clickedElements(
  reading: Reading,
  request: ClickedElementsRequest,
  caller: Caller,
): Promise<MessageInitShape<typeof ClickedElementsResponseSchema>> {
  const { common, ...more } = readQuestion(request.question)
  const order_by = orders.get(request.order)
  if (!order_by) throw invalid('order', 'must be one of the orders')
  const judging = {
    rage_least: checkCount('rage_clicks', request.rageClicks, { usual: usual.rage_least, least: 2, most: 20 }),
    rage_ms: checkCount('rage_ms', request.rageMs, { usual: usual.rage_ms, most: 60_000 }),
    dead_ms: checkCount('dead_ms', request.deadMs, { usual: usual.dead_ms, most: 60_000 }),
  }
  const parameters = {
    ...common,
    by_page: !request.acrossPages,
    order_by,
    row_limit: checkLimit(request.limit),
    row_offset: checkOffset(request.offset),
  }
  const asked =
    isDeepStrictEqual(judging, usual) && areOfClicks(more.filters)
      ? { metric: more.filters.length > 0 ? 'clicked_elements_of_clicks' : 'clicked_elements', parameters }
      : { metric: 'clicked_elements_from_events', parameters: { ...parameters, ...judging } }
  const { rows, meta } = await answer(reading, { ...asked, caller, ...more })
  const total = rows.at(-1)!
  return {
    rows: rows.slice(0, -1).map(elementOf),
    total: elementOf(total),
    elements: numberOf(total, 'elements'),
    meta,
  }
}

const elementOf = (row: Row): MessageInitShape<typeof ClickedElementRowSchema> => ({
  page: textOf(row, 'page'),
  element: textOf(row, 'element'),
  text: textOf(row, 'label'),
  type: textOf(row, 'kind'),
  clicks: numberOf(row, 'clicks'),
  sessions: numberOf(row, 'sessions'),
  visitors: numberOf(row, 'visitors'),
  rages: numberOf(row, 'rages'),
  rageClicks: numberOf(row, 'rage_clicks'),
  deadClicks: numberOf(row, 'dead_clicks'),
})
