/** Line drawings on a field of 24 by 24; each is one path. */
const paths = {
  overview: 'M4 19V5m0 14h16M8 15l3-4 3 2 5-7',
  live: 'M3 12h4l3-8 4 16 3-8h4',
  pages: 'M7 3h7l5 5v13H7zM14 3v5h5M10 13h6M10 17h6',
  content: 'M4 5h7v15H4zM13 5h7v15h-7zM7 9h1M7 12h1M16 9h1M16 12h1M16 15h1',
  sources: 'M10 14a4 4 0 0 0 6 0l3-3a4 4 0 0 0-6-6l-1 1M14 10a4 4 0 0 0-6 0l-3 3a4 4 0 0 0 6 6l1-1',
  users: 'M9 11a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM2 21c0-4 3-6 7-6s7 2 7 6M17 4a4 4 0 0 1 0 7M19 15c2 1 3 3 3 6',
  sessions: 'M4 5h16v11H4zM9 20h6M12 16v4M8 9h5M8 12h8',
  sites: 'M15 9a5 5 0 1 0-4.6 5L12 16h2v2h2v2h4v-3l-5-5',
  pipeline: 'M4 6h6v4H4zM14 14h6v4h-6zM10 8h4a3 3 0 0 1 3 3v3M4 18h5M4 14h3',
  contracts: 'M6 3h12v18l-3-2-3 2-3-2-3 2zM9 8h6M9 12h6',
  retention: 'M4 4h4v4H4zM10 4h4v4h-4zM16 4h4v4h-4zM4 10h4v4H4zM10 10h4v4h-4zM4 16h4v4H4z',
  funnels: 'M3 5h18l-7 8v6l-4 2v-8z',
  journeys: 'M5 5h4a4 4 0 0 1 4 4v6a4 4 0 0 0 4 4h2M5 5v0M19 19l-3-3M19 19l-3 3M13 8h6M19 8l-3-3M19 8l-3 3',
  cohorts: 'M12 3a9 9 0 1 0 9 9h-9zM16 3.9A9 9 0 0 1 20.1 8H16z',
  experiments: 'M9 3h6M10 3v6l-6 10a2 2 0 0 0 2 2h12a2 2 0 0 0 2-2L14 9V3M7 15h10',
  heat: 'M12 3c1 4 5 5 5 10a5 5 0 0 1-10 0c0-2 1-3 2-4 0 2 1 3 2 3 1-3-1-5 1-9z',
  speed: 'M4 18a9 9 0 1 1 16 0M12 14l4-5',
  events: 'M4 6h16M4 12h16M4 18h10',
  team: 'M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4 21c0-4 4-6 8-6s8 2 8 6',
  settings: 'M4 7h10M18 7h2M4 17h2M10 17h10M16 5v4M8 15v4',
  search: 'M11 18a7 7 0 1 0 0-14 7 7 0 0 0 0 14zM20 20l-4-4',
  filter: 'M4 6h16M7 12h10M10 18h4',
  close: 'M6 6l12 12M18 6L6 18',
  plus: 'M12 5v14M5 12h14',
  left: 'M15 5l-7 7 7 7',
  right: 'M9 5l7 7-7 7',
  down: 'M6 9l6 6 6-6',
  sun: 'M12 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM12 2v3M12 19v3M2 12h3M19 12h3M5 5l2 2M17 17l2 2M5 19l2-2M17 7l2-2',
  moon: 'M20 14A8 8 0 0 1 10 4a8 8 0 1 0 10 10z',
  monitor: 'M3 5h18v11H3zM8 20h8M12 16v4',
  code: 'M8 7l-5 5 5 5M16 7l5 5-5 5',
  copy: 'M9 9h11v11H9zM5 15H4V4h11v1',
  check: 'M5 12l5 5 9-10',
  expand: 'M14 4h6v6M10 20H4v-6M20 4l-7 7M4 20l7-7',
  menu: 'M4 6h16M4 12h16M4 18h16',
  share: 'M4 12v8h16v-8M12 15V3M7 8l5-5 5 5',
  out: 'M10 4H4v16h6M15 8l4 4-4 4M19 12H9',
  alert: 'M12 4l9 16H3zM12 10v4M12 17v.5',
  calendar: 'M4 6h16v14H4zM4 10h16M8 3v4M16 3v4',
  replay: 'M4 12a8 8 0 1 0 3-6L4 8M4 3v5h5',
  key: 'M15 9a5 5 0 1 0-4.6 5L12 16h2v2h2v2h4v-3l-5-5',
  up: 'M12 19V5M6 11l6-6 6 6',
  fall: 'M12 5v14M6 13l6 6 6-6',
  arrow: 'M5 12h14M13 6l6 6-6 6',
} as const

/** Names of the drawings. */
export type IconName = keyof typeof paths

/** A drawing beside words; alone in a button the button needs a label. */
export function Icon({ name, size = 16 }: { name: IconName; size?: number }) {
  return (
    <svg
      aria-hidden="true"
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth={1.8}
      strokeLinecap="round"
      strokeLinejoin="round"
      className="shrink-0"
    >
      <path d={paths[name]} />
    </svg>
  )
}
