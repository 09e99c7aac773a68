import type { Weighted } from './random.ts'

/** Where visitors live. */
export interface Place {
  /** The first three numbers of addresses that city databases know to be there. */
  readonly network: string
  readonly country: string
  readonly language: string
  readonly timeZone: string
  /** Hours ahead of UTC, without summer time: it only bends the daily curve. */
  readonly aheadHours: number
}

const place = (network: string, country: string, rest: [string, string, number]): Place => {
  const [language, timeZone, aheadHours] = rest
  return { network, country, language, timeZone, aheadHours }
}

/** Weights follow the traffic of an English site that sells abroad. */
export const places: Weighted<Place> = [
  [place('73.162.10', 'US', ['en-US', 'America/Los_Angeles', -8]), 14],
  [place('24.5.60', 'US', ['en-US', 'America/Los_Angeles', -8]), 6],
  [place('71.190.5', 'US', ['en-US', 'America/New_York', -5]), 14],
  [place('99.225.10', 'CA', ['en-CA', 'America/Toronto', -5]), 5],
  [place('187.190.10', 'MX', ['es-MX', 'America/Mexico_City', -6]), 2],
  [place('189.40.50', 'BR', ['pt-BR', 'America/Sao_Paulo', -3]), 4],
  [place('181.46.10', 'AR', ['es-AR', 'America/Argentina/Buenos_Aires', -3]), 2],
  [place('81.2.69', 'GB', ['en-GB', 'Europe/London', 0]), 8],
  [place('90.63.10', 'FR', ['fr-FR', 'Europe/Paris', 1]), 5],
  [place('93.192.10', 'DE', ['de-DE', 'Europe/Berlin', 1]), 6],
  [place('84.170.20', 'DE', ['de-DE', 'Europe/Berlin', 1]), 4],
  [place('88.10.20', 'ES', ['es-ES', 'Europe/Madrid', 1]), 3],
  [place('85.240.10', 'PT', ['pt-PT', 'Europe/Lisbon', 0]), 1],
  [place('151.30.10', 'IT', ['it-IT', 'Europe/Rome', 1]), 3],
  [place('83.80.10', 'NL', ['nl-NL', 'Europe/Amsterdam', 1]), 3],
  [place('78.70.10', 'SE', ['sv-SE', 'Europe/Stockholm', 1]), 2],
  [place('89.64.10', 'PL', ['pl-PL', 'Europe/Warsaw', 1]), 2],
  [place('41.13.10', 'ZA', ['en-ZA', 'Africa/Johannesburg', 2]), 1],
  [place('105.112.10', 'NG', ['en-NG', 'Africa/Lagos', 1]), 1],
  [place('197.232.10', 'KE', ['en-KE', 'Africa/Nairobi', 3]), 1],
  [place('2.50.10', 'AE', ['ar-AE', 'Asia/Dubai', 4]), 1],
  [place('49.36.10', 'IN', ['en-IN', 'Asia/Kolkata', 5.5]), 6],
  [place('106.51.10', 'IN', ['hi-IN', 'Asia/Kolkata', 5.5]), 3],
  [place('116.86.10', 'SG', ['en-SG', 'Asia/Singapore', 8]), 2],
  [place('126.10.10', 'JP', ['ja-JP', 'Asia/Tokyo', 9]), 3],
  [place('133.200.10', 'JP', ['ja-JP', 'Asia/Tokyo', 9]), 2],
  [place('175.193.10', 'KR', ['ko-KR', 'Asia/Seoul', 9]), 2],
  [place('114.76.10', 'AU', ['en-AU', 'Australia/Sydney', 10]), 3],
  [place('1.128.10', 'AU', ['en-AU', 'Australia/Brisbane', 10]), 1],
]
