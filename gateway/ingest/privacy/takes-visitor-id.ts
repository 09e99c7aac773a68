import type { Key } from '../../keys.ts'

/** Servers name their visitors. What comes with a write key comes from a browser, where naming needs something kept. */
export const takesVisitorId = ({ kind, privacy }: Key): boolean => kind === 'secret' || !privacy.cookieless
