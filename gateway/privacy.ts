/** How a site treats its visitors. */
export interface Privacy {
  /** What is kept of an IP address. */
  readonly ipMode: 'cut' | 'full' | 'none'
  /** No visitor id that comes with a write key is taken. */
  readonly cookieless: boolean
  /** Names of the parameters that stay in the query of an address; absent: all. */
  readonly queryParameters?: readonly string[]
  /** Names of properties that are never kept. */
  readonly deniedProperties: readonly string[]
  /** Browsers that ask not to be tracked are not recorded. */
  readonly respectDoNotTrack: boolean
}

/** What new websites keep of the query of an address: where a visitor came from, and nothing that may name a person. */
export const campaignParameters: readonly string[] = [
  'utm_source',
  'utm_medium',
  'utm_campaign',
  'utm_term',
  'utm_content',
  'ref',
  'source',
]
