import { timestampMs } from '@bufbuild/protobuf/wkt'
import type { SessionRow } from '../../proto/gen/userflow/v1/analytics_pb.ts'
import { Dimension } from '../../proto/gen/userflow/v1/question_pb.ts'
import { valueWords } from '../words/dimensions.ts'
import { words } from '../words/sessions.ts'

/** Who it was: the signed-in person, or the first characters of the visitor's id. */
export const sessionName = ({ userId, visitorId }: SessionRow): string =>
  userId || words.anonymous(visitorId.slice(0, 8))

/** How long it lasted, in seconds. */
export const sessionSeconds = ({ startedAt, endedAt }: SessionRow): number =>
  startedAt && endedAt ? (timestampMs(endedAt) - timestampMs(startedAt)) / 1_000 : 0

/** What led here: a campaign, a site, or the channel. */
export const sessionSource = ({ utmSource, referrer, channel }: SessionRow): string =>
  utmSource || referrer || valueWords(Dimension.CHANNEL, channel)

/** Where: "Vienna, Austria". */
export const sessionPlace = ({ city, country }: SessionRow): string =>
  [city, valueWords(Dimension.COUNTRY, country)].filter(Boolean).join(', ')

/** With what: "Chrome, macOS". */
export const sessionDevice = ({ browser, os }: SessionRow): string => [browser, os].filter(Boolean).join(', ')
