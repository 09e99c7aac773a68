import { useQuery } from '@connectrpc/connect-query'
import { keepPreviousData } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { AnalyticsService } from '../../../proto/gen/userflow/v1/analytics_pb.ts'
import type { HeatMapDevice } from '../../../proto/gen/userflow/v1/pointer_pb.ts'
import { Dimension } from '../../../proto/gen/userflow/v1/question_pb.ts'
import { Behind, CompleteTo } from '../../parts/behind.tsx'
import { Choices } from '../../parts/button.tsx'
import { callOf } from '../../parts/curl.ts'
import { Select } from '../../parts/field.tsx'
import { Figures } from '../../parts/figures.tsx'
import { formatCount } from '../../parts/formats.ts'
import { Panel, ScreenHead } from '../../parts/panel.tsx'
import { Empty, Problem, SkeletonRows } from '../../parts/states.tsx'
import { textOf } from '../../view/search.ts'
import { useAddress, useLooking } from '../../view/use-view.ts'
import { valueWords } from '../../words/dimensions.ts'
import { words } from '../../words/heat-map.ts'
import { words as shared } from '../../words/parts.ts'
import { Elements } from './elements.tsx'
import { Grid, grid, Legend } from './grid.tsx'

const method = AnalyticsService.method.heatMap

/** Where on a page visitors click. */
export function Screen() {
  const { search, change } = useAddress()
  const { question } = useLooking()
  const { data, error, refetch } = useQuery(
    AnalyticsService.method.content,
    { question, limit: 200 },
    { placeholderData: keepPreviousData },
  )
  const wanted = textOf(search, 'page')
  const page = wanted ?? data?.rows[0]?.page
  const pages = [...new Set([...(wanted === undefined ? [] : [wanted]), ...(data?.rows.map((row) => row.page) ?? [])])]
  return (
    <>
      <ScreenHead title={words.title} note={words.note} />
      <div className="flex flex-col gap-4">
        {error && <Problem error={error} onRetry={() => void refetch()} />}
        {page !== undefined && (
          <div className="w-full max-w-md">
            <Select
              label={words.page}
              value={page}
              options={pages.map((value) => ({ value, name: value || shared.none }))}
              onChoose={(value) => change({ page: value })}
            />
          </div>
        )}
        {page === undefined && data && <Empty title={words.noPages}>{shared.noDataNote}</Empty>}
        {page === undefined && !data && !error && <SkeletonRows rows={12} height={40} />}
        {page !== undefined && <PageMap page={page} />}
      </div>
    </>
  )
}

const deviceWords = (device: string): string => (device ? valueWords(Dimension.DEVICE, device) : words.unknownDevice)

function PageMap({ page }: { page: string }) {
  const { search, change } = useAddress()
  const { question, zone } = useLooking()
  const request = { question, page, ...grid }
  const { data, error, refetch, isPlaceholderData } = useQuery(method, request, { placeholderData: keepPreviousData })
  const shown = data?.devices.find(({ device }) => device === textOf(search, 'on')) ?? data?.devices[0]
  const source = { id: 'heat-map', title: words.title, call: callOf(method, request), meta: data?.meta, zone }
  return (
    <>
      <Panel
        title={page || shared.none}
        actions={
          <>
            <CompleteTo meta={data?.meta} zone={zone} />
            <Behind source={source} />
          </>
        }
      >
        <div className={`min-h-96 pt-2 ${isPlaceholderData ? 'opacity-60' : ''}`}>
          {error && <Problem error={error} onRetry={() => void refetch()} />}
          {!data && !error && <SkeletonRows rows={10} height={40} />}
          {data && !shown && <Empty title={words.empty}>{words.emptyNote}</Empty>}
          {shown && (
            <DeviceMap device={shown} page={page}>
              {data && data.devices.length > 1 && (
                <Choices
                  label={words.device}
                  options={data.devices.map(({ device }) => ({ value: device, name: deviceWords(device) }))}
                  chosen={shown.device}
                  onChoose={(device) => change({ on: device })}
                />
              )}
            </DeviceMap>
          )}
        </div>
      </Panel>
      {/* Below the map, whose height is known when it is there. */}
      {(data || error) && <Elements page={page} />}
    </>
  )
}

function DeviceMap({ device, page, children }: { device: HeatMapDevice; page: string; children: ReactNode }) {
  const { medianViewportWidth: width, medianViewportHeight: height } = device
  const size = width > 0 && height > 0 ? words.size(formatCount(width), formatCount(height)) : '–'
  return (
    <>
      <Figures
        figures={[
          { name: words.clicks, value: formatCount(device.clicks) },
          { name: words.sessions, value: formatCount(device.sessions) },
          { name: words.withoutPlace, value: formatCount(device.withoutPlace) },
          { name: words.viewport, value: size },
        ]}
      />
      <div className="flex flex-col gap-3 px-4 pb-4">
        <div className="flex flex-wrap items-center justify-between gap-3">
          <Legend />
          {children}
        </div>
        <Grid device={device} page={page} />
      </div>
    </>
  )
}
