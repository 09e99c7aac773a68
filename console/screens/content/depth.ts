import type { ContentRow } from '../../../proto/gen/userflow/v1/content_pb.ts'
import { formatShare } from '../../parts/formats.ts'

/** How far down a page is read: "62%", or a dash where nobody scrolled. */
export const depthOf = ({ scroll }: ContentRow): string => (scroll ? formatShare(scroll.medianPercent / 100) : '–')
