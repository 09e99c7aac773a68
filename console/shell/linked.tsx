import { timestampMs } from '@bufbuild/protobuf/wkt'
import type { ReadLinkResponse } from '../../proto/gen/userflow/v1/links_pb.ts'
import { formatMoment } from '../parts/formats.ts'
import { forgetLink } from '../session/kept-link.ts'
import { words } from '../words/links.ts'

const zone = Intl.DateTimeFormat().resolvedOptions().timeZone

/** Stands where otherwise stands who is signed in: which link this is. */
export function Linked({ link }: { link: ReadLinkResponse }) {
  return (
    <div className="px-2 py-1 text-[13px]">
      <p className="text-xs text-muted">{words.reader.label}</p>
      <bdi className="block truncate font-medium" title={link.name}>
        {link.name}
      </bdi>
      <bdi className="block truncate text-xs text-muted">{link.companyName}</bdi>
      {link.expiresAt && (
        <p className="text-xs text-muted">{words.reader.until(formatMoment(timestampMs(link.expiresAt), zone))}</p>
      )}
      <a href="/" onClick={forgetLink} className="text-xs text-accent-ink underline">
        {words.signIn}
      </a>
    </div>
  )
}
