/** What lies over the screen, opened by keys as well as by buttons. */
export type Overlay = 'palette' | 'keys' | 'menu' | 'period' | 'filter' | undefined
